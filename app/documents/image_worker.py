"""The child process that decodes an uploaded image: ``python -I image_worker.py LIMITS``.

It imports nothing of ours, reads the file from standard input, and writes one line of JSON and,
after it, the image made anew: ``{"kind", "width", "height"}``, or ``{"refused": code}`` alone.
Limits on memory and processor time hold for this process alone, and it dies with its parent.

Sources: setrlimit(2), prctl(2) (PR_SET_PDEATHSIG); Pillow 13; PNG, 11.3; WebP container (RFC 9649).
"""

import ctypes
import io
import json
import os
import resource
import signal
import sys
import warnings

from PIL import Image, ImageCms, ImageOps

PR_SET_PDEATHSIG = 1
FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}
JPEG_QUALITY = 88


class Refused(Exception):
    """The image is not taken; the argument is the code."""


def main(limits: dict[str, int]) -> int:
    bound(limits)
    warnings.simplefilter("ignore")
    try:
        kind, size, made = anew(sys.stdin.buffer.read(), limits)
    except Refused as refused:
        print(json.dumps({"refused": refused.args[0]}))
        return 0
    width, height = size
    print(json.dumps({"kind": kind, "width": width, "height": height}), flush=True)
    sys.stdout.buffer.write(made)
    return 0


def bound(limits: dict[str, int]) -> None:
    """Ask the kernel (Linux) to kill this process when its parent dies, and bound what it takes."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != limits["parent"]:  # it died before the line above
        sys.exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def anew(data: bytes, limits: dict[str, int]) -> tuple[str, tuple[int, int], bytes]:
    """The image with nothing of the file but its pixels: kind, size, bytes."""
    form = next((form for start, form in FORMATS.items() if data.startswith(start)), "")
    if not form:
        raise Refused("image.unknown_kind")
    image = opened(data, form, limits["pixels"])
    kind = "jpg" if form == "JPEG" or (form == "WEBP" and b"VP8L" not in data[:64]) else "png"
    try:
        image = upright(image, limits["side"])
    except MemoryError:
        raise
    except Exception as error:  # whatever a decoder stumbles over
        raise Refused("image.damaged") from error
    if image.mode == "RGBA":
        kind = "png"
    # From the pixels alone: whatever else the file said of itself stays behind.
    pixels = Image.frombytes(image.mode, image.size, image.tobytes())
    made = io.BytesIO()
    if kind == "jpg":
        pixels.save(made, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        pixels.save(made, "PNG")
    return kind, image.size, made.getvalue()


def opened(data: bytes, form: str, most_pixels: int) -> Image.Image:
    """The image, whole and of a bearable size as far as its file says, but not decoded yet."""
    Image.MAX_IMAGE_PIXELS = None  # we ask by ourselves
    try:
        with Image.open(io.BytesIO(data), formats=(form,)) as image:
            if image.width * image.height > most_pixels:
                raise Refused("image.too_many_pixels")
            image.verify()
        return Image.open(io.BytesIO(data), formats=(form,))
    except (Refused, MemoryError):
        raise
    except Exception as error:
        raise Refused("image.damaged") from error


def upright(image: Image.Image, side: int) -> Image.Image:
    """The first frame in sRGB, no longer than ``side``, turned as the camera was held."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("P", "PA", "1", "LA", "La", "RGBa", "I", "F", "YCbCr", "HSV", "LAB"):
        has_alpha = "A" in image.mode or "a" in image.mode or "transparency" in image.info
        image = carried(image, "RGBA" if has_alpha else "RGB")
    elif "transparency" in image.info:
        image = carried(image, "RGBA")
    # For JPEG, this decodes no more than it needs.
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    image = ImageOps.exif_transpose(image)
    image = in_srgb(image)
    return image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGB")


def carried(image: Image.Image, mode: str) -> Image.Image:
    """The image in another mode, with what its file said of orientation and colours."""
    converted = image.convert(mode)
    for name in ("exif", "icc_profile"):
        if name in image.info:
            converted.info[name] = image.info[name]
    return converted


def in_srgb(image: Image.Image) -> Image.Image:
    """Colours as screens show them that know of no profiles."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that is none says nothing


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
