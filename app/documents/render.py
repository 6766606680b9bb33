"""The text as HTML for pages: rendered from the one parse, then cleaned against a list.

Sources: DPUB-ARIA 1.1 (``doc-noteref``, ``doc-endnotes``, ``doc-backlink``); HTML, 4.9 (tables).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.core.languages import language as language_of
from app.documents.anchors import anchored
from app.documents.grammar import GRAMMAR
from app.documents.parse import Document, Note, parse
from app.documents.profile import SCHEMES

_ALIGNED: Final = {"start", "center", "end"}

_LOCAL: Final = re.compile(r"#.*|/figures/[0-9a-f]{32}\.(?:png|jpg|svg)", re.DOTALL)

# The parser lets no HTML through; this is the second lock, and it must not loosen the first.
_CLEANER: Final = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "em", "strong", "a", "code", "pre", "blockquote", "br", "hr"),
        *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
        *("sup", "section", "div", "figure", "figcaption", "img"),
    },
    attributes={
        "a": {"href", "rel", "id", "role", "aria-label"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "ol": {"start"},
        "li": {"id"},
        "img": {"src", "alt", "width", "height", "loading"},
        "th": {"scope"},
        "section": {"role", "aria-label"},
        "div": {"role", "aria-label", "tabindex"},
    },
    allowed_classes={
        "section": {"footnotes"},
        "div": {"table"},
        "th": _ALIGNED,
        "td": _ALIGNED,
    },
    url_schemes=set(SCHEMES),
    url_relative=lambda url: url if _LOCAL.fullmatch(url) else None,
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class FigureFile:
    """Where a page finds a figure (``/figures/ID.png`` …) and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NoteLabels:
    """Words of the page's language that the text's own HTML needs, for those who hear it.

    ``{number}`` in ``back``, ``note`` and ``table`` stands for the number.

    Attributes:
        back: of the link back from a footnote (``Back to reference {number}``).
        notes: of the footnotes as a whole (``Notes``).
        note: of the link to a footnote (``Note {number}``).
        table: of a table, which is a region that scrolls (``Table {number}``).
    """

    back: str
    notes: str
    note: str
    table: str


def render(
    text: str | Document,
    *,
    language: str,
    prefix: str,
    labels: NoteLabels,
    figures: Mapping[str, FigureFile] | None = None,
    anchors: bool = False,
) -> str:
    """The text as clean HTML: blocks, then the footnotes.

    ``language`` is the text's (its direction turns the arrows back); ``prefix`` begins each id,
    so that several texts can stand on one page; ``figures`` are the files by ID. Of a figure that
    is not among them, its words are shown. ``anchors`` says whether headings may have names
    of their own (``anchors.anchored``). Raises KeyError for an unknown language.
    """
    document = anchored(parse(text), prefix) if anchors else parse(text)
    right_to_left = language_of(language).direction == "rtl"
    # The selector asks for the arrow as a character rather than as an emoji.
    arrow = "↪\ufe0e" if right_to_left else "↩\ufe0e"
    page = _Page(prefix, labels, arrow, figures or {})
    html = _html(document.tokens, page) + _endnotes(document.notes, page)
    return _CLEANER.clean(html)


def render_paragraphs(text: str | Document) -> str:
    """An abstract or a summary as clean HTML, without headings, tables and footnotes.

    A heading, a table's row and a figure's words become paragraphs; footnotes follow as
    paragraphs, unnumbered.
    """
    return _CLEANER.clean(_RENDERER.render(list(_flat(parse(text))), GRAMMAR.options, {}))


@dataclass(slots=True)
class _Page:
    prefix: str
    labels: NoteLabels
    arrow: str
    figures: Mapping[str, FigureFile]
    tables: int = 0

    def target(self, number: int) -> str:
        return escape(f"{self.prefix}-note-{number}")

    def source(self, number: int, reference: int) -> str:
        return escape(f"{self.prefix}-ref-{_place(number, reference)}")


