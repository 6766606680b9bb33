import pytest

from app.documents.cjk import joins, wide
from app.documents.render import render_paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "**重点。**后文",
        "前文**重点。**后文",
        "前文**“重点”**后文",
        "前文**‘重点’**后文",
        "前文**（重点）**后文",
        "前文**《重点》**后文",
        "前文**「重点」**后文",
        "前文，**重点，**后文",
        "前文**(重点)**后文",
        "前文**“重点”**cyber",
        "前文**重点。**cyber",
        "cyber**“重点”**后文",
        "前文**重点……**后文",
        "前文**——重点——**后文",
        "**단어**를",
        "그는 **“단어”**를",
        '그는 **"단어"**를',
        "그는 **단어(word)**를",
        "그는 **『단어』**가",
        "これは**太字。**です",
        "前文**重点！**，后文",
        "前文**https**后文",
        "**网络空间：**国家",
    ],
)
def test_emphasis_beside_cjk_characters(text: str) -> None:
    html = render_paragraphs(text)
    assert "<strong>" in html
    assert "*" not in html


def test_emphasis_several_times_in_a_line() -> None:
    html = render_paragraphs("**甲。**乙**丙，**丁**“戊”**己*庚*")
    assert html == (
        "<p><strong>甲。</strong>乙<strong>丙，</strong>丁<strong>“戊”</strong>己<em>庚</em></p>\n"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('**bold.**text "**a**"', '**bold.**text "<strong>a</strong>"'),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_word", "snake_case_word"),
        ("**مهم،** ثم", "<strong>مهم،</strong> ثم"),
        ("« **mot** »", "« <strong>mot</strong> »"),
        ("***a***", "<em><strong>a</strong></em>"),
        ("中文_强调_中文", "中文_强调_中文"),
        ("中文 _强调_ 中文", "中文 <em>强调</em> 中文"),
        ("3 ** 重点", "3 ** 重点"),
    ],
)
def test_emphasis_elsewhere_as_in_commonmark(text: str, html: str) -> None:
    assert render_paragraphs(text) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("网络\n空间", "网络空间"),
        ("网络。\n空间", "网络。空间"),
        ("网**络**\n空间", "网<strong>络</strong>空间"),
        ("网络\n**空**间", "网络<strong>空</strong>间"),
        ("网络\nspace", "网络\nspace"),
        ("단어\n단어", "단어\n단어"),
        ("a\nb", "a\nb"),
        ("网络\\\n空间", "网络<br>\n空间"),
    ],
)
def test_line_break_between_characters(text: str, html: str) -> None:
    assert render_paragraphs(text) == f"<p>{html}</p>\n"


def test_wide_and_joins_at_edges() -> None:
    assert not wide("")
    assert not joins("", "字")
    assert wide("。")
    assert joins("。", "字")
