import re
from concurrent.futures import ThreadPoolExecutor

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import ROOT
from app.core.languages import CODES
from app.documents.profile import SCHEMES
from app.documents.render import FigureFile, NoteLabels, render, render_paragraphs

LABELS = NoteLabels("Back {number}", "Notes", "Note {number}", "Table {number}")
TAGS = {
    *("p", "h2", "h3", "h4", "em", "strong", "a", "code", "pre", "blockquote", "br", "hr"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "sup", "section", "div"),
    *("figure", "figcaption", "img"),
}
ATTRIBUTES = {
    *("href", "rel", "id", "role", "aria-label", "start", "scope", "class", "tabindex"),
    *("src", "alt", "width", "height", "loading"),
}


FIGURE = "0123456789abcdef" * 2
FIGURES = {FIGURE: FigureFile(f"/figures/{FIGURE}.png", 640, 480)}


def html(text: str, language: str = "en", prefix: str = "p") -> str:
    return render(text, language=language, prefix=prefix, labels=LABELS, figures=FIGURES)


def assert_harmless(markup: str) -> None:
    for element in lxml.html.fragment_fromstring(markup, create_parent="main").iterdescendants():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES
        if (src := element.get("src")) is not None:
            assert src in {each.url for each in FIGURES.values()}
        if (href := element.get("href")) is not None:
            assert href.partition(":")[0].lower() in SCHEMES or href.startswith("#p-")


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<!-- --><style>*{}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "[a](javascript:alert(1))",
    "[a](JAVASCRIPT:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](javascript&#58;alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a]( javascript:alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](data:image/svg+xml,x)",
    "[a](vbscript:x)",
    "[a](//evil.example)",
    "[a](https:evil.example)",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '[a](https://a.b/"onmouseover="x)',
    '[a](https://a.b "t\\" onmouseover=\\"x")',
    "[a](https://a.b/'><script>)",
    "![a](javascript:x)",
    '![a"onerror=x](https://a.b)',
    "[![a](x)](javascript:x)",
    '```"><script>\n</code><script>\n```',
    "`</code><script>`",
    '[^"><script>]\n\n[^"><script>]: x',
    "|<script>|\n|-|\n|<b onclick=x>|",
    "# <h1 onclick=x>",
    "- <script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_render_attack_is_only_text(attack: str) -> None:
    for markup in (html(attack), html(f"a[^1]\n\n[^1]: {attack}"), render_paragraphs(attack)):
        assert_harmless(markup)
        assert not re.search(r"<(script|img|svg|style|b)\b", markup)


def test_render_attack_by_a_figures_words() -> None:
    markup = html(f"![\" onerror=alert(1)](figure:{FIGURE} '\"><script>alert(1)</script>')")
    assert_harmless(markup)
    assert "<script" not in markup


@given(st.lists(st.sampled_from(ATTACKS) | st.text(max_size=5), max_size=6).map("".join))
def test_render_attacks_together_are_only_text(text: str) -> None:
    assert_harmless(html(text))


def test_render_prefix_and_labels_are_escaped() -> None:
    labels = NoteLabels('"><script>', '"><script>', '"><script>', '"><script>')
    text = "a[^1]\n\n|a|\n|-|\n\n[^1]: b"
    markup = render(text, language="en", prefix='"><script>', labels=labels)
    assert "<script" not in markup


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a  \nb", "<p>a<br>\nb</p>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("***", "<hr>\n"),
        ("```js\n<a>\n```", "<pre><code>&lt;a&gt;\n</code></pre>\n"),
        ("`<a>`", "<p><code>&lt;a&gt;</code></p>\n"),
        ("a\n===", "<h2>a</h2>\n"),
        ("![the *words*](asset:1)", "<p>the words</p>\n"),
        ("[text](ftp://a.b)", "<p>text</p>\n"),
        ("<std::vector>", "<p>&lt;std::vector&gt;</p>\n"),
        ("no[^x]", "<p>no[^x]</p>\n"),
        ('"quotes" -- stay...', '<p>"quotes" -- stay...</p>\n'),
        ("a\u202eb \x00", "<p>a\ufffdb \ufffd</p>\n"),
        ("&#x202E;", "<p>\ufffd</p>\n"),
    ],
)
def test_render_construct(text: str, expected: str) -> None:
    assert html(text) == expected


def test_render_link_is_external() -> None:
    assert html('[a](https://a.b/?c&d "title")') == (
        '<p><a href="https://a.b/?c&amp;d" rel="noopener nofollow ugc">a</a></p>\n'
    )


def test_render_link_without_words_shows_its_address() -> None:
    assert '">https://a.b</a>' in html("[](https://a.b)")


def test_render_link_inside_link_is_text() -> None:
    assert html("[a <https://x.y> b](https://a.b)").count("<a ") == 1


