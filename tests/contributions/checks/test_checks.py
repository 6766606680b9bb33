"""Checks before submitting: help, and a gate only where a track says so."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.contributions.checks import contribution as checking
from app.contributions.checks import essay as checks
from app.contributions.checks.essay import Earlier, Finding, findings
from app.contributions.models import Contribution, Draft
from app.contributions.operations import submit
from app.contributions.states import State
from app.core.errors import Forbidden, Invalid, Several
from app.editions import operations as editions
from app.editions.models import Track
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]
ENGLISH = (
    "States rarely say why they believe that an operation came from another State. They owe "
    "reasons all the same, and a record that others can examine afterwards.\n\n"
    "Whoever names a culprit without giving reasons asks for trust that has not been earned.\n\n"
    "A standing body could collect what is known, and say in public how certain it is.\n"
)
FRENCH = (
    "Les États disent rarement pourquoi ils attribuent une opération à un autre État. Ils doivent "
    "pourtant des raisons, et un dossier que d’autres puissent examiner par la suite.\n\n"
    "Celui qui désigne un coupable sans donner de raisons demande une confiance imméritée.\n\n"
    "Un organe permanent pourrait réunir ce que l’on sait, et dire publiquement avec quelle "
    "certitude, afin que chacun puisse juger par lui-même de la solidité des preuves apportées.\n"
)
#: What each of the checks finds in a French essay, and the code it finds it with.
DOUBTFUL = {
    "language": (ENGLISH, "language.other"),
    "links": (f"{FRENCH}\n[Voir](http://localhost)\n", "link.malformed"),
    "similar": (FRENCH, "essay.similar"),
}


def track(**rules: object) -> Track:
    values: dict[str, object] = {
        "code": "jurist",
        "min_length": 10,
        "max_length": 6000,
        "min_characters": 10,
        "max_characters": 12000,
        "required_fields": [],
        "required_checks": [],
        "licences": [],
    }
    return Track(**(values | rules))


def codes(found: list[Finding]) -> list[tuple[str, bool]]:
    return [(each.error.code, each.needed) for each in found]


def test_nothing_is_found_in_a_good_essay() -> None:
    assert findings(make_essay(body=FRENCH), track(), None, []) == []


def test_needed_comes_first_and_says_every_problem_of_the_text() -> None:
    body = "Court[^a] et[^b].\n\n![](/x)\n"
    essay = make_essay(title="", body=body, abstract="")

    found = findings(essay, track(min_length=50), None, [])

    needed = [code for code, is_needed in codes(found) if is_needed]
    assert needed[:2] == ["required", "body.too_short.words"]
    assert needed.count("footnote.undefined") == 2
    assert [code for code, is_needed in codes(found) if not is_needed] == ["advised.abstract"]
    assert all(each.needed for each in found[: len(needed)])


@pytest.mark.parametrize("field", ["abstract", "keywords"])
def test_what_a_track_insists_on_is_not_advised_too(field: str) -> None:
    essay = make_essay(body=FRENCH, **{field: () if field == "keywords" else ""})

    found = findings(essay, track(required_fields=[field]), None, [])

    assert codes(found) == [("required", True)]
    assert codes(findings(essay, track(), None, [])) == [(f"advised.{field}", False)]


@pytest.mark.parametrize("check", DOUBTFUL)
def test_a_doubt_is_advice_unless_the_track_insists(check: str) -> None:
    body, code = DOUBTFUL[check]
    earlier = [Earlier("2017-J-001", "Avant", "fr", FRENCH)] if check == "similar" else []
    essay = make_essay(body=body)

    assert codes(findings(essay, track(), None, earlier)) == [(code, False)]
    insisting = track(required_checks=[check])
    assert codes(findings(essay, insisting, None, earlier)) == [(code, True)]
    assert [e.code for e in checks.refusals(essay, [check], earlier)] == [code]
    others = [name for name in DOUBTFUL if name != check]
    assert checks.refusals(essay, others, earlier) == []


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("ar", "يحتاج السلام في الفضاء الرقمي إلى قواعد يعرفها الجميع ويحترمها. " * 6),
        ("zh", "网络空间的和平需要人人知晓并遵守的规则，各国应当说明其理由。" * 6),
        ("ru", "Мир в цифровой среде нуждается в правилах, которые известны всем. " * 6),
    ],
)
def test_a_text_in_its_own_script_is_told_from_the_language_named(language: str, body: str) -> None:
    assert findings(make_essay(language, body=body), track(), None, []) == []
    (found,) = findings(make_essay("fr", body=body), track(), None, [])
    assert (found.error.code, found.error.field) == ("language.other", "language")


def test_similar_names_the_most_similar_essay_of_the_same_language() -> None:
    earlier = [
        Earlier("2017-J-001", "Other", "fr", "Tout autre chose, en d’autres mots. " * 30),
        Earlier("2017-J-002", "Same", "fr", FRENCH),
        Earlier("2017-J-003", "English", "en", FRENCH),
    ]

    (found,) = checks.similar(make_essay(body=FRENCH), earlier)

    assert found.data == {"number": "2017-J-002", "title": "Same", "percent": 100}


# With the database


@pytest.mark.parametrize("check", DOUBTFUL)
def test_submit_goes_through_with_doubts_and_is_refused_where_the_track_insists(
    session: Session, cast: Cast, check: str
) -> None:
    edition = make_edition(session)
    body, code = DOUBTFUL[check]
    if check == "similar":
        make_contribution(session, cast.author, edition=edition, body=FRENCH)
    made = [
        make_contribution(session, cast.author, edition=edition, body=body, state=State.DRAFT)
        for _ in range(2)
    ]
    submit(session, cast.author.actor, made[0].id)
    rules = session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()
    rules.required_checks = [check]
    session.flush()

    with pytest.raises(Several) as refused:
        submit(session, cast.author.actor, made[1].id)
    assert [error.code for error in refused.value.errors] == [code]


def test_earlier_are_the_own_ones_handed_in_and_no_others(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    mine = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    make_contribution(session, cast.stranger, edition=edition)
    make_contribution(session, cast.author, edition=edition, state=State.SPAM)
    sent = make_contribution(session, cast.author, edition=edition, title="Sent")

    assert [each.number for each in checking.earlier(session, mine)] == [sent.number]


@pytest.mark.parametrize("count", [1, 3])
def test_findings_take_the_same_queries_however_many_essays(
    session: Session, cast: Cast, engine: Engine, count: int
) -> None:
    edition = make_edition(session)
    for _ in range(count):
        make_contribution(session, cast.author, edition=edition, body=FRENCH)
    mine = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    rules = session.scalars(select(Track).where(Track.edition_id == edition.id)).first()
    assert rules is not None
    essay = make_essay(body=FRENCH, question_id=mine.question_id)
    session.flush()
    session.expunge_all()
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        found = checking.findings(session, mine, essay, rules)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    assert codes(found) == [("essay.similar", False)]
    assert len(statements) == 3


def test_change_track_keeps_known_checks_and_refuses_others(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    rules = session.scalars(select(Track).where(Track.edition_id == edition.id)).first()
    assert rules is not None
    given = {
        "min_length": 1,
        "max_length": 100,
        "min_characters": 1,
        "max_characters": 100,
        "required_fields": [],
        "licences": ["CC-BY-4.0"],
    }
    editions.change_track(
        session, cast.organiser.actor, rules, **given, required_checks=["similar", "language"]
    )
    assert rules.required_checks == ["language", "similar"]
    with pytest.raises(Invalid, match=r"required_checks\.unknown"):
        editions.change_track(
            session, cast.organiser.actor, rules, **given, required_checks=["taste"]
        )
    with pytest.raises(Forbidden):
        editions.change_track(session, cast.author.actor, rules, **given)


# Pages


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    made = make_contribution(
        db, people.author, edition=make_edition(db), state=State.DRAFT, body=FRENCH
    )
    db.commit()
    return made


def opened(browser: Open, people: Cast, draft: Contribution, language: str = "en") -> Browser:
    author = browser(people.author.email)
    author.get(f"/{language}/my/contributions/{draft.id}/edit")
    return author


def state(db: Session, draft: Contribution) -> str:
    draft_id = draft.id
    db.rollback()
    return db.get_one(Contribution, draft_id, populate_existing=True).state


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_check_lists_what_it_finds_with_links_to_the_fields_and_saves_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution, language: str
) -> None:
    author = opened(browser, people, draft, language)
    fields = {"action": "check", "title": "", "body": f"{ENGLISH}\n[x](http://localhost)"}
    page = author.submit(fields, form="edit")
    assert page.status_code == 200
    targets = author.tree.xpath("//section[@id='checks']//li/a/@href")
    assert targets == ["#title", "#language", "#body"]
    assert "http://localhost" in page.text
    ids = author.tree.xpath("//@id")
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    db.rollback()
    assert db.get_one(Draft, draft.id, populate_existing=True).title != ""


def test_check_of_what_could_not_be_saved_says_why(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = opened(browser, people, draft)
    assert author.submit({"action": "check", "language": ""}, form="edit").status_code == 422
    assert author.tree.xpath("//*[@id='language-error']")


def test_check_of_a_good_essay_says_so(people: Cast, browser: Open, draft: Contribution) -> None:
    author = opened(browser, people, draft)
    page = author.submit({"action": "check"}, form="edit")
    assert "The checks found nothing to correct" in page.text


def test_check_names_a_co_author_who_is_not_saved_yet(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = opened(browser, people, draft)
    page = author.submit({"action": "check", "authors-1-name": "Ольга Петрова"}, form="edit")
    assert "These co-authors have not confirmed yet: Ольга Петрова." in page.text


def test_submit_shows_a_new_doubt_once_and_then_goes_through(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = opened(browser, people, draft)
    page = author.submit({"action": "submit", "body": ENGLISH}, form="edit")
    assert page.status_code == 200
    assert "English" in "".join(author.tree.xpath("//section[@id='checks']//text()"))
    assert state(db, draft) == State.DRAFT
    db.rollback()
    kept = db.get_one(Draft, draft.id, populate_existing=True)
    assert kept.body.startswith("States rarely say")

    answer = author.submit({"action": "submit"}, form="edit")
    assert answer.status_code == 303
    assert state(db, draft) == State.SUBMITTED


def test_submit_without_doubts_or_without_our_page_goes_through_at_once(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = opened(browser, people, draft)
    fields = dict(author.tree.xpath("//form[contains(@action, 'edit')]")[0].form_values()) | {
        "action": "submit",
        "body": ENGLISH,
    }
    del fields["checks_seen"]
    address = f"/en/my/contributions/{draft.id}/edit"
    assert author.client.post(address, data=fields).status_code == 303
    assert state(db, draft) == State.SUBMITTED


def test_submit_is_refused_beside_its_field_where_the_track_insists(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    organiser = browser(people.organiser.email)
    organiser.get("/en/organise/editions/standing/tracks/jurist/rules")
    answer = organiser.submit({"required_checks": "language"})
    assert answer.status_code == 303, answer.text
    author = opened(browser, people, draft)
    for _ in range(2):
        page = author.submit({"action": "submit", "body": ENGLISH}, form="edit")
        assert page.status_code == 422
        assert "language-error" in page.text
    assert state(db, draft) == State.DRAFT


def test_a_stranger_checks_nothing(people: Cast, browser: Open, draft: Contribution) -> None:
    stranger = browser(people.stranger.email)
    address = f"/en/my/contributions/{draft.id}/edit"
    assert stranger.post(address, {"action": "check", "body": "x"}).status_code == 404
