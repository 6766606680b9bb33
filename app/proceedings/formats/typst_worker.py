"""The child process in which typst runs: ``python -I typst_worker.py FOLDER``.

It imports nothing of ours, reads ``job.json`` and ``main.typ`` in its folder, writes ``book.pdf``,
and on failure prints one JSON object. Typst reads no file outside its root, which is that folder.
Limits on memory and processor time hold for this process alone, and it dies with its parent.

Sources: setrlimit(2), prctl(2) (PR_SET_PDEATHSIG); typst-py 0.15.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

import typst

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel (Linux) to kill this process when its parent dies; elsewhere do nothing."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)


def main(folder: Path) -> int:
    job = json.loads((folder / "job.json").read_text("utf-8"))
    die_with(job["parent"])
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(folder / "fonts")])
    try:
        typst.compile(
            str(folder / "main.typ"),
            output=str(folder / "book.pdf"),
            root=str(folder),
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            timestamp=job["timestamp"],
            pdf_standards=["a-2a", "ua-1"],
        )
    except typst.TypstError as error:
        print(json.dumps({"message": error.message, "diagnostic": error.diagnostic}))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
