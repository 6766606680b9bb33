"""Words in a DOCX that pandoc's reader would lose, put where it finds them.

Measured with pandoc 3.9: it drops the words of text boxes, simple fields, inline ``customXml``,
``dir`` and ``bdo`` (which Word writes around Arabic and Hebrew), ruby, text that was moved with
changes being tracked, and links that were inserted so.

Source: ECMA-376 part 1, 17.3 and 17.13.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.documents.importing.model import Refused

UNWRAPPED: Final = frozenset({"fldSimple", "customXml", "dir", "bdo", "ins", "moveTo"})
DROPPED: Final = frozenset({"del", "moveFrom"})
MENDED: Final = UNWRAPPED | DROPPED | {"ruby", "txbxContent"}
"""Elements that make a part worth mending."""

_MARKS: Final = frozenset({"rPr", "trPr", "tcPr", "pPr", "numPr"})
"""Inside these, ``ins`` and ``del`` say something about a paragraph or a row, and hold nothing."""


def mend(content: bytes) -> bytes:
    """The part, changed where it must be. It has been checked already: it has no entities.

    Raises Refused for what only a forgiving parser would read.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("upload.damaged") from error
    for box in list(_named(root, "txbxContent")):
        _move_out(box)
    for element in list(_named(root, *DROPPED)):
        if _is_content(element):
            _remove(element)
    for element in list(_named(root, "ruby")):
        _base_of(element)
    # From the inside out: what is unwrapped may hold what is unwrapped.
    for element in reversed(list(_named(root, *UNWRAPPED))):
        if _is_content(element):
            _unwrap(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _named(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    return root.iter(*(f"{{*}}{name}" for name in names))


def _local(element: etree._Element | None) -> str:
    return "" if element is None else etree.QName(element).localname


def _is_content(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and _local(parent) not in _MARKS


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    parent[place : place + 1] = [child for child in element if not _local(child).endswith("Pr")]


def _base_of(ruby: etree._Element) -> None:
    """Ruby's words take the place of the run around it; how they are read aloud is left out."""
    run = ruby.getparent()
    parent = run.getparent() if run is not None else None
    base = next(_named(ruby, "rubyBase"), None)
    if run is None or parent is None or base is None:
        return
    place = parent.index(run)
    parent[place : place + 1] = list(base)


def _move_out(box: etree._Element) -> None:
    """A text box's paragraphs come after the paragraph that it hangs on, once."""
    ancestors = list(box.iterancestors())
    if any(_local(each) == "Fallback" for each in ancestors):
        return
    anchor = next((each for each in reversed(ancestors) if _local(each) == "p"), None)
    if anchor is None:
        return
    paragraphs = list(box)
    for each in ancestors:
        if _local(each) in {"AlternateContent", "pict", "drawing"}:
            outer = each.getparent()
            if outer is not None and _local(outer) not in {"Choice"}:
                _remove(each)
                break
    for each in reversed(paragraphs):
        anchor.addnext(each)
