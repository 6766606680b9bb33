"""References as readers see them: two styles, ten languages, and nothing hostile gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.languages import LANGUAGES
from app.documents import pandoc
from app.documents.parse import parse
from app.documents.plain import plain
from app.documents.references import formatting
from app.documents.references.formatting import Style, reference_list
from app.documents.references.items import clean, unstructured
from app.documents.render import render_paragraphs
from app.documents.text import problems

ARTICLE = clean(
    {
        "type": "article-journal",
        "title": "La diligence",
        "author": [{"family": "Duval", "given": "Anne"}, {"family": "Haddad", "given": "Karim"}],
        "container-title": "Revue",
        "volume": "17",
        "issue": "2",
        "page": "3-9",
        "issued": {"date-parts": [[2016]]},
        "URL": "https://example.org/a_b?c=d&e=*f*",
        "accessed": {"date-parts": [[2017, 3, 4]]},
    }
)
CASE = clean(
    {
        "type": "legal_case",
        "title": "Nicaragua v United States",
        "authority": "ICJ",
        "issued": {"date-parts": [[1986, 6, 27]]},
        "number": "ICJ Rep 14",
    }
)


def shown(items, language="fr", style=Style.LEGAL):
    return plain(reference_list(items, language=language, style=style)).split("\n\n")


def test_the_two_styles_in_french():
    legal = reference_list([ARTICLE, CASE], language="fr", style=Style.LEGAL)
    dated = reference_list([ARTICLE], language="fr", style=Style.AUTHOR_DATE)

    assert plain(legal).replace("\u00a0", " ").replace("\u202f", " ") == (
        "Anne Duval et Karim Haddad, « La diligence » (2016) 17(2) Revue 3‑9, "
        "https://example.org/a_b?c=d&e=*f*, consulté le 4 mars 2017.\n\n"
        "Nicaragua v United States (ICJ, 27 juin 1986), ICJ Rep 14."
    )
    assert plain(dated).replace("\u00a0", " ").replace("\u202f", " ") == (
        "Duval, Anne et Haddad, Karim (2016). « La diligence ». Revue, 17(2), p. 3‑9. "
        "https://example.org/a_b?c=d&e=*f*, consulté le 4 mars 2017."
    )
    assert "*Nicaragua v United States*" in legal


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
def test_every_language_and_style_writes_all_that_was_given(language, style):
    (text,) = shown([ARTICLE], language, style)

    for part in ("Duval", "La diligence", "Revue", "2016", "https://example.org/a_b?c=d&e=*f*"):
        assert part in text
    assert not problems(reference_list([ARTICLE], language=language, style=style))


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("ar", "تاريخ الوصول"),
        ("zh", "见于"),
        ("de", "abgerufen"),
        ("ko", "접속일"),
        ("ru", "дата обращения: 04.03.2017"),
    ],
)
def test_words_are_those_of_the_essays_language(language, word):
    assert word.casefold() in shown([ARTICLE], language)[0].casefold()


def test_the_order_is_the_authors():
    titles = ["Zeta", "Alpha", "Mid"]
    items = [clean({"type": "book", "title": title}) for title in titles]

    assert [text.rstrip(".") for text in shown(items)] == titles


def test_plain_words_stay_as_they_are_with_links():
    item = unstructured("1. Duval, *Le droit*, <b>2016</b>, https://example.org/a_b). Fin.")

    made = reference_list([item], language="fr", style=Style.LEGAL)

    assert plain(made) == item["title"]
    assert '<a href="https://example.org/a_b"' in render_paragraphs(made)
    assert "<b>" not in render_paragraphs(made)


def test_a_date_in_words_is_shown():
    item = clean({"type": "book", "title": "T", "issued": {"literal": "à paraître"}})

    assert "à paraître" in shown([item])[0]


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "[x](javascript:alert(1))",
        "![x](/etc/passwd)",
        "`rm`{=html}",
        "# Heading",
        "[^1]: note",
        "&lt;script&gt;",
    ],
)
@pytest.mark.parametrize("kind", ["book", "article-journal", "unstructured"])
def test_hostile_titles_are_only_words(title, kind):
    item = unstructured(title) if kind == "unstructured" else clean({"type": kind, "title": title})

    made = reference_list([item], language="en", style=Style.AUTHOR_DATE)
    html = render_paragraphs(made)

    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
    assert parse(made).notes == ()
    assert html.startswith("<ul>")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("aé王ا .*_`[]()<>#|!&~^\\1-+=:\"'"), min_size=1))
def test_any_plain_words_come_through_unchanged(text):
    try:
        item = unstructured(text)
    except ValueError:
        return

    made = reference_list([item], language="en", style=Style.LEGAL)

    assert " ".join(plain(made).split()) == item["title"]


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.sampled_from("aé王 *_`[]()<>#|!&\\1-."), min_size=1, max_size=30))
def test_any_title_comes_through_citeproc_as_one_entry(text):
    items = [clean({"type": "book", "title": f"x{text}x"}), CASE]

    made = reference_list(items, language="en", style=Style.AUTHOR_DATE)

    assert len(plain(made).split("\n\n")) == 2
    assert not problems(made)


def test_where_citeproc_fails_each_reference_stands_in_a_plain_line(monkeypatch):
    monkeypatch.setattr(formatting, "SECONDS", 0)

    assert shown([ARTICLE])[0] == ("Duval, Anne; Haddad, Karim. La diligence. Revue. 2016")


def test_none_give_nothing_and_start_no_child(monkeypatch):
    monkeypatch.setattr(pandoc, "convert", None)

    assert reference_list([], language="fr", style=Style.LEGAL) == ""
