"""Headings that keep one name in every language."""

from app.core.languages import CODES
from app.documents.anchors import anchors
from app.documents.labels import NOTE_LABELS
from app.documents.render import render


def html(text: str, *, named: bool = True) -> str:
    return render(
        text, language="fr", prefix="charter", labels=NOTE_LABELS["fr"], anchors=named
    ).strip()


def test_an_anchor_is_an_id_and_no_word() -> None:
    assert html("## Respect *mutuel* {#respect}") == (
        '<h2 id="charter-respect">Respect <em>mutuel</em></h2>'
    )
    assert html("### Fin {#a-1} \n\nTexte.").startswith("<h2 ")
    assert html("## {#alone}") == '<h2 id="charter-alone"></h2>'


def test_what_is_no_anchor_stays_as_it_was_written() -> None:
    for words in ("{#Respect}", "{#1}", "{#a b}", "{respect}", "{#a} suite", "{#" + "a" * 41 + "}"):
        assert html(f"## Titre {words}") == f"<h2>Titre {words}</h2>"
    assert html("Texte {#a}") == "<p>Texte {#a}</p>"
    assert html("## Titre `{#a}`") == "<h2>Titre <code>{#a}</code></h2>"


def test_an_essay_has_none() -> None:
    assert html("## Titre {#a}", named=False) == "<h2>Titre {#a}</h2>"


def test_two_headings_do_not_share_an_id() -> None:
    assert html("## Un {#a}\n\n## Deux {#a}") == '<h2 id="charter-a">Un</h2>\n<h2>Deux</h2>'
    assert anchors("## Un {#a}\n\n## Deux {#a}") == {"a": "Un"}


def test_nothing_gets_out_of_an_anchor() -> None:
    made = html('## T {#a"><script>alert(1)</script>}')
    assert "<script" not in made
    assert "id=" not in made


def test_anchors_are_told_with_their_words_in_order() -> None:
    text = "## Un *seul* {#b}\n\nTexte.\n\n### Sans nom\n\n### المصادر {#a}"
    assert list(anchors(text).items()) == [("b", "Un seul"), ("a", "المصادر")]


def test_the_same_text_is_rendered_alike_after_its_anchors_were_read() -> None:
    text = "## Respect {#respect}"
    before = html(text)
    anchors(text)
    assert html(text) == before
    assert {language: anchors(text) for language in CODES}["ar"] == {"respect": "Respect"}
