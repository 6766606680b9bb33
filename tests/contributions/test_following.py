"""Following a contribution over HTTP: versions, points, withdrawal and return, more time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.byline import Author
from app.contributions.following import comparing
from app.contributions.following.comparing import APART, comparison
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.states import State
from app.core.languages import LANGUAGES
from app.documents.compare import Change
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]
POINTS = ["Citez vos sources.", "Abrégez l’introduction."]
CHANGED = {
    "fr": "## Un titre\n\nLa paix a besoin de règles claires[^1] que chacun connaît.\n\n"
    "[^1]: Voir la Charte, article 2.\n",
    "ar": "## عنوان\n\nالسلام يحتاج إلى قواعد واضحة[^1] يعرفها الجميع.\n\n[^1]: انظر الميثاق.\n",
    "zh": "## 标题\n\n和平需要各国知晓的规则[^1]。\n\n[^1]: 见宪章。\n",
}
ADDED = {"fr": " claires", "ar": "واضحة ", "zh": "各国"}


@pytest.fixture
def edition(db: Session) -> Edition:
    return make_edition(db)


def ask(db: Session, people: Cast, essay: Contribution, language: str = "fr") -> None:
    """The moderator asks for changes, point by point."""
    moderator = people.actor("moderator")
    claiming.claim(db, moderator, essay.id)
    deciding.decide(
        db,
        moderator,
        essay.id,
        Verdict.CHANGES,
        reasons=[Reason.SOURCES],
        points=POINTS,
        words="Merci.",
        words_language="fr",
        revision_seen=1,
    )


def two_revisions(
    db: Session, people: Cast, edition: Edition, language: str = "fr"
) -> Contribution:
    essay = make_contribution(db, people.author, edition=edition, language=language)
    ask(db, people, essay)
    draft = db.get_one(Draft, essay.id)
    changed = make_essay(
        language,
        title="Autrement",
        body=CHANGED[language],
        question_id=essay.question_id,
        answers=("C’est fait.", ""),
    )
    operations.save_draft(db, people.author.actor, essay.id, changed, seen_version=draft.version)
    operations.submit(db, people.author.actor, essay.id)
    db.commit()
    return essay


def texts(browser: Browser, query: str) -> list[str]:
    return [each.text_content() for each in browser.tree.xpath(query)]


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("author", "/my/contributions/{}/compare"),
        ("moderator", "/moderation/{}/compare"),
        ("organiser", "/organise/contributions/{}/compare"),
    ],
)
def test_compare_shows_what_changed_by_words(
    db: Session,
    people: Cast,
    edition: Edition,
    browser: Open,
    who: str,
    address: str,
    language: str,
) -> None:
    essay = two_revisions(db, people, edition, language)
    person = browser(getattr(people, who).email)
    assert person.get(f"/{language}{address.format(essay.id)}").status_code == 200
    added = texts(person, "//*[contains(@class, 'both')]//ins/text()[normalize-space()]/..")
    assert any(ADDED[language].strip() in each for each in added)
    both = person.tree.xpath("//*[contains(@class, 'both')]")[-1]
    assert both.get("dir") == LANGUAGES[language].direction
    # Said, not only drawn.
    assert person.tree.xpath("//ins/span[@class='unseen']")
    assert person.tree.xpath("//del/span[@class='unseen']")


def test_compare_is_offered_once_there_are_two_versions(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    one = make_contribution(db, people.author, edition=edition, language="fr")
    asked = make_contribution(db, people.author, edition=edition, language="fr")
    ask(db, people, asked)
    db.commit()
    two = two_revisions(db, people, edition)
    author, organiser = browser(people.author.email), browser(people.organiser.email)
    offered = []
    for essay in (one, asked, two):
        own, organised = f"/my/contributions/{essay.id}/", f"/organise/contributions/{essay.id}/"
        offered.append(
            (
                f"{own}compare" in author.get(f"/en{own}").text,
                f"{organised}compare" in organiser.get(f"/en{organised}").text,
            )
        )
    # While changes are made, the draft is the author's second version.
    assert offered == [(False, False), (True, False), (True, True)]


def test_compare_of_strangers_is_not_there(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = two_revisions(db, people, edition)
    stranger = browser(people.stranger.email)
    for address in ("my/contributions", "moderation"):
        assert stranger.get(f"/en/{address}/{essay.id}/compare").status_code == 404
    assert stranger.get(f"/en/organise/contributions/{essay.id}/compare").status_code == 403


def test_compare_shows_the_draft_to_its_writer_only(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = make_contribution(db, people.author, edition=edition)
    ask(db, people, essay)
    draft = db.get_one(Draft, essay.id)
    secret = make_essay("fr", body="Secretissime.\n", question_id=essay.question_id)
    operations.save_draft(db, people.author.actor, essay.id, secret, seen_version=draft.version)
    db.commit()
    author, moderator = browser(people.author.email), browser(people.moderator.email)
    assert "Secretissime" in author.get(f"/en/my/contributions/{essay.id}/compare").text
    for address in (
        f"/en/moderation/{essay.id}/compare",
        f"/en/organise/contributions/{essay.id}/",
    ):
        page = (moderator if "moderation" in address else browser(people.organiser.email)).get(
            f"{address}?from=1&to=draft"
        )
        assert page.status_code == 200
        assert "Secretissime" not in page.text


@pytest.mark.parametrize("query", ["from=1&to=9", "from=0&to=1", "from=99999&to=1"])
def test_compare_of_a_revision_that_is_not_there(
    db: Session, people: Cast, edition: Edition, browser: Open, query: str
) -> None:
    essay = two_revisions(db, people, edition)
    author = browser(people.author.email)
    assert author.get(f"/en/my/contributions/{essay.id}/compare?{query}").status_code == 404


@pytest.mark.parametrize("query", ["from=²&to=x", "from=-1&to=", "from=999999999999&to=1e3"])
def test_compare_takes_nonsense_for_the_usual(
    db: Session, people: Cast, edition: Edition, browser: Open, query: str
) -> None:
    essay = two_revisions(db, people, edition)
    author = browser(people.author.email)
    page = author.get(f"/en/my/contributions/{essay.id}/compare?{query}")
    assert page.status_code == 200
    assert texts(author, "//select/option[@selected]")[0].startswith("Revision 1")


def test_earlier_revisions_open_for_moderators_and_organisers(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = two_revisions(db, people, edition)
    moderator, organiser = browser(people.moderator.email), browser(people.organiser.email)
    for person, address in ((moderator, "moderation"), (organiser, "organise/contributions")):
        page = person.get(f"/en/{address}/{essay.id}/revisions/1/")
        assert page.status_code == 200
        assert "De la paix" in page.text
        assert "Autrement" not in page.text
        assert person.get(f"/en/{address}/{essay.id}/revisions/9/").status_code == 404
    assert (
        f"/moderation/{essay.id}/revisions/1/" in moderator.get(f"/en/moderation/{essay.id}/").text
    )


def test_compare_takes_the_same_number_of_queries_for_any_number_of_revisions(
    app: Flask, db: Session, people: Cast, edition: Edition, browser: Open, count_queries: Any
) -> None:
    essay = two_revisions(db, people, edition)
    author = browser(people.author.email)
    author.get(f"/en/my/contributions/{essay.id}/compare")
    with count_queries(app.extensions["jsi_engine"]) as two:
        author.get(f"/en/my/contributions/{essay.id}/compare?from=1&to=2")
    moderator = people.actor("moderator")
    db.rollback()
    claiming.claim(db, moderator, essay.id)
    verdict, reasons = Verdict.CHANGES, [Reason.SOURCES]
    deciding.decide(
        db, moderator, essay.id, verdict, reasons=reasons, points=["Encore."], revision_seen=2
    )
    operations.submit(db, people.author.actor, essay.id)
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as three:
        author.get(f"/en/my/contributions/{essay.id}/compare?from=1&to=3")
    assert len(two) == len(three)


DIFFERENT: dict[str, Any] = {
    "language": "de",
    "title": "Anders",
    "abstract": "Anders.",
    "summary": "Anders.",
    "keywords": ["anders"],
    "authors": [{"name": "Andere"}],
    "previously_published": "Dort",
    "licence": "CC-BY-SA-4.0",
    "consent_publication": True,
    "consent_translation": True,
    "consent_machine_translation": True,
    "question_id": 7,
    "responds_to_id": 7,
}


def test_comparison_covers_every_column_of_an_essay(app: Flask, db: Session) -> None:
    names = {*Draft.__mapper__.c.keys()} & {*Revision.__mapper__.c.keys()} - {"contribution_id"}
    assert names - APART == set(DIFFERENT)
    empty = {"language": "fr", "title": "", "abstract": "", "summary": "", "body": "", "extra": {}}
    empty |= {"keywords": [], "authors": [], "previously_published": "", "licence": ""}
    empty |= {name: False for name in DIFFERENT if name.startswith("consent")}
    contribution = Contribution(track="jurist")
    with app.test_request_context("/en/"):
        for name, value in DIFFERENT.items():
            old = comparing.Version(1, Revision(**empty, reference_list=""))
            new = comparing.Version(2, Revision(**(empty | {name: value}), reference_list=""))
            assert len(comparison(db, contribution, old, new).fields) == 1, name
        old = comparing.Version(1, Revision(**empty, reference_list=""))
        new = comparing.Version(2, Revision(**empty, reference_list="- Une œuvre.\n"))
        (section,) = comparison(db, contribution, old, new).references
        assert section.rows[0].change is Change.ADDED


@pytest.mark.parametrize("name", [each for each in Author.__slots__ if each != "key"])  # type: ignore[attr-defined]
def test_comparison_shows_everything_about_an_author(app: Flask, name: str) -> None:
    value = {"country": "FR"}.get(name, getattr(Author("x"), name) is False or "something")
    with app.test_request_context("/en/"):
        before = comparing._names([{"name": "Anne"}])
        assert comparing._names([{"name": "Anne"} | {name: value}]) != before


def test_edit_answers_point_by_point_and_the_moderator_sees_it_beside(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = make_contribution(db, people.author, edition=edition)
    ask(db, people, essay)
    db.commit()
    author = browser(people.author.email)
    author.get(f"/fr/my/contributions/{essay.id}/edit")
    assert [point.strip() for point in texts(author, "//*[starts-with(@id, 'point-')]")] == POINTS
    author.submit(
        {"answers-0": "C’est fait.", "answers-1": "<b>Non</b>", "note": "Merci.", "action": "save"},
        form="/edit",
    )
    author.get(f"/fr/my/contributions/{essay.id}/edit")
    written = texts(author, "//textarea[starts-with(@name, 'answers-')]")
    assert [text.removeprefix("\n") for text in written] == [
        "C’est fait.",
        "<b>Non</b>",
    ]
    answer = author.submit({"action": "submit"}, form="/edit")
    assert answer.status_code == 303, answer.text
    moderator = browser(people.moderator.email)
    page = moderator.get(f"/fr/moderation/{essay.id}/").text
    assert "&lt;b&gt;Non&lt;/b&gt;" in page
    points = texts(moderator, "//ol[@class='points']/li")
    assert [
        all(word in point for word in pair)
        for point, pair in zip(
            points, [(POINTS[0], "C’est fait."), (POINTS[1], "<b>Non</b>")], strict=True
        )
    ] == [True, True]


def test_decision_form_takes_points_one_to_a_line(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    people.moderator.name = "Wanda Zuse"
    essay = make_contribution(db, people.author, edition=edition)
    db.commit()
    moderator = browser(people.moderator.email)
    moderator.get(f"/en/moderation/{essay.id}/")
    moderator.submit({}, form="/claim")
    moderator.get(f"/en/moderation/{essay.id}/")
    answer = moderator.submit(
        {
            "verdict": "changes",
            "reasons": "sources",
            "points": "\r\n".join(POINTS),
            "words_language": "fr",
        },
        form="#decision",
    )
    assert answer.status_code == 303
    author = browser(people.author.email)
    page = author.get(f"/en/my/contributions/{essay.id}/").text
    assert all(point in page for point in POINTS)
    assert people.moderator.name not in page


def test_withdraw_with_a_reason_and_take_it_up_again(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = make_contribution(db, people.author, edition=edition)
    db.commit()
    author = browser(people.author.email)
    author.get(f"/en/my/contributions/{essay.id}/withdraw")
    refused = author.submit({"reason": "x" * 2001})
    assert refused.status_code == 422
    assert author.submit({"reason": "Publié ailleurs."}).status_code == 303
    page = author.get(f"/en/my/contributions/{essay.id}/").text
    assert "Publié ailleurs." in page
    assert author.submit({}, form="/revive").status_code == 303
    assert author.get(f"/en/my/contributions/{essay.id}/edit").status_code == 200
    db.rollback()
    db.refresh(essay)
    assert essay.state == State.DRAFT
    organiser = browser(people.organiser.email)
    assert "Publié ailleurs." not in organiser.get("/en/organise/contributions/").text


def test_extension_is_found_by_the_author_without_title_or_text(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    edition.time_zone = "Asia/Tokyo"
    essay = make_contribution(db, people.author, edition=edition, state=State.DRAFT)
    db.commit()
    organiser = browser(people.organiser.email)
    page = organiser.get(f"/en/organise/extensions/?author=%20{people.author.email.upper()}%20")
    assert page.status_code == 200
    assert "De la paix" not in page.text
    assert organiser.get(f"/en/organise/extensions/{essay.id}").status_code == 200
    empty = organiser.submit({"until": "", "reason": ""})
    assert empty.status_code == 422
    answer = organiser.submit({"until": "2099-01-01T09:00", "reason": "Malade."})
    assert answer.status_code == 303, answer.text
    db.rollback()
    db.refresh(essay)
    assert essay.extended_until == datetime(2099, 1, 1, tzinfo=UTC)
    author = browser(people.author.email)
    assert "Malade." in author.get(f"/fr/my/contributions/{essay.id}/").text


def test_extension_of_a_submitted_essay_is_not_there(
    db: Session, people: Cast, edition: Edition, browser: Open
) -> None:
    essay = make_contribution(db, people.author, edition=edition)
    db.commit()
    organiser = browser(people.organiser.email)
    assert organiser.get(f"/en/organise/extensions/{essay.id}").status_code == 404
