"""Pictures are made anew: the kinds, their metadata, and what is refused."""

import io
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from app.documents import images
from tests.documents.pictures import colour, encoded, half_red, opened, refusal


@pytest.mark.parametrize(
    ("form", "mode", "options", "kind", "result"),
    [
        ("PNG", "RGB", {}, "png", "RGB"),
        ("PNG", "RGBA", {}, "png", "RGBA"),
        ("PNG", "L", {}, "png", "L"),
        ("PNG", "LA", {}, "png", "RGBA"),
        ("PNG", "P", {}, "png", "RGB"),
        ("PNG", "P", {"transparency": 0}, "png", "RGBA"),
        ("PNG", "1", {}, "png", "RGB"),
        ("PNG", "I;16", {}, "png", "L"),
        ("JPEG", "RGB", {}, "jpg", "RGB"),
        ("JPEG", "L", {}, "jpg", "L"),
        ("JPEG", "CMYK", {}, "jpg", "RGB"),
        ("WEBP", "RGB", {}, "jpg", "RGB"),
        ("WEBP", "RGB", {"lossless": True}, "png", "RGB"),
    ],
)
def test_safe_kinds(
    form: str, mode: str, options: dict[str, object], kind: str, result: str
) -> None:
    made = images.safe(encoded(Image.new(mode, (30, 20)), form, **options))
    assert (made.kind, made.width, made.height) == (kind, 30, 20)
    assert opened(made).mode == result
    assert opened(made).format == {"png": "PNG", "jpg": "JPEG"}[kind]


def test_safe_same_file_same_bytes() -> None:
    data = encoded(half_red(), "JPEG")
    assert images.safe(data) == images.safe(data)
    assert len(images.safe(data).id) == 32


def test_safe_grey_of_sixteen_bits_keeps_its_shades() -> None:
    image = Image.new("I;16", (4, 4), 0x8000)
    assert opened(images.safe(encoded(image, "PNG"))).getpixel((1, 1)) == 0x80


def test_safe_webp_with_transparency() -> None:
    made = images.safe(encoded(Image.new("RGBA", (30, 20), (255, 0, 0, 100)), "WEBP"))
    assert (made.kind, opened(made).mode) == ("png", "RGBA")


def test_safe_large_becomes_smaller() -> None:
    made = images.safe(encoded(Image.new("RGB", (4800, 1200)), "JPEG"))
    assert (made.width, made.height) == (images.MAX_SIDE, 600)


def test_safe_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Layla"
    exif.get_ifd(0x8825)[2] = (50.0, 7.0, 30.0)
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = encoded(half_red(), "JPEG", exif=exif, comment=b"secret comment", dpi=(300, 300))
    assert Image.open(io.BytesIO(jpeg)).getexif().get_ifd(0x8825)
    made = opened(images.safe(jpeg))
    assert not made.getexif()
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Layla", zip=True)
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Layla</x:xmpmeta>")
    png = encoded(half_red(), "PNG", pnginfo=text, exif=exif)
    assert not opened(images.safe(png)).info
    for made in (images.safe(jpeg), images.safe(png)):
        assert not any(word in made.data for word in (b"Layla", b"secret", b"Exif"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_safe_turned_as_the_camera_was_held(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    made = opened(images.safe(encoded(half_red(), form, exif=exif)))
    assert made.size == (40, 60)
    left, right = (made.convert("RGB").getpixel((x, 30)) for x in (5, 35))
    assert colour(left) == "blue"
    assert colour(right) == "red"


def test_safe_colours_in_srgb() -> None:
    """In a profile whose red and blue are exchanged, red is blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * 20, 12)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    for form in ("PNG", "JPEG"):
        image = Image.new("RGB", (8, 8), "red")
        made = opened(images.safe(encoded(image, form, icc_profile=bytes(profile))))
        assert colour(made.getpixel((4, 4))) == "blue"
        assert "icc_profile" not in made.info


def test_safe_profile_that_is_none() -> None:
    made = images.safe(encoded(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=b"nonsense"))
    assert opened(made).getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_safe_animation_is_its_first_frame(form: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    made = opened(images.safe(data))
    assert getattr(made, "n_frames", 1) == 1
    assert colour(made.convert("RGB").getpixel((4, 4))) == "red"


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour, made by hand: a few kilobytes that want gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_safe_bomb() -> None:
    data = bomb(30_000, 30_000)
    assert len(data) < images.MAX_BYTES
    start = time.monotonic()
    assert refusal(data) == "image.too_many_pixels"
    assert time.monotonic() - start < 5


def test_safe_bomb_in_metadata() -> None:
    text = PngImagePlugin.PngInfo()
    for number in range(50):
        text.add_text(f"t{number}", "a" * 10_000_000, zip=True)
    data = encoded(half_red(), "PNG", pnginfo=text)
    assert len(data) < images.MAX_BYTES
    assert refusal(data) == "image.damaged"


def polyglot() -> bytes:
    """A picture to one reader, a script to another."""
    return b"GIF89a/*" + encoded(half_red(), "GIF")[8:] + b"*/=1;alert(1)"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "image.empty"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(images.MAX_BYTES), "image.too_large"),
        (polyglot, "image.unknown_kind"),
        (lambda: b"MZ\x90\x00" + bytes(100), "image.unknown_kind"),
        (lambda: b"%PDF-1.7\n", "image.unknown_kind"),
        (lambda: b"<html><body>x</body></html>", "image.unknown_kind"),
        (lambda: b"<html><svg></svg></html>", "image.unknown_kind"),
        (lambda: b"<svg></svg>", "image.unknown_kind"),
        (lambda: encoded(half_red(), "JPEG")[:-300], "image.damaged"),
        (lambda: encoded(half_red(), "PNG")[:-30], "image.damaged"),
        (lambda: encoded(half_red(), "WEBP")[:-30], "image.damaged"),
        (lambda: b"\xff\xd8\xff\xe0" + bytes(500), "image.damaged"),
        (lambda: encoded(half_red(), "TIFF"), "image.unknown_kind"),
    ],
)
def test_safe_refusal(make: Callable[[], bytes], code: str) -> None:
    assert refusal(make()) == code


def test_safe_polyglot_loses_its_other_half() -> None:
    jpeg = encoded(half_red(), "JPEG", comment=b"*/=alert(1);/*")
    made = images.safe(jpeg + b"<script>alert(1)</script>PK\x03\x04")
    assert b"alert" not in made.data
    assert b"PK\x03\x04" not in made.data
