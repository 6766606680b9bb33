"""An uploaded image made safe: nothing of the file is kept but what it shows.

PNG, JPEG and WebP are decoded and encoded anew in a child process with limits (0.15 s); WebP
becomes PNG or JPEG, which every book format and reader knows. SVG is rebuilt from a list
(``app.documents.svg``) in this process, since its size bounds that work. The content decides which
of them a file is, never its name.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from app.core.errors import Invalid
from app.documents import svg

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 2400
"""Pixels of the longer side; larger images are made smaller."""

MEDIA_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}
"""By kind, which is also the file's extension."""

_WORKER: Final = Path(__file__).with_name("image_worker.py")
_MEMORY: Final = 1024 * 1024 * 1024
_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Image:
    """An image fit to be kept: kind (of ``MEDIA_TYPES``), bytes, size in pixels.

    Attributes:
        losses: of a drawing, what readers would have seen and now will not.
    """

    kind: str
    data: bytes
    width: int
    height: int
    losses: tuple[svg.Loss, ...] = ()

    @property
    def id(self) -> str:
        """The name by which texts call it: the beginning of its content's SHA-256."""
        return sha256(self.data).hexdigest()[:32]


def safe(data: bytes) -> Image:
    """The image of an uploaded file, without anything else that was in it.

    Animations become their first frame; the same file always gives the same bytes.

    Raises Invalid (field ``file``): ``image.empty``, ``image.too_large``, ``image.unknown_kind``,
    ``image.too_many_pixels``, ``image.damaged``, ``image.too_complex``; of SVG also
    ``image.svg_entities``, ``image.svg_styles``, ``image.svg_size``.
    """
    if not data:
        raise Invalid("image.empty", field="file")
    if len(data) > MAX_BYTES:
        raise Invalid("image.too_large", field="file", limit=MAX_BYTES // (1024 * 1024))
    try:
        if svg.looks_like(data):
            drawing = svg.rebuild(data, side=MAX_SIDE)
            return Image("svg", drawing.data, drawing.width, drawing.height, drawing.losses)
    except svg.Refused as refused:
        raise Invalid(refused.code, field="file", **refused.data) from refused
    about, made = _decoded(data)
    return Image(about["kind"], made, about["width"], about["height"])


def _decoded(data: bytes) -> tuple[dict[str, Any], bytes]:
    limits = {
        "parent": os.getpid(),
        "memory": _MEMORY,
        "seconds": _SECONDS,
        "pixels": MAX_PIXELS,
        "side": MAX_SIDE,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file, no shell
            [sys.executable, "-I", str(_WORKER), json.dumps(limits)],
            input=data,
            capture_output=True,
            env={"LC_ALL": "C.UTF-8"},
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid("image.too_complex", field="file") from error
    if done.returncode != 0:  # out of memory or of time
        raise Invalid("image.too_complex", field="file")
    line, _, made = done.stdout.partition(b"\n")
    about: dict[str, Any] = json.loads(line)
    if code := about.get("refused"):
        raise Invalid(code, field="file", limit=MAX_PIXELS // 1_000_000)
    return about, made
