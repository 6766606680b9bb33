"""A drawing (SVG) rebuilt from a list of elements and attributes; whatever is not on it stays out.

Gone are scripts, handlers, animations, filters, images, foreign markup, links and every address
outside the drawing; titles, descriptions and metadata, in which programs write who drew it. Style
sheets and ``style`` attributes become presentation attributes (``app.documents.svg_styles``), so
that a page may show it without allowing any style. What is shown by reference is counted as often
as it is drawn: a few lines can't become a billion shapes.

Sources: SVG 1.1 and 2; XML 1.0, 2.8 (document types are never read).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from lxml import etree

from app.documents.characters import legible
from app.documents.svg_styles import Rule, UnknownStyle, declarations, rules, styled

MAX_CHARACTERS: Final = 3_000_000
MAX_ELEMENTS: Final = 20_000
"""Elements drawn, those referred to counted each time."""

MAX_DEPTH: Final = 100
"""Elements inside one another, those referred to as if they stood there."""

_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_NAMESPACES: Final[Any] = {None: _SVG, "xlink": _XLINK}
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_HREFS: Final = ("href", f"{{{_XLINK}}}href")

_SHAPES: Final = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"}
_WORDS: Final = {"text", "tspan", "textPath"}
_PAINT: Final = {"linearGradient", "radialGradient", "stop", "pattern"}
_ELEMENTS: Final = {
    *("svg", "g", "defs", "symbol", "clipPath", "mask", "marker"),
    *_SHAPES,
    *_WORDS,
    *_PAINT,
}
_AS_GROUP: Final = {"a", "switch"}
_REFERRING: Final = {"use", "textPath", "linearGradient", "radialGradient", "pattern"}
_PRESENTATION: Final = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"),
    *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray"),
    *("stroke-dashoffset", "opacity", "color", "display", "visibility", "overflow"),
    *("clip-path", "clip-rule", "mask", "marker-start", "marker-end", "vector-effect"),
    *("stop-color", "stop-opacity", "paint-order", "shape-rendering", "text-rendering"),
    *("font-family", "font-size", "font-style", "font-variant", "font-weight", "font-stretch"),
    *("text-anchor", "text-decoration", "letter-spacing", "word-spacing", "dominant-baseline"),
    *("alignment-baseline", "baseline-shift", "direction", "unicode-bidi", "writing-mode"),
}
_GEOMETRY: Final = {
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points"),
    *("dx", "dy", "width", "height", "transform", "viewBox", "preserveAspectRatio", "rotate"),
    *("textLength", "lengthAdjust", "startOffset", "offset", "pathLength", "spreadMethod"),
    *("gradientUnits", "gradientTransform", "patternUnits", "patternContentUnits"),
    *("patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits", "markerUnits"),
    *("markerWidth", "markerHeight", "refX", "refY", "orient", "lang", f"{{{_XML}}}lang"),
    f"{{{_XML}}}space",
}
_FUNCTIONS: Final = {
    *("rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"),
}
_ID: Final = re.compile(r"[\w.:-]{1,200}")
_LOCAL: Final = re.compile(r"#([\w.:-]{1,200})")
_PAINTED_BY: Final = re.compile(r"""url\(\s*['"]?#([\w.:-]{1,200})['"]?\s*\)(\s*[#\w]+)?""")
_NAME: Final = re.compile(r"[\w-]*")
_FORBIDDEN: Final = re.compile(r"[<>{};\\@]|/\*")
_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*\?>")
_LENGTH: Final = re.compile(r"\s*\+?(\d{1,9}(?:\.\d*)?|\.\d+)\s*(px|pt|pc|mm|cm|in)?\s*")
_PIXELS: Final = {"pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


class Refused(Exception):
    """The drawing is not taken. ``code`` says why, ``data`` holds what the words need."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class Loss(StrEnum):
    """What readers would have seen and now will not."""

    EFFECTS = "image.effects"
    EMBEDDED = "image.embedded"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The rebuilt file, the size in pixels at which it is shown, and what was left out of it."""

    data: bytes
    width: int
    height: int
    losses: tuple[Loss, ...] = ()


_LOSSES: Final = {
    "image": Loss.EMBEDDED,
    "foreignObject": Loss.EMBEDDED,
    **dict.fromkeys(("animate", "animateMotion", "animateTransform", "set"), Loss.EFFECTS),
}


def looks_like(data: bytes) -> bool:
    """Whether the file is a text that begins like XML and has an ``svg`` element."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in data


def rebuild(data: bytes, *, side: int) -> Drawing:
    """The drawing anew, shown no longer than ``side`` pixels.

    Raises Refused: ``image.damaged``, ``image.unknown_kind``, ``image.too_complex``,
    ``image.svg_entities``, ``image.svg_styles``, ``image.svg_size``.
    """
    root = _parsed(data)
    rebuilding = _Rebuilding(_rules(root))
    made = rebuilding.root(root)
    _count(made)
    width, height = _size(root)
    if "viewBox" not in made.attrib:
        made.set("viewBox", f"0 0 {width:g} {height:g}")
    shrink = min(1.0, side / max(width, height))
    shown = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    made.set("width", str(shown[0]))
    made.set("height", str(shown[1]))
    written: bytes = etree.tostring(made, encoding="utf-8")
    return Drawing(written + b"\n", *shown, losses=tuple(sorted(rebuilding.losses)))


def words(data: bytes) -> str:
    """All text of a rebuilt drawing that is drawn, for asking whether there are letters for it."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    return "".join(
        "".join(map(str, element.itertext())) for element in root.iter(f"{{{_SVG}}}text")
    )


def _parsed(data: bytes) -> etree._Element:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("image.damaged") from error
    if len(text) > MAX_CHARACTERS:
        raise Refused("image.too_complex")
    if "<!ENTITY" in text:
        raise Refused("image.svg_entities")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(
            text[found.end() if (found := _DECLARATION.match(text)) else 0 :].encode(), parser
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("image.damaged") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise Refused("image.unknown_kind")
    return root


def _rules(root: etree._Element) -> tuple[Rule, ...]:
    sheet = "\n".join("".join(map(str, each.itertext())) for each in root.iter(f"{{{_SVG}}}style"))
    try:
        return tuple(rules(sheet))
    except UnknownStyle as error:
        raise Refused("image.svg_styles") from error


@dataclass(slots=True)
class _Rebuilding:
    """One drawing's pass."""

    rules: tuple[Rule, ...]
    elements: int = 0
    losses: set[Loss] = field(default_factory=set)

    def root(self, root: etree._Element) -> etree._Element:
        made = etree.Element(f"{{{_SVG}}}svg", nsmap=_NAMESPACES)
        self._fill(root, made, "svg", 0)
        return made

    def _fill(self, old: etree._Element, new: etree._Element, name: str, depth: int) -> None:
        self.elements += 1
        if depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise Refused("image.too_complex")
        for key, value in self._attributes(old, name):
            new.set(key, value)
        keeps_words = name in _WORDS
        new.text = legible(old.text or "") if keeps_words else None
        for child in old:
            made = self._element(child, new, depth)
            if keeps_words and child.tail:
                if made is not None:
                    made.tail = legible(child.tail)
                elif len(new):
                    new[-1].tail = (new[-1].tail or "") + legible(child.tail)
                else:
                    new.text = (new.text or "") + legible(child.tail)

    def _element(
        self, old: etree._Element, parent: etree._Element, depth: int
    ) -> etree._Element | None:
        if not isinstance(old.tag, str):  # what is left of entities
            return None
        namespace, _, name = old.tag.removeprefix("{").partition("}")
        if namespace != _SVG:
            return None
        if name not in _ELEMENTS and name not in _AS_GROUP:
            if loss := _LOSSES.get(name):
                self.losses.add(loss)
            return None
        if name in _AS_GROUP:
            name = "tspan" if etree.QName(parent).localname in _WORDS else "g"
        made = etree.SubElement(parent, f"{{{_SVG}}}{name}")
        self._fill(old, made, name, depth + 1)
        return made

    def _attributes(self, old: etree._Element, name: str) -> Iterator[tuple[str, str]]:
        values = {str(key): str(value) for key, value in old.attrib.items()}
        if _ID.fullmatch(values.get("id", "")):
            yield "id", values["id"]
        if name in _REFERRING:
            target = next((values[key] for key in reversed(_HREFS) if key in values), "")
            if _LOCAL.fullmatch(target.strip()):
                yield f"{{{_XLINK}}}href", target.strip()
        yield from (
            (key, values[key]) for key in values if key in _GEOMETRY and _plain(values[key])
        )
        style = {key: values[key] for key in values if key in _PRESENTATION}
        style |= styled(self.rules, name, values.get("class", ""), values.get("id", ""))
        style |= declarations(values.get("style", ""))
        if (values | style).get("filter", "none").strip() != "none":
            self.losses.add(Loss.EFFECTS)
        yield from (
            (key, value)
            for key, value in sorted(style.items())
            if key in _PRESENTATION and (_plain(value) or _PAINTED_BY.fullmatch(value.strip()))
        )


def _plain(value: str) -> bool:
    """Whether a value says nothing but what it is: no address, no escape, no unknown function."""
    if _FORBIDDEN.search(value) or legible(value) != value:
        return False
    return all(_name_at_end(before) in _FUNCTIONS for before in value.split("(")[:-1])


def _name_at_end(before: str) -> str:
    # Backwards: a search would try each letter of a long word as its beginning.
    found = _NAME.match(before.rstrip()[::-1])
    return found[0][::-1] if found else ""


def _size(root: etree._Element) -> tuple[float, float]:
    """Width and height in pixels, of the attributes or of the view box."""
    box = [float(part) for part in re.findall(r"-?\d{1,9}(?:\.\d+)?", root.get("viewBox", ""))]
    width, height = (_pixels(root.get(name, "")) for name in ("width", "height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        elif not width:
            width, height = box[2], box[3]
    if not width or not height:
        raise Refused("image.svg_size")
    return width, height


def _pixels(length: str) -> float:
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _PIXELS.get(found[2] or "", 1.0) if found else 0.0


def _count(root: etree._Element) -> None:
    """Refuse a drawing that refers to itself, or draws too much by reference."""
    by_id: dict[str, etree._Element] = {}
    for element in root.iter():
        by_id.setdefault(element.get("id", ""), element)
    if _drawn(root, by_id, {}, 0)[0] > MAX_ELEMENTS:
        raise Refused("image.too_complex")


def _drawn(
    element: etree._Element,
    by_id: Mapping[str, etree._Element],
    known: dict[etree._Element, tuple[int, int] | None],
    depth: int,
) -> tuple[int, int]:
    """How many elements it draws, and how deep they lie inside one another."""
    if element in known:
        if (counted := known[element]) is None:  # being counted: it lies inside itself
            raise Refused("image.too_complex")
        return counted
    if depth > MAX_DEPTH:
        raise Refused("image.too_complex")
    known[element] = None
    inside = [*element, *(by_id[name] for name in _targets(element) if name in by_id)]
    counts = [_drawn(each, by_id, known, depth + 1) for each in inside]
    known[element] = found = (
        1 + sum(elements for elements, _ in counts),
        1 + max((height for _, height in counts), default=0),
    )
    if found[1] > MAX_DEPTH:
        raise Refused("image.too_complex")
    return found


def _targets(element: etree._Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if str(key) == _HREFS[1]:
            yield str(value)[1:]
        elif found := _PAINTED_BY.fullmatch(str(value).strip()):
            yield found[1]
