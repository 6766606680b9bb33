"""Near-duplicates are found, in every language; others are not."""

import random
import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.languages import CODES
from app.demonstration.content import Essay, essays
from app.documents.measure import count
from app.documents.parse import parse
from app.moderation.signs import inspecting
from app.moderation.signs.inspecting import Other
from app.moderation.signs.models import Sketch
from app.moderation.signs.operations import sharing
from app.moderation.signs.sketches import BANDS, sketch
from tests.factories import Cast, make_contribution, make_edition

ESSAYS = list(essays())


def edited(body: str, language: str, chance: random.Random) -> str:
    """The text with every tenth word, in Chinese every tenth character, replaced at random."""
    if language == "zh":
        return "".join(
            chance.choice("甲乙丙丁戊己庚辛壬癸")
            if char.isalpha() and chance.random() < 0.1
            else char
            for char in body
        )
    return re.sub(r"[^\W\d_]+", lambda word: "tlön" if chance.random() < 0.1 else word[0], body)


def of_language(code: str) -> Iterator[Essay]:
    return (each for each in ESSAYS if each.content.language == code)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(3))
def test_sketch_finds_an_edited_copy(code: str, seed: int) -> None:
    chance = random.Random(seed)
    for essay in of_language(code):
        body = essay.content.body
        copy = edited(body, code, chance)
        assert sketch(body, code) & sketch(copy, code)
        (sign,) = inspecting.of_others(parse(copy), code, [Other(7, code, body)])
        assert sign["kind"] == "duplicate"
        assert sign["contribution"] == 7
        assert 20 <= sign["percent"] < 80


def test_sketch_of_an_exact_copy_is_the_same_and_shares_everything() -> None:
    body = ESSAYS[0].content.body
    assert sketch(body, "de") == sketch(parse(body), "de")
    assert len(sketch(body, "de")) == BANDS
    (sign,) = inspecting.of_others(parse(body), "de", [Other(1, "de", body)])
    assert sign["percent"] == 100


def test_sketches_of_the_demonstration_have_nothing_in_common() -> None:
    sketches = [sketch(each.content.body, each.content.language) for each in ESSAYS]
    assert not [1 for one, other in combinations(sketches, 2) if one & other]


def test_sketch_of_a_short_text_says_nothing() -> None:
    assert sketch("Peace needs rules that everybody knows.", "en") == frozenset()


def test_of_others_says_nothing_of_a_quotation() -> None:
    essay, other = [each.content.body for each in of_language("fr")][:2]
    quotation = "\n\n> " + " ".join(other.split()[40:90])
    assert not list(inspecting.of_others(parse(essay + quotation), "fr", [Other(1, "fr", other)]))


def test_of_text_notices_nothing_about_the_demonstration() -> None:
    for essay in ESSAYS:
        content = essay.content
        length = count(content.body, content.language)
        about = {"length": length, "least": 1, "most": 20_000}
        assert not list(inspecting.of_text(parse(content.body), content.language, **about)), (
            content.title
        )


def test_lookup_among_ten_thousand_is_by_the_index(
    session: Session, cast: Cast, engine: Engine
) -> None:
    edition = make_edition(session)
    one = make_contribution(session, cast.author, edition=edition)
    session.flush()
    chance = random.Random(1)
    rows = [
        {"value": chance.randrange(-(2**63), 2**63), "contribution_id": one.id}
        for _ in range(10_000)
    ]
    session.execute(insert(Sketch), rows)
    if engine.dialect.name == "postgresql":
        session.execute(text("ANALYZE sketch"))
    bands = frozenset(row["value"] for row in rows[:BANDS])
    dialect = postgresql.dialect() if engine.dialect.name == "postgresql" else sqlite.dialect()
    statement = sharing(one.id + 1, bands).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )
    how = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    plan = " ".join(str(row) for row in session.execute(text(f"{how} {statement}")))
    assert "Seq Scan" not in plan
    assert "SCAN sketch" not in plan
    assert "pk_sketch" in plan or "sqlite_autoindex_sketch_1" in plan, plan
    assert session.scalars(sharing(one.id + 1, bands)).all() == [one.id]
