"""Two versions become one: what clashes, and that nothing is lost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contributions.saving.merging import MOST_BLOCKS, Choice, blocks, merge
from app.documents.text import problems
from tests.factories import make_essay

BASE = make_essay("fr", body="Un.\n\nDeux.\n\nTrois.\n\nQuatre.")


def body(text: str) -> object:
    return replace(BASE, body=text)


def test_merge_takes_what_only_one_changed() -> None:
    theirs = replace(BASE, title="Autre titre", body="Un, autrement.\n\nDeux.\n\nTrois.\n\nQuatre.")
    mine = replace(BASE, abstract="Mon résumé.", body="Un.\n\nDeux.\n\nTrois.\n\nMon quatre.")
    merged = merge(BASE, theirs, mine)
    assert merged.clashes == []
    assert merged.taken == ("title",)
    outcome = merged.outcome({})
    assert (outcome.title, outcome.abstract) == ("Autre titre", "Mon résumé.")
    assert outcome.body == "Un, autrement.\n\nDeux.\n\nTrois.\n\nMon quatre."
    assert [part.source for part in merged.body] == [Choice.THEIRS, None, Choice.MINE]


def test_merge_shows_a_block_both_changed_and_takes_the_choice() -> None:
    theirs = replace(BASE, body="Un.\n\nDeux, dit-elle.\n\nTrois.\n\nQuatre.")
    mine = replace(BASE, body="Un.\n\nDeux, dit-il.\n\nTrois.\n\nQuatre.")
    merged = merge(BASE, theirs, mine)
    (clash,) = merged.clashes
    assert (clash.name, clash.mine, clash.theirs) == ("body.1", "Deux, dit-il.", "Deux, dit-elle.")
    texts = {
        choice: blocks(merged.outcome({"body.1": choice}).body)[1:-2]
        for choice in ("mine", "theirs", "both", "nonsense", "")
    }
    both = ["Deux, dit-elle.", "Deux, dit-il."]
    assert texts == {"mine": both[1:], "theirs": both[:1], "both": both, "nonsense": both, "": both}


def test_merge_lets_fields_be_chosen_and_joins_paragraphs_only() -> None:
    theirs = replace(BASE, title="Le sien", abstract="Son résumé.", extra={"sector": "theirs"})
    mine = replace(BASE, title="Le mien", abstract="Mon résumé.", extra={"sector": "mine"})
    merged = merge(BASE, theirs, mine)
    assert {clash.name for clash in merged.clashes} == {"title", "abstract", "extra.sector"}
    usual = merged.outcome({})
    assert (usual.title, usual.extra["sector"]) == ("Le mien", "mine")
    assert usual.abstract == "Son résumé.\n\nMon résumé."
    chosen = merged.outcome({"title": "theirs", "extra.sector": "theirs", "abstract": "mine"})
    assert (chosen.title, chosen.extra["sector"]) == ("Le sien", "theirs")
    assert chosen.abstract == "Mon résumé."
    assert merged.outcome({"title": "both"}).title == "Le mien"


def test_merge_of_keywords_adds_and_takes_away() -> None:
    base = replace(BASE, keywords=("a", "b", "c"))
    merged = merge(
        base, replace(base, keywords=("a", "c", "d")), replace(base, keywords=("e", "b"))
    )
    assert merged.clashes == []
    assert merged.outcome({}).keywords == ("d", "e")


def test_merge_without_a_base_asks_for_everything_that_differs() -> None:
    theirs = replace(BASE, body="Même.\n\nLe sien.")
    mine = replace(BASE, title="Le mien", body="Même.\n\nLe mien.")
    merged = merge(None, theirs, mine)
    assert [clash.name for clash in merged.clashes] == ["title", "body.1"]
    assert merged.outcome({}).body == "Même.\n\nLe sien.\n\nLe mien."


def test_merge_keeps_the_footnotes_of_both_apart() -> None:
    base = body("Un[^1].\n\nDeux.\n\nTrois.\n\n[^1]: Première.")
    theirs = body("Un[^1].\n\nDeux[^2].\n\nTrois.\n\n[^1]: Première.\n\n[^2]: La sienne.")
    mine = body("Un[^1].\n\nDeux.\n\nTrois[^2].\n\n[^1]: Première.\n[^2]: La mienne.")
    outcome = merge(base, theirs, mine).outcome({})
    for line in ("Un[^1].", "Deux[^2].", "Trois[^3].", "[^2]: La sienne.", "[^3]: La mienne."):
        assert line in outcome.body.splitlines()


def test_merge_is_not_misled_by_footnotes_that_were_renumbered() -> None:
    base = body("Un.\n\nDeux[^1].\n\nTrois[^2].\n\n[^1]: A.\n\n[^2]: B.")
    theirs = body("Un[^1].\n\nDeux[^2].\n\nTrois[^3].\n\n[^1]: Neuve.\n\n[^2]: A.\n\n[^3]: B.")
    mine = body("Un.\n\nDeux[^1].\n\nTrois, changé[^2].\n\n[^1]: A.\n\n[^2]: B.")
    merged = merge(base, theirs, mine)
    assert merged.clashes == []
    outcome = merged.outcome({}).body
    assert "Un[^4]." in outcome
    assert "[^4]: Neuve." in outcome
    assert "Trois, changé[^2]." in outcome


def test_merge_of_one_footnote_changed_twice_stays_one_footnote() -> None:
    texts = [f"Un[^1].\n\n[^1]: {note}" for note in ("A.", "B.", "C.")]
    merged = merge(*map(body, texts))
    (clash,) = merged.clashes
    assert (clash.theirs, clash.mine) == ("[^1]: B.", "[^1]: C.")
    assert merged.outcome({}).body == "Un[^1].\n\n[^1]: B.\n\n    C."
    assert problems(merged.outcome({}).body) == ()


def test_merge_keeps_footnotes_that_say_the_same_apart() -> None:
    base = "Un[^1].\n\nDeux[^2].\n\nTrois[^3].\n\n[^1]: Ibid.\n\n[^2]: A.\n\n[^3]: Ibid."
    merged = merge(body(base), body(base.replace("Un", "Un, changé")), body(base))
    assert merged.outcome({}).body == base.replace("Un", "Un, changé")


def test_merge_takes_neighbouring_blocks_that_one_each_changed() -> None:
    theirs, mine = BASE.body.replace("Deux.", "Deux, dit-elle."), BASE.body.replace("Trois", "Drei")
    merged = merge(BASE, body(theirs), body(mine))
    assert merged.clashes == []
    assert merged.outcome({}).body == theirs.replace("Trois", "Drei")


def test_merge_of_what_both_added_in_one_place_keeps_both() -> None:
    merged = merge(BASE, body(f"{BASE.body}\n\nElle."), body(f"{BASE.body}\n\nLui."))
    assert [clash.name for clash in merged.clashes] == ["body.1"]
    assert merged.outcome({}).body == f"{BASE.body}\n\nElle.\n\nLui."


def test_merge_keeps_a_footnote_one_took_away_while_the_other_calls_it() -> None:
    base = "Un[^1].\n\nEntre deux.\n\nDeux[^2].\n\n[^1]: A.\n\n[^2]: B."
    mine = "Un.\n\nEntre deux.\n\nDeux.\n\nTrois."
    merged = merge(body(base), body(base.replace("Deux", "Deux, changé")), body(mine))
    assert "[^2]: B." in merged.outcome({}).body
    assert "[^1]" not in merged.outcome({}).body
    assert "[^2]" not in merged.outcome({"body.1": "mine"}).body


@pytest.mark.parametrize(
    ("one", "other", "was"),
    [
        ("السلام يحتاج إلى قواعد.", "السلام يحتاج إلى ثقة.", "السلام."),
        ("和平需要规则。", "和平需要信任。", "和平。"),
        ("평화에는 규칙이 필요하다.", "평화에는 신뢰가 필요하다.", "평화."),
    ],
)
def test_merge_of_any_script_keeps_both(one: str, other: str, was: str) -> None:
    merged = merge(body(f"A.\n\n{was}"), body(f"A.\n\n{one}"), body(f"A.\n\n{other}"))
    assert blocks(merged.outcome({}).body) == ["A.", one, other]


def test_merge_bears_a_text_of_very_many_blocks() -> None:
    many = "\n\n".join(["a"] * (MOST_BLOCKS + 1))
    merged = merge(body(many), body(f"{many}\n\nb"), body(f"c\n\n{many}"))
    assert [clash.name for clash in merged.clashes] == ["body.1"]


_TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", "[^1]: n"]), max_size=8).map("\n\n".join)


@settings(deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS)
def test_merge_loses_no_block_that_was_written(base: str, theirs: str, mine: str) -> None:
    outcome = blocks(merge(body(base), body(theirs), body(mine)).outcome({}).body)
    was = {*blocks(base)}
    for text in (theirs, mine):
        assert {block for block in blocks(text) if block not in was} <= {*outcome}


@settings(deadline=None)
@given(_TEXTS, _TEXTS)
def test_merge_with_one_side_unchanged_is_the_other(base: str, new: str) -> None:
    for theirs, mine in ((base, new), (new, base)):
        merged = merge(body(base), body(theirs), body(mine))
        assert merged.clashes == []
        parts = [blocks(merged.outcome({}).body), blocks(new)]
        # Footnotes' texts go to the end, each once.
        texts, notes = (
            [[b for b in part if (b[0] == "[") is is_note] for part in parts]
            for is_note in (False, True)
        )
        assert texts[0] == texts[1]
        assert {*notes[0]} == {*notes[1]}