def test_render_table_scrolls_and_is_named() -> None:
    assert html("|a|b|\n|:-|-:|\n|1|2|\n\n|c|\n|-|") == (
        '<div class="table" role="region" tabindex="0" aria-label="Table 1"><table>\n'
        '<thead>\n<tr>\n<th class="start" scope="col">a</th>\n'
        '<th class="end" scope="col">b</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td class="start">1</td>\n<td class="end">2</td>\n</tr>\n</tbody>\n'
        "</table></div>\n"
        '<div class="table" role="region" tabindex="0" aria-label="Table 2"><table>\n'
        '<thead>\n<tr>\n<th scope="col">c</th>\n</tr>\n</thead>\n</table></div>\n'
    )


def test_render_footnote() -> None:
    assert html("a[^n]\n\n[^n]: b", prefix="c7") == (
        '<p>a<sup><a href="#c7-note-1" id="c7-ref-1" role="doc-noteref" aria-label="Note 1">1</a>'
        "</sup></p>\n"
        '<section class="footnotes" role="doc-endnotes" aria-label="Notes">\n<ol>\n'
        '<li id="c7-note-1">\n<p>b <a href="#c7-ref-1" role="doc-backlink" aria-label="Back 1">'
        "↩\ufe0e</a></p>\n</li>\n</ol>\n</section>\n"
    )


def test_render_footnote_arrow_follows_direction() -> None:
    text = "a[^1]\n\n[^1]: b"
    assert "↪" in html(text, language="ar")
    assert all("↩" in html(text, language=code) for code in CODES if code != "ar")


def test_render_footnotes_lead_there_and_back(everything: str) -> None:
    tree = lxml.html.fragment_fromstring(html(everything), create_parent="main")
    ids = tree.xpath("//@id")
    targets = tree.xpath("//a[starts-with(@href, '#')]/@href")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in targets} == set(ids)
    names = tree.xpath("//a[@role='doc-backlink']/@aria-label")
    assert names == ["Back 1", "Back 1-2", "Back 2", "Back 3"]


def test_render_footnote_ending_in_a_list_and_empty_footnote() -> None:
    tree = lxml.html.fragment_fromstring(
        html("a[^1] b[^2]\n\n[^1]:\n    - c\n\n[^2]:\n"), create_parent="main"
    )
    assert tree.xpath("//li[@id]/p/a/@role") == ["doc-backlink", "doc-backlink"]


def test_render_heading_in_footnote_is_paragraph() -> None:
    assert "<p>b</p>" in html("a[^1]\n\n[^1]:\n    # b\n\n    c")


def test_render_arabic() -> None:
    assert html("## عنوان\n\n**مهم** في «النص»، [رابط](https://a.b).", language="ar") == (
        "<h2>عنوان</h2>\n<p><strong>مهم</strong> في «النص»، "
        '<a href="https://a.b" rel="noopener nofollow ugc">رابط</a>.</p>\n'
    )


def test_render_unknown_language() -> None:
    with pytest.raises(KeyError):
        html("a", language="xx")


def test_render_in_several_threads(everything: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(html, [everything] * 20))) == 1


def test_render_paragraphs_has_no_headings_tables_footnotes() -> None:
    text = "# A\n\nb[^1]\n\n|c|d|\n|-|-|\n|e|f|\n\n- g\n\n[^1]: h"
    assert render_paragraphs(text) == (
        "<p>A</p>\n<p>b</p>\n<p>c | d</p>\n<p>e | f</p>\n<ul>\n<li>g</li>\n</ul>\n<p>h</p>\n"
    )


def test_render_figure() -> None:
    assert html(f'a\n\n![b & *c*](figure:{FIGURE} "d <e>")\n\nf') == (
        f'<p>a</p>\n<figure><img src="/figures/{FIGURE}.png" alt="b &amp; c" width="640"'
        ' height="480" loading="lazy"><figcaption>d &lt;e&gt;</figcaption></figure>\n<p>f</p>\n'
    )


def test_render_figure_that_is_not_there() -> None:
    absent = "0" * 32
    assert html(f'![b](figure:{absent} "c")\n\n![d](figure:{absent})') == (
        "<figure><p>b</p><figcaption>c</figcaption></figure>\n<figure><p>d</p></figure>\n"
    )


@pytest.mark.parametrize("url", ["//example.org/a.png", "/a.png", "/figures/../a.png", "data:,a"])
def test_render_figure_only_from_its_place(url: str) -> None:
    figures = {FIGURE: FigureFile(url, 1, 1)}
    text = f"![a](figure:{FIGURE})"
    assert "src" not in render(text, language="en", prefix="p", labels=LABELS, figures=figures)


def test_render_paragraphs_figure() -> None:
    assert render_paragraphs(f'![a](figure:{FIGURE} "b")') == "<p>a</p>\n<p>b</p>\n"


def test_render_names_alignments_that_the_stylesheet_knows() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |\n", language="fr", prefix="t-", labels=LABELS)
    style = (ROOT / "static" / "site.css").read_text()
    for alignment in ("center", "end"):
        assert f'<td class="{alignment}">' in html
        assert f":is(td, th).{alignment} {{ text-align: {alignment}; }}" in style
