"""Pages of HTML: nothing runs, and their links become notes."""

from pathlib import Path

import pytest

from tests.documents.importing.conftest import Read
from tests.documents.importing.files import codes


def test_read_drops_what_a_page_would_run(take: Read) -> None:
    page = "<html><head><title>T</title><style>p{}</style></head><body onload='x()'><h1>T</h1>"
    page += "<script>alert(1)</script><p onclick='y()'>a <a href='javascript:z()'>b</a></p>"
    found = take(page.encode(), "x.html")
    assert (found.title, found.text) == ("T", "a b\n")
    assert codes(found) == ["link.dropped"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_read_takes_a_page_in_the_encoding_it_names(take: Read, encoding: str) -> None:
    page = f"<!DOCTYPE html><meta charset={encoding}><p>L’été à Nîmes</p>"
    assert take(page.encode(encoding), "x.html").text == "L’été à Nîmes\n"


def test_read_drops_characters_that_no_text_may_hold(take: Read) -> None:
    found = take("<p>a\u202eb</p>".encode(), "x.html")
    assert (found.text, codes(found)) == ("ab\n", ["characters.dropped"])


@pytest.mark.parametrize(
    ("name", "reference", "note"),
    [
        ("word", "*autre*[^1].", "[^1]: La *note*."),
        ("libreoffice", "une note[^1].", "[^1]: La note."),
        ("google", "penché[^1]", "[^1]: Note"),
    ],
)
def test_read_of_a_page_makes_notes_of_its_links_there_and_back(
    take: Read, name: str, reference: str, note: str
) -> None:
    page = Path(__file__).parents[2] / "editor" / "pasted" / f"{name}.html"
    text = take(page.read_bytes(), f"{name}.html").text
    assert reference in text
    assert text.endswith(f"\n\n{note}\n")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        # What nobody refers to stays, and so does what is no note.
        (
            '<p>Un.</p><div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> Deux.</p></div>',
            "Un.\n\n[1] Deux.\n",
        ),
        ('<p>Un<a href="#_ftn1">[1]</a>.</p>', "Un[1].\n"),
        # Twice referred to: once a note. Endnotes of Word, several in one division.
        (
            '<p>A<a href="#_edn1">[i]</a> B<a href="#_edn2">[ii]</a> C<a href="#_edn1">[i]</a></p>'
            '<div><p><a href="#_ednref1">[i]</a> Un.</p><p><a href="#_ednref2">[ii]</a> Deux.</p>'
            "</div>",
            "A[^1] B[^2] C[i]\n\n[^1]: Un.\n\n[^2]: Deux.\n",
        ),
        # Of notes that refer to each other, nothing is lost.
        (
            '<p>X.</p><p><a href="#_ftnref1">1</a> A<a href="#_ftn2">2</a></p>'
            '<p><a href="#_ftnref2">2</a> B<a href="#_ftn1">1</a></p>',
            "X.\n\nA2\n\nB1\n",
        ),
    ],
)
def test_read_of_a_page_loses_no_note(take: Read, page: str, text: str) -> None:
    assert take(f"<html><body>{page}</body></html>".encode(), "x.html").text == text
