"""One reference: what is kept of it, and its parts as text."""

import pytest

from app.documents.references.items import (
    Unusable,
    clean,
    date_of,
    date_text,
    line,
    names_of,
    names_text,
    unstructured,
)


@pytest.mark.parametrize("text", ["2016", "2016-03", "2016-03-04", "2014/2016", "forthcoming"])
def test_a_date_comes_back_as_it_was_written(text):
    assert date_text(date_of(text)) == text


@pytest.mark.parametrize("text", ["2016-13", "2016-02-99", "0000", "2014/2015/2016"])
def test_what_is_no_date_is_kept_as_words(text):
    assert date_of(text) == {"literal": text}


def test_names_come_back_as_they_were_written():
    text = "Schmitt, Michael N.\nNATO CCDCOE\n王小明"

    assert names_text(names_of(text)) == text


def test_particles_and_suffixes_stay_with_the_name():
    names = [
        {"family": "Goethe", "dropping-particle": "von", "given": "J."},
        {"family": "King", "suffix": "Jr", "given": "M."},
    ]

    found = clean({"type": "book", "title": "T", "author": names})["author"]

    assert found == [
        {"family": "von Goethe", "given": "J."},
        {"family": "King", "given": "M., Jr"},
    ]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "book"},
        {"title": " "},
        {"title": "x" * 2_001},
        {"title": "T", "author": [{"literal": "A"}] * 61},
    ],
)
def test_what_is_no_reference_is_refused(raw):
    with pytest.raises(Unusable):
        clean(raw)


def test_characters_that_turn_the_direction_are_left_out():
    assert unstructured("a\u202eb\x00c\u2066d")["title"] == "abcd"


@pytest.mark.parametrize("value", [None, [], {}, True, 1.5])
def test_values_of_another_kind_are_left_out(value):
    raw = {"type": "book", "title": "T", "author": value, "issued": value, "publisher": value}

    assert clean(raw) == {"id": "ref-1", "type": "book", "title": "T"}


def test_a_line_has_people_title_container_and_year():
    item = clean(
        {
            "type": "article-journal",
            "title": "T.",
            "author": [{"family": "Duval", "given": "Anne"}],
            "container-title": "Revue",
            "issued": {"date-parts": [[2016]]},
        }
    )

    assert line(item) == "Duval, Anne. T. Revue. 2016"