class _Renderer(RendererHTML):
    """The library's renderer, with our tables and footnote references."""

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        page: _Page = env["page"]
        page.tables += 1
        label = _numbered(page.labels.table, page.tables)
        return f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table></div>\n"

    def footnote_ref(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        page: _Page = env["page"]
        number, reference = tokens[idx].meta["number"], tokens[idx].meta["reference"]
        return (
            f'<sup><a href="#{page.target(number)}" id="{page.source(number, reference)}"'
            f' role="doc-noteref" aria-label="{_numbered(page.labels.note, number)}">'
            f"{number}</a></sup>"
        )

    def figure(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        page: _Page = env["page"]
        attrs = tokens[idx].attrs
        alternative, caption = escape(str(attrs["alternative"])), escape(str(attrs["caption"]))
        words = f"<figcaption>{caption}</figcaption>" if caption else ""
        if not (file := page.figures.get(str(attrs["id"]))):
            return f"<figure><p>{alternative}</p>{words}</figure>\n"
        return (
            f'<figure><img src="{escape(file.url)}" alt="{alternative}" width="{file.width}"'
            f' height="{file.height}" loading="lazy">{words}</figure>\n'
        )


_RENDERER: Final = _Renderer()


def _html(tokens: Sequence[Token], page: _Page) -> str:
    env: dict[str, Any] = {"page": page}
    return _RENDERER.render(tokens, GRAMMAR.options, env)


def _endnotes(notes: Sequence[Note], page: _Page) -> str:
    if not notes:
        return ""
    items = "".join(
        f'<li id="{page.target(note.number)}">\n{_with_links_back(note, page)}</li>\n'
        for note in notes
    )
    return (
        f'<section class="footnotes" role="doc-endnotes" aria-label="{escape(page.labels.notes)}">'
        f"\n<ol>\n{items}</ol>\n</section>\n"
    )


def _with_links_back(note: Note, page: _Page) -> str:
    links = " ".join(
        f'<a href="#{page.source(note.number, reference)}" role="doc-backlink" aria-label='
        f'"{_numbered(page.labels.back, _place(note.number, reference))}">{page.arrow}</a>'
        for reference in range(1, note.references + 1)
    )
    html = _html(note.tokens, page)
    if note.tokens and note.tokens[-1].type == "paragraph_close":
        return html.removesuffix("</p>\n") + f" {links}</p>\n"
    return f"{html}<p>{links}</p>\n"


def _place(number: int, reference: int) -> str:
    """Names one reference to a footnote: ``3``, and ``3-2`` for the second."""
    return f"{number}-{reference}" if reference > 1 else str(number)


def _numbered(label: str, number: int | str) -> str:
    return escape(label.replace("{number}", str(number)))


def _flat(document: Document) -> Iterator[Token]:
    """All blocks, those of footnotes too, with paragraphs for what an abstract doesn't have."""
    in_row = False
    for token in (*document.tokens, *(token for note in document.notes for token in note.tokens)):
        match token.type:
            case "heading_open" | "tr_open":
                yield Token("paragraph_open", "p", 1, block=True)
                in_row = False
            case "heading_close" | "tr_close":
                yield Token("paragraph_close", "p", -1, block=True)
            case "th_open" | "td_open":
                if in_row:
                    yield Token("text", "", 0, content=" | ")
                in_row = True
            case "figure":
                for words in filter(None, (token.attrs["alternative"], token.attrs["caption"])):
                    yield Token("paragraph_open", "p", 1, block=True)
                    yield Token(
                        "inline", "", 0, children=[Token("text", "", 0, content=str(words))]
                    )
                    yield Token("paragraph_close", "p", -1, block=True)
            case "inline":
                children = [c for c in token.children or () if c.type != "footnote_ref"]
                yield token.copy(children=children)
            case other if not other.startswith(("table_", "thead_", "tbody_", "th_", "td_")):
                yield token
