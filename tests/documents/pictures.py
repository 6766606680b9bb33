"""Pictures and drawings made for a test, and a look into what came of them."""

import io

import pytest
from PIL import Image

from app.core.errors import Invalid
from app.documents import images

SVG = "http://www.w3.org/2000/svg"


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def opened(image: images.Image) -> Image.Image:
    return Image.open(io.BytesIO(image.data))


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        images.safe(data)
    assert refused.value.field == "file"
    return refused.value.code


def drawing(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    return (
        f'<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{inside}</svg>'
    ).encode()


def half_red() -> Image.Image:
    """Red above, blue below, so that turning it shows."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 60, 20))
    return image


def colour(pixel: tuple[int, ...]) -> str:
    """Of a pixel, as nearly as JPEG keeps it."""
    names = {"red": (255, 0, 0), "blue": (0, 0, 255)}
    close = (
        name for name, want in names.items() if max(map(abs, map(int.__sub__, pixel, want))) < 25
    )
    return next(close, str(pixel))
