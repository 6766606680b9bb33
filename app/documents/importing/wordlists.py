"""Lists in pages that Word saved: their items are paragraphs with a level and a mark of their own.

Pandoc would read the marks as words. Word writes ``mso-list:l0 level2 lfo1`` and the mark into a
span that says ``mso-list:Ignore``; a page saved "filtered" has the class, the margin, and the mark
with a gap in seven points behind it. ``static/editor/paste.js`` does so for what is pasted.
"""

import re
from typing import Final
from unicodedata import normalize

from lxml import etree, html

MOST_LEVELS: Final = 9
"""Word's own limit."""

_USUAL_MARGIN: Final = 36.0
_POINTS: Final = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
_WORDS_OWN: Final = re.compile(r"mso-list:|MsoList", re.IGNORECASE)
_CLASSES: Final = ("MsoListParagraph", "MsoListBullet", "MsoListNumber")
_LEVEL: Final = re.compile(r"mso-list:\s*l\d+\s+level(\d+)", re.IGNORECASE)
_IGNORE: Final = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_GAP: Final = re.compile(r"font:\s*7(?:\.0)?pt", re.IGNORECASE)
_MARGIN: Final = r"margin-{}:\s*(\d+(?:\.\d+)?)(pt|in|cm|mm|px)"
_NUMBER: Final = re.compile(r"(\d{1,6})\W*$")
_LETTERS: Final = re.compile(r"^\W*(?:\w{1,8}\u200c?[.)．、）-]|[㈎-㈛㉮-㉻])")


def mended(page: str) -> str:
    """The page with lists in place of such paragraphs; another page as it is."""
    if not _WORDS_OWN.search(page):
        return page
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(page, parser=parser)
    except (etree.ParserError, ValueError):  # nothing in it, or nothing that can be read so
        return page
    if any(each.level == etree.ErrorLevels.FATAL for each in parser.error_log):
        return page  # so deep that the rest of it was not read
    lists = _Lists()
    for paragraph in list(tree.iter("p")):
        lists.take(paragraph)
    return str(html.tostring(tree, encoding="unicode"))


class _Lists:
    """The lists that are open where the reading is, outermost first, each with its depth."""

    def __init__(self) -> None:
        self._open: list[tuple[float, html.HtmlElement]] = []

    def take(self, paragraph: html.HtmlElement) -> None:
        """Make a paragraph an item of a list, or a further paragraph of one, if it is that."""
        if self._open and not _follows(paragraph, self._open[0][1]):
            self._open.clear()
        level = _LEVEL.search(paragraph.get("style", ""))
        is_classed = paragraph.get("class", "").startswith(_CLASSES)
        mark = _without_mark(paragraph) if level or is_classed else None
        if mark is None and level is None:
            if is_classed and self._open:
                self._move(paragraph, self._open[-1][1][-1])
            return
        depth = float(level[1]) if level else _margin(paragraph)
        within = self._list(paragraph, depth, mark or "")
        paragraph.tag = "li"
        for name in ("class", "style"):
            paragraph.attrib.pop(name, None)
        self._move(paragraph, within)

    def _list(self, paragraph: html.HtmlElement, depth: float, mark: str) -> html.HtmlElement:
        fresh = _list_for(mark)
        while len(self._open) > 1 and self._open[-1][0] > depth:
            self._open.pop()
        if self._open:
            before, last = self._open[-1]
            is_deeper = depth > before and len(self._open) < MOST_LEVELS
            if not is_deeper and last.tag == fresh.tag:
                return last
            if is_deeper:
                last[-1].append(fresh)
            else:
                self._open.pop()
                if self._open:
                    self._open[-1][1][-1].append(fresh)
        if fresh.getparent() is None:
            paragraph.addprevious(fresh)
        self._open.append((depth, fresh))
        return fresh

    def _move(self, paragraph: html.HtmlElement, target: html.HtmlElement) -> None:
        # What stands between it and the next one stays between the list and that.
        self._open[0][1].tail, paragraph.tail = paragraph.tail, None
        target.append(paragraph)


def _follows(paragraph: html.HtmlElement, before: html.HtmlElement) -> bool:
    return paragraph.getprevious() is before and not (before.tail or "").strip()


def _margin(paragraph: html.HtmlElement) -> float:
    side = "right" if paragraph.get("dir", "").lower() == "rtl" else "left"
    found = re.search(_MARGIN.format(side), paragraph.get("style", ""), re.IGNORECASE)
    return float(found[1]) * _POINTS[found[2].lower()] if found else _USUAL_MARGIN


def _list_for(mark: str) -> html.HtmlElement:
    """An empty list of the kind the mark shows: ``3.`` begins at three, ``b)`` has letters."""
    if number := _NUMBER.search(normalize("NFKC", mark)):  # a ③ is a number too
        return html.Element("ol", start=str(int(number[1])))
    return html.Element("ol", type="a") if _LETTERS.search(mark) else html.Element("ul")


def _without_mark(paragraph: html.HtmlElement) -> str | None:
    """Take the mark out of a paragraph; None where there is none."""
    gap = None
    for span in paragraph.iter("span"):
        style = span.get("style", "")
        if _IGNORE.search(style):
            mark = str(span.text_content())
            span.drop_tree()
            return mark.strip()
        if gap is None and _GAP.search(style):
            gap = span
    return None if gap is None else _before(gap, paragraph)


def _before(gap: html.HtmlElement, paragraph: html.HtmlElement) -> str:
    """Take out an element and what stands before it in the paragraph; the words that were there."""
    words, inner = "", gap
    for outer in gap.iterancestors():
        earlier = list(inner.itersiblings(preceding=True))[::-1]
        said = (each.text_content() + (each.tail or "") for each in earlier)
        words = (outer.text or "") + "".join(said) + words
        outer.text = None
        for each in earlier:
            outer.remove(each)
        inner = outer
        if outer is paragraph:
            break
    gap.drop_tree()
    return words.strip()
