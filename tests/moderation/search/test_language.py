"""The language of searches, and the form that speaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Several
from app.moderation.search.language import FLAGS, KEYS, MOST_CHARACTERS, Search, Term


def codes(text: str) -> list[str]:
    with pytest.raises(Several) as caught:
        Search.parse(text)
    return [f"{error.code} {error.data.get('term', '')}" for error in caught.value.errors]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("track:jurist", [Term("track", ("jurist",))]),
        ("lang:ar,fr", [Term("lang", ("ar", "fr"))]),
        ("-is:claimed", [Term("is", ("claimed",), is_negated=True)]),
        ("age:>3d age:<2w", [Term("age", (">3d",)), Term("age", ("<2w",))]),
        ('"peace treaty" law', [Term("", ("peace treaty",)), Term("", ("law",))]),
        ('author:"van den Berg"', [Term("author", ("van den Berg",))]),
        ("论和平 السلام", [Term("", ("论和平",)), Term("", ("السلام",))]),
        ("Paix:guerre", [Term("", ("Paix:guerre",))]),
        ('"open', [Term("", ("open",))]),
    ],
)
def test_a_search_is_read(text: str, terms: list[Term]) -> None:
    assert list(Search.parse(text).terms) == terms


def test_what_is_unknown_is_named() -> None:
    assert codes("colour:red lang:tlh age:soon law") == [
        "search.unknown_key colour:red",
        "search.unknown_value lang:tlh",
        "search.unknown_value age:soon",
    ]
    assert codes("track:") == ["search.unknown_value track:"]
    assert codes("a" * (MOST_CHARACTERS + 1)) == ["text.too_long "]


values = {
    "track": st.sampled_from(["jurist", "digital_actor"]),
    "lang": st.sampled_from(["ar", "fr", "zh"]),
    "age": st.sampled_from([">3d", "<12h", ">2w"]),
    "is": st.sampled_from(FLAGS),
    "state": st.sampled_from(["submitted", "rejected"]),
}
plain = st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1).filter(
    lambda text: '"' not in text
)
terms = st.sampled_from(sorted(KEYS)).flatmap(
    lambda key: st.builds(
        Term,
        st.just(key),
        st.tuples(values.get(key, plain if key in {"", "author"} else st.just("a-1.b"))),
        st.booleans(),
    )
)


@given(st.lists(terms, max_size=5))
def test_a_search_reads_what_it_writes(some: list[Term]) -> None:
    search = Search(tuple(some))
    assert Search.parse(str(search)) == search


def test_controls_replace_what_the_line_said() -> None:
    search = Search.parse("lang:fr -lang:ar law").with_({"lang": "zh", "age": ">1d"})
    assert str(search) == "-lang:ar law lang:zh age:>1d"
    assert str(search.with_({"lang": "", "age": ""})) == "-lang:ar law"
    assert (search.only("lang"), search.only("track")) == ("zh", "")
    with pytest.raises(Several) as caught:
        search.with_({"age": "soon"})
    assert [error.field for error in caught.value.errors] == ["age"]


def test_only_one_value_is_shown_by_a_control() -> None:
    assert Search.parse("lang:ar,fr").only("lang") == ""
    assert Search.parse("-lang:ar").only("lang") == ""
    assert Search.parse("lang:ar").only("lang") == "ar"
