"""Pandoc in a child process: a syntax tree, or what somebody sent, in; a file out.

The child has a time and a memory limit, an empty folder, almost no environment, and pandoc's own
sandbox. Measured with pandoc 3.9: in the sandbox ``--reference-doc``, ``--template``,
``--epub-metadata`` and ``--epub-embed-font`` still read the files they name; ``--css`` and
``--epub-cover-image`` of an EPUB don't.
"""

import json
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Final

import pypandoc

from app.core.errors import DomainError
from app.documents.tree import Element

MEMORY: Final = "512M"
MOST_BYTES: Final = 1024 * 1024 * 1024
"""Of a file that it makes."""

_TAIL: Final = 500


class PandocError(DomainError):
    """Pandoc made no file. ``data``: ``to``, and ``status`` and ``stderr`` or ``seconds``."""


class PandocFailed(PandocError):
    """It ended with an error (``pandoc.failed``), among them too little memory."""


class PandocTimeout(PandocError):
    """It did not end in time (``pandoc.timeout``) and was killed."""


def run(
    tree: Element,
    *,
    to: str,
    arguments: Sequence[str] = (),
    timeout: float = 60,
    sandbox: bool = True,
) -> bytes:
    """The tree (``tree.document``) as a file of the format ``to``.

    ``arguments`` are for pandoc; files among them need absolute paths. ``timeout`` is in seconds.
    Without ``sandbox`` pandoc may read any file it is told to, and run filters: for our own
    arguments only. A tree with images or raw markup is then refused with ValueError, since these
    could name a file. Raises PandocFailed and PandocTimeout.
    """
    source = json.dumps(tree, ensure_ascii=True, separators=(",", ":"))
    if not sandbox and any(f'"t":"{name}"' in source for name in _NAMES_FILES):
        raise ValueError("outside the sandbox a tree must not name files")
    command = [*(["--sandbox"] if sandbox else []), "--from=json", *arguments]
    return _child(source.encode(), command, to=to, timeout=timeout)


def convert(
    source: bytes,
    *,
    reads: str,
    to: str,
    arguments: Sequence[str] = (),
    timeout: float = 60,
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """What somebody sent, in pandoc's format ``reads``, as a file of the format ``to``.

    Always in the sandbox. ``arguments`` are ours, as for ``run``; a file of more than
    ``most_bytes`` is not made. Raises PandocFailed and PandocTimeout.
    """
    command = ["--sandbox", f"--from={reads}", *arguments]
    return _child(source, command, to=to, timeout=timeout, most_bytes=most_bytes)


def _child(
    source: bytes,
    arguments: Sequence[str],
    *,
    to: str,
    timeout: float,
    most_bytes: int = MOST_BYTES,
) -> bytes:
    command = [
        *(_executable(), "+RTS", f"-M{MEMORY}", "-RTS"),
        *(f"--to={to}", "--output=-", *arguments),
    ]
    with (
        tempfile.TemporaryDirectory(prefix="pandoc-") as folder,
        tempfile.TemporaryFile() as made,
        subprocess.Popen(  # noqa: S603 - no shell, and arguments are never a user's
            command,
            stdin=subprocess.PIPE,
            stdout=made,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"HOME": folder, "LANG": "C.UTF-8", "PATH": os.defpath},
            start_new_session=True,
        ) as child,
    ):
        _limit(child.pid, timeout, most_bytes)
        try:
            _, errors = child.communicate(source, timeout)
        except BaseException as stopped:
            # Whatever stops us, a time limit or a shutdown, nothing of ours goes on running.
            os.killpg(child.pid, signal.SIGKILL)
            if isinstance(stopped, subprocess.TimeoutExpired):
                raise PandocTimeout("pandoc.timeout", to=to, seconds=timeout) from None
            raise
        if child.returncode != 0:
            tail = errors.decode(errors="replace").strip()[-_TAIL:]
            raise PandocFailed("pandoc.failed", to=to, status=child.returncode, stderr=tail)
        made.seek(0)
        return made.read()


def _limit(pid: int, seconds: float, most_bytes: int) -> None:
    """What the system holds the child to, should it not hold itself to it.

    Set from outside, before the child has been given anything to read: code of ours between fork
    and exec would not be safe in a process with threads. Not its address space: Haskell's runtime
    reserves a terabyte of that, and ``-M`` limits what it uses.
    """
    limits = {
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: most_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    if hasattr(resource, "prlimit"):  # Linux
        with suppress(ProcessLookupError):
            for limit, most in limits.items():
                resource.prlimit(pid, limit, (most, most))


_NAMES_FILES: Final = ("Image", "RawInline", "RawBlock")


@cache
def _executable() -> str:
    path: str = pypandoc.get_pandoc_path()
    return path
