"""Lists of Word's, in pages it saved with everything or "filtered"."""

from collections.abc import Callable

import pytest

from app.documents.importing.model import Imported
from app.documents.importing.wordlists import MOST_LEVELS, mended
from tests.documents.importing.conftest import Read
from tests.documents.importing.files import codes

Item = Callable[..., str]
Reads = Callable[..., Imported]
GAP = """<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span>"""
PAGE = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta charset=utf-8><style>"
    "@list l0 {{mso-list-id:1;}} p.MsoListParagraph {{margin-left:36.0pt;}}</style></head>"
    "<body lang=FR><div class=WordSection1>\n{}\n</div></body></html>"
)


def full(words: str, mark: str, level: int = 1, *, right_to_left: bool = False) -> str:
    """An item as a page with everything has it."""
    direction = "dir=RTL" if right_to_left else ""
    side = "right" if right_to_left else "left"
    return (
        f"<p class=MsoListParagraphCxSpMiddle {direction} style='margin-{side}:{36 * level}.0pt;\n"
        f"mso-add-space:auto;text-indent:-18.0pt;mso-list:l0 level{level} lfo1'>"
        "<![if !supportLists]><span\nstyle='font-family:Symbol;mso-fareast-font-family:Symbol'>"
        f"<span style='mso-list:Ignore'>{mark}{GAP}</span></span><![endif]>{words}<o:p></o:p></p>\n"
    )


def filtered(words: str, mark: str, level: int = 1, *, right_to_left: bool = False) -> str:
    """An item as a filtered page has it; of the first level, the margin is the class's."""
    direction = "dir=RTL" if right_to_left else ""
    side = "right" if right_to_left else "left"
    margin = f"margin-{side}:{36 * level}.0pt;" if level > 1 else ""
    sign = f"<span style='font-family:Symbol'>{mark}{GAP}</span>" if mark == "·" else mark + GAP
    return (
        f"<p class=MsoListParagraphCxSpMiddle {direction} style='{margin}text-indent:-18.0pt'>"
        f"{sign}{words}</p>\n"
    )


@pytest.fixture(params=[full, filtered], ids=["full", "filtered"])
def item(request: pytest.FixtureRequest) -> Item:
    """An item in either kind of page."""
    made: Item = request.param
    return made


@pytest.fixture
def read(take: Read) -> Callable[..., Imported]:
    """What is read of a page of those parts."""
    return lambda *parts: take(PAGE.format("".join(parts)).encode(), "x.html")


def test_bullets_stay_a_list_between_paragraphs(read: Reads, item: Item) -> None:
    found = read("<p>Avant</p>", item("Un <b>mot</b>", "·"), item("Deux", "·"), "<p>Après</p>")
    assert found.text == "Avant\n\n- Un **mot**\n- Deux\n\nAprès\n"
    assert found.findings == ()


def test_levels_are_nested_and_each_has_its_own_kind(read: Reads, item: Item) -> None:
    found = read(
        item("Un", "1."),
        item("Sous un", "o", 2),
        item("Sous deux", "o", 2),
        item("Plus bas", "§", 3),
        item("Deux", "2."),
        item("Encore", "1.", 2),
    )
    assert found.text == (
        "1. Un\n   - Sous un\n   - Sous deux\n     - Plus bas\n2. Deux\n   1. Encore\n"
    )


def test_numbers_begin_where_they_began(read: Reads, item: Item) -> None:
    found = read(item("Trois", "3."), item("Quatre", "4."), "<p>Fin</p>", item("Dix", "(10)"))
    assert found.text == "3. Trois\n4. Quatre\n\nFin\n\n10. Dix\n"


def test_letters_become_numbers_and_that_is_said(read: Reads, item: Item) -> None:
    found = read(item("Un", "a)"), item("Deux", "b)"))
    assert (found.text, codes(found)) == ("1. Un\n2. Deux\n", ["list.numbering"])


@pytest.mark.parametrize("mark", ["أ.", "أ\u200c-", "三、", "（三）", "다.", "㉰"])
def test_letters_of_other_scripts_become_numbers(read: Reads, item: Item, mark: str) -> None:
    assert read(item("A", mark), item("B", mark)).text == "1. A\n2. B\n"


@pytest.mark.parametrize("mark", ["٣.", "٣-", "③", "（３）"])
def test_numbers_of_other_scripts_begin_where_they_began(
    read: Reads, item: Item, mark: str
) -> None:
    assert read(item("A", mark), item("B", mark)).text == "3. A\n4. B\n"


def test_lists_from_right_to_left(read: Reads, item: Item) -> None:
    items = [("واحد", "١.", 1), ("تحت", "·", 2), ("اثنان", "٢.", 1)]
    found = read(*(item(*each, right_to_left=True) for each in items))
    assert found.text == "1. واحد\n   - تحت\n2. اثنان\n"


def test_a_further_paragraph_belongs_to_its_item(read: Reads, item: Item) -> None:
    more = "<p class=MsoListParagraphCxSpMiddle>Encore</p>\n"
    assert read(item("Un", "·"), more, item("Deux", "·")).text == "- Un\n\n  Encore\n\n- Deux\n"


def test_words_between_two_lists_part_them(read: Reads, item: Item) -> None:
    found = read(item("Un", "·"), "des mots", item("Deux", "·"), item("Trois", "1."))
    assert found.text == "- Un\n\ndes mots\n\n- Deux\n\n1. Trois\n"


def test_a_list_that_begins_below_the_first_level(read: Reads, item: Item) -> None:
    assert read(item("Un", "·", 2), item("Deux", "·")).text == "- Un\n- Deux\n"


def test_lists_in_cells_are_lists_of_their_own(read: Reads, item: Item) -> None:
    cells = f"<table><tr><td>{item('Un', '·')}</td><td>{item('Deux', '·')}</td></tr></table>"
    text = read("<p>Avant</p>", cells).text
    assert "Un" in text
    assert "·" not in text


def test_levels_end_where_words_own_do(item: Item) -> None:
    page = mended(PAGE.format("".join(item("x", "·", level) for level in range(1, 40))))
    assert page.count("<ul>") == MOST_LEVELS
    assert page.count("<li>") == 39


@pytest.mark.parametrize(
    "page",
    [
        "<p>1. Un</p><p>2. Deux</p>",
        "",
        "<!-- mso-list: -->",
        "<?xml version='1.0' encoding='utf-8'?><p class=MsoListParagraph>Un</p>",
        f"<p class=MsoListParagraph>{'<i>' * 5_000}Un</p>",
    ],
    ids=["no list of Word’s", "empty", "only a comment", "XML", "too deep"],
)
def test_other_pages_stay_as_they_are(page: str) -> None:
    assert mended(page) == page
