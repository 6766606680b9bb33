"""The moderators' pages, over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import Role
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution
from tests.http import Browser
from tests.moderation.conftest import COMPLETE, answer, mails

Open = Callable[..., Browser]
WORDS = "Merci, mais citez vos sources."
REJECTION = {"verdict": "reject", "reasons": ["sources"], "words": WORDS, "words_language": "fr"}


@pytest.fixture
def standing(db: Session, people: Cast) -> Edition:
    edition = make_edition(db)
    db.commit()
    return edition


@pytest.fixture
def waiting(db: Session, people: Cast, standing: Edition) -> Contribution:
    """The author's, in French, for jurists."""
    contribution = make_contribution(db, people.author, edition=standing)
    db.commit()
    return contribution


@pytest.fixture
def moderator(browser: Open, people: Cast) -> Browser:
    return browser("moderator@example.org")


def page_of(contribution: Contribution, tail: str = "", lang: str = "en") -> str:
    return f"/{lang}/moderation/{contribution.id}/{tail}"


def state(db: Session, contribution: Contribution) -> str:
    db.rollback()
    db.refresh(contribution)
    return contribution.state


def number(db: Session, model: type) -> int | None:
    db.rollback()
    return db.scalar(select(func.count()).select_from(model))


def messages(visitor: Browser) -> str:
    notices = visitor.tree.xpath("//div[contains(@class, 'notice')]")
    return " ".join(" ".join(notice.text_content().split()) for notice in notices)


def take(visitor: Browser, contribution: Contribution) -> None:
    """Open it and take it in hand."""
    visitor.get(page_of(contribution))
    visitor.submit({}, form="/claim", follow_redirects=True)


# The queue


def test_queue_page_shows_what_waits(
    db: Session, people: Cast, standing: Edition, waiting: Contribution, moderator: Browser
) -> None:
    make_contribution(db, people.author, edition=standing, language="ar")
    db.commit()
    page = moderator.get("/en/moderation/")
    assert page.status_code == 200
    assert "2 essays wait in your languages and tracks." in page.text
    titles = moderator.tree.xpath("//ol[@class='entries']/li/h2/a")
    assert [(title.get("lang"), title.get("dir"), title.text_content()) for title in titles] == [
        ("fr", "ltr", "De la paix"),
        ("ar", "rtl", "في السلام"),
    ]
    assert moderator.tree.xpath("//ul[@class='lanes']/li/a/@href") == [
        "/en/moderation/?q=track:jurist+lang:ar",
        "/en/moderation/?q=track:jurist+lang:fr",
    ]


def test_queue_page_by_language(
    db: Session, people: Cast, standing: Edition, waiting: Contribution, moderator: Browser
) -> None:
    make_contribution(db, people.author, edition=standing, language="ar")
    db.commit()
    # The form's controls make an address that can be passed on.
    moved = moderator.get("/fr/moderation/?q=&was=&track=&lang=ar&age=&is=&reason=&author=")
    assert (moved.status_code, moved.location) == (302, "/fr/moderation/?q=lang:ar")
    page = moderator.get(moved.location)
    assert "في السلام" in page.text
    assert "De la paix" not in page.text
    assert moderator.tree.xpath("//select[@name='lang']/option[@selected]/@value") == ["ar"]
    page = moderator.get("/en/moderation/?q=lang:ar+track:digital_actor&after=nonsense")
    assert page.status_code == 200
    assert "Nothing waits here." in page.text


def test_queue_page_says_what_of_a_search_is_wrong(
    waiting: Contribution, moderator: Browser
) -> None:
    page = moderator.get("/en/moderation/?q=lang:tlh+colour:red")
    assert page.status_code == 422
    [line] = moderator.tree.xpath("//input[@name='q']")
    assert line.get("value") == "lang:tlh colour:red"
    assert moderator.tree.xpath("//div[@id='q-error']/p/text()") == [
        "“lang:tlh” cannot be found in this way. Please choose below.",
        "“colour:red” is not something that can be searched for.",
    ]
    page = moderator.get("/en/moderation/?age=soon")
    assert page.status_code == 422
    assert moderator.tree.xpath("//select[@name='age']/@aria-invalid") == ["true"]


def test_queue_page_without_controls_until_they_are_wanted(
    waiting: Contribution, moderator: Browser
) -> None:
    moderator.get("/en/moderation/")
    assert moderator.tree.xpath("//form[contains(@class, 'search')]//select") == []
    [wide] = moderator.tree.xpath("//a[text()='Narrow the search']/@href")
    moderator.get(wide)
    names = moderator.tree.xpath(
        "//form[contains(@class, 'search')]//*[self::select or self::input]/@name"
    )
    assert names == ["was", "q", "track", "lang", "age", "is", "reason", "author"]


def test_queue_page_goes_on(
    db: Session, people: Cast, standing: Edition, moderator: Browser
) -> None:
    for _ in range(21):
        make_contribution(db, people.author, edition=standing)
    db.commit()
    moderator.get("/en/moderation/")
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == 20
    [following] = moderator.tree.xpath("//a[@rel='next']/@href")
    moderator.get(following)
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == 1
    assert not moderator.tree.xpath("//a[@rel='next']")


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_page_query_count(
    app: Flask,
    db: Session,
    people: Cast,
    standing: Edition,
    moderator: Browser,
    count_queries: Callable[..., Any],
    rows: int,
) -> None:
    for _ in range(rows):
        made = make_contribution(db, people.author, edition=standing)
        claiming.claim(db, people.actor("other_moderator"), made.id)
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        moderator.get("/en/moderation/")
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == rows
    # The account with its roles, conflicts, the counts, the queue, what there is besides.
    assert len(statements) == 5


def test_queue_page_is_for_moderators(browser: Open, people: Cast, waiting: Contribution) -> None:
    assert browser().get("/en/moderation/").status_code == 302
    for email in ("author", "stranger", "organiser", "administrator"):
        visitor = browser(f"{email}@example.org")
        assert visitor.get("/en/moderation/").status_code == 403
        assert visitor.post("/en/moderation/next").status_code == 403


def test_take_next_opens_the_oldest(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.get("/en/moderation/")
    assert moderator.submit({}, form="/next").headers["Location"] == page_of(waiting)
    db.rollback()
    assert db.get_one(Claim, waiting.id).moderator_id == people.moderator.id


def test_take_next_when_all_is_taken_says_so(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    moderator.get("/en/moderation/")
    moderator.submit({}, form="/next", follow_redirects=True)
    assert "Nothing is left that nobody has in hand." in messages(moderator)


# One essay


def test_item_page_shows_the_essay_as_it_will_look(
    db: Session, people: Cast, standing: Edition, moderator: Browser
) -> None:
    contribution = make_contribution(db, people.author, edition=standing, language="ar")
    db.commit()
    page = moderator.get(page_of(contribution, lang="fr"))
    assert page.status_code == 200
    [essay] = moderator.tree.xpath("//article")
    assert (essay.get("lang"), essay.get("dir")) == ("ar", "rtl")
    assert essay.xpath("string(.//h1)") == "في السلام"
    assert [heading.text for heading in essay.xpath(".//h2")] == ["عنوان"]
    assert essay.xpath(".//section[@role='doc-endnotes']")
    assert "public international law" in page.text
    assert "Comment prévenir les conflits dans le cyberespace ?" in page.text
    assert "Amina Auteur" in page.text


def test_item_page_offers_the_form_once_taken(
    waiting: Contribution, moderator: Browser, people: Cast
) -> None:
    moderator.get(page_of(waiting))
    assert not moderator.tree.xpath("//input[@name='verdict']")
    moderator.submit({}, form="/claim", follow_redirects=True)
    assert moderator.tree.xpath("//input[@name='verdict']/@value") == [
        "accept",
        "changes",
        "reject",
        "duplicate",
        "wrong_track",
    ]
    assert moderator.tree.xpath("//input[@name='revision_seen']/@value") == ["1", "1"]
    assert moderator.tree.xpath("//select[@name='words_language']/option[@selected]/@value") == [
        "en"
    ]


def test_item_page_of_what_another_holds_names_them_without_a_form(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    moderator.get(page_of(waiting))
    assert "Other Moderator has this essay in hand until" in messages(moderator)
    assert not moderator.tree.xpath("//section[@id='decision']")
    moderator.post(page_of(waiting, "claim"), follow_redirects=True)
    assert "Other Moderator has this in hand until" in messages(moderator)


def test_item_page_after_an_answer_shows_what_was_said(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    deciding.claim_and_decide(
        db,
        people.actor("other_moderator"),
        waiting.id,
        Verdict.CHANGES,
        words_language="fr",
        **COMPLETE[Verdict.CHANGES],
    )
    answer(db, people, waiting, note="C’est fait.")
    db.commit()
    page = moderator.get(page_of(waiting))
    for shown in ("Changes requested", "Citez vos sources.", "Other Moderator", "C’est fait."):
        assert shown in page.text
    assert moderator.tree.xpath("string(//article//h1)") == "De la paix, revu"
    assert [quote.get("lang") for quote in moderator.tree.xpath("//blockquote[@class='said']")] == [
        "fr",
        "fr",
    ]


def test_decide_leads_back_to_the_queue(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    page = moderator.submit(REJECTION, form="#decision")
    assert (page.status_code, page.headers["Location"]) == (303, "/en/moderation/")
    moderator.get("/en/moderation/")
    assert "The essay has been rejected." in messages(moderator)
    assert state(db, waiting) == State.REJECTED
    decision = db.scalars(select(Decision)).one()
    assert (decision.verdict, decision.reasons) == ("reject", ["sources"])
    assert (decision.words, decision.words_language) == (WORDS, "fr")
    assert len(mails(db)) == 1


def test_decide_accept_publishes(
    db: Session, waiting: Contribution, moderator: Browser, people: Cast
) -> None:
    take(moderator, waiting)
    page = moderator.submit({"verdict": "accept", "reasons": ["relevant"]}, form="#decision")
    assert page.status_code == 303
    assert state(db, waiting) == State.PUBLISHED


def test_decide_accept_where_the_edition_releases_later(
    db: Session, people: Cast, moderator: Browser
) -> None:
    later = make_edition(db, "2019", release_later=True)
    contribution = make_contribution(db, people.author, edition=later)
    db.commit()
    take(moderator, contribution)
    moderator.submit({"verdict": "accept", "reasons": ["relevant"]}, form="#decision")
    assert state(db, contribution) == State.ACCEPTED


def test_decide_incomplete_is_shown_beside_the_fields(
    db: Session, waiting: Contribution, moderator: Browser, people: Cast
) -> None:
    take(moderator, waiting)
    page = moderator.submit({"verdict": "changes"}, form="#decision")
    assert page.status_code == 422
    [reasons] = moderator.tree.xpath("//*[@id='reasons-error']")
    [words] = moderator.tree.xpath("//*[@id='words-error']")
    assert "Please give at least one reason." in reasons.text_content()
    assert "Please write a message to the author." in words.text_content()
    assert moderator.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["changes"]
    page = moderator.submit({"words": WORDS}, form="#decision")
    assert page.status_code == 422
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert state(db, waiting) == State.SUBMITTED


@pytest.mark.parametrize(
    "forged",
    [
        {"verdict": "spam"},
        {"verdict": "publish"},
        {"reasons": ["nonsense"]},
        {"words_language": "tlh"},
        {"words": "a\x00b"},
        {"words": "a" * 5_001},
    ],
)
def test_decide_with_what_is_not_offered_is_refused(
    db: Session,
    waiting: Contribution,
    moderator: Browser,
    people: Cast,
    forged: dict[str, Any],
) -> None:
    take(moderator, waiting)
    assert moderator.submit(REJECTION | forged, form="#decision").status_code == 422
    assert state(db, waiting) == State.SUBMITTED


def test_decide_by_two_clicks_is_one_decision(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    form = moderator.page
    first = moderator.submit(REJECTION, form="#decision")
    moderator.page = form
    second = moderator.submit(REJECTION, form="#decision")
    assert (first.status_code, second.status_code) == (303, 303)
    assert number(db, Decision) == 1
    assert len(mails(db)) == 1


def test_decide_after_the_claim_ran_out_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    page = moderator.submit(REJECTION, form="#decision")
    assert page.status_code == 409
    assert "you no longer have this essay in hand" in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    page = moderator.submit({"renew": "1"}, form="#decision")
    assert page.status_code == 200
    assert "You have this essay in hand until" in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.tree.xpath("//input[@name='reasons'][@checked]/@value") == ["sources"]
    assert moderator.submit({}, form="#decision").status_code == 303
    assert db.scalars(select(Decision)).one().words == WORDS


def test_decide_after_another_took_over_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    for fields in (REJECTION, REJECTION | {"renew": "1"}):
        form = moderator.page
        assert moderator.submit(fields, form="#decision").status_code == 409
        assert "Other Moderator has this essay in hand until" in messages(moderator)
        assert WORDS in moderator.tree.xpath("string(//textarea[@readonly])")
        assert not moderator.tree.xpath("//input[@name='verdict']")
        moderator.page = form
    assert state(db, waiting) == State.SUBMITTED


def test_decide_after_another_decided_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    deciding.claim_and_decide(
        db,
        people.actor("other_moderator"),
        waiting.id,
        Verdict.CHANGES,
        **COMPLETE[Verdict.CHANGES],
    )
    db.commit()
    assert moderator.submit(REJECTION, form="#decision").status_code == 409
    assert "Its state: Changes requested." in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@readonly])")
    assert number(db, Decision) == 1


def test_decide_after_the_author_took_it_back_is_a_page_not_found(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    from app.contributions.operations import withdraw

    take(moderator, waiting)
    withdraw(db, people.actor("author"), waiting.id)
    db.commit()
    assert moderator.submit(REJECTION, form="#decision").status_code == 404
    assert number(db, Decision) == 0


def test_decide_on_an_older_revision_shows_the_new_one_and_keeps_the_words(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    form = moderator.page
    deciding.decide(
        db,
        people.actor("moderator"),
        waiting.id,
        Verdict.CHANGES,
        **COMPLETE[Verdict.CHANGES],
        revision_seen=1,
    )
    answer(db, people, waiting)
    claiming.claim(db, people.actor("moderator"), waiting.id)
    db.commit()
    moderator.page = form
    assert moderator.submit(REJECTION, form="#decision").status_code == 409
    assert "The author has since submitted revision 2." in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.submit({}, form="#decision").status_code == 303
    assert state(db, waiting) == State.REJECTED


def test_decide_when_the_sign_in_has_expired_keeps_the_words(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser, browser: Open
) -> None:
    take(moderator, waiting)
    with moderator.client.session_transaction() as session:
        for key in [key for key in session if key.startswith(("_user", "_fresh", "fs_"))]:
            session.pop(key)
    away = moderator.submit(REJECTION, form="#decision")
    assert "/login" in away.headers["Location"]
    assert state(db, waiting) == State.SUBMITTED
    moderator.sign_in("moderator@example.org")
    moderator.get(page_of(waiting))
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["reject"]
    assert moderator.submit({}, form="#decision").status_code == 303
    assert state(db, waiting) == State.REJECTED


def test_renew_prolongs_and_keeps_what_is_written(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    db.rollback()
    later = clock.now() + timedelta(minutes=20)
    at(later)
    page = moderator.submit({"words": "half a sen", "renew": "1"}, form="#decision")
    assert page.status_code == 200
    assert "half a sen" in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert db.get_one(Claim, waiting.id).expires_at == later.astimezone(UTC) + LEASE
    assert number(db, Decision) == 0


def test_spam_needs_nothing_and_sends_no_mail(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    moderator.submit({}, form="/spam", follow_redirects=True)
    assert "marked as spam" in messages(moderator)
    assert state(db, waiting) == State.SPAM
    assert db.scalars(select(Decision)).one().reasons == ["spam"]
    assert mails(db) == []


def test_spam_without_a_claim_is_refused(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.post(page_of(waiting, "spam"), {"revision_seen": "1"}, follow_redirects=True)
    assert "You no longer have this essay in hand." in messages(moderator)
    assert state(db, waiting) == State.SUBMITTED


def test_release_gives_it_back(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    moderator.submit({}, form="/release", follow_redirects=True)
    assert "The essay is back in the queue." in messages(moderator)
    assert number(db, Claim) == 0


# By strangers

POSTS: dict[str, dict[str, Any]] = {
    "": REJECTION | {"revision_seen": "1"},
    "claim": {},
    "release": {},
    "spam": {"revision_seen": "1"},
}


@pytest.fixture
def strangers(db: Session, people: Cast, browser: Open) -> dict[str, Browser]:
    """Everybody who has an account, and no business with the author's French essay for jurists."""
    make_account(db, "other.author@example.org")
    make_account(db, "arabic@example.org", Role.MODERATOR, reads=["ar"])
    make_account(db, "digital@example.org", Role.MODERATOR, serves=["digital_actor"])
    db.commit()
    names = (
        "author",
        "stranger",
        "other.author",
        "organiser",
        "administrator",
        "arabic",
        "digital",
    )
    return {name: browser(f"{name}@example.org") for name in names}


@pytest.mark.parametrize("at_state", list(State))
def test_strangers_find_no_page_and_change_nothing(
    db: Session,
    people: Cast,
    standing: Edition,
    strangers: dict[str, Browser],
    browser: Open,
    at_state: State,
) -> None:
    contribution = make_contribution(db, people.author, edition=standing, state=at_state)
    if at_state is State.SUBMITTED:
        claiming.claim(db, people.actor("moderator"), contribution.id)
    mine = make_contribution(db, people.moderator, edition=standing, state=at_state)
    db.commit()
    attempts = [(name, visitor, contribution) for name, visitor in strangers.items()]
    attempts.append(("owner", browser("moderator@example.org"), mine))
    for name, visitor, target in attempts:
        assert visitor.get(page_of(target)).status_code == 404, name
        for tail, fields in POSTS.items():
            assert visitor.post(page_of(target, tail), fields).status_code == 404, (name, tail)
    assert state(db, contribution) == state(db, mine) == at_state
    assert number(db, Decision) == 0
    assert number(db, Claim) == (at_state is State.SUBMITTED)


def test_visitors_are_asked_to_sign_in(db: Session, browser: Open, waiting: Contribution) -> None:
    visitor = browser()
    assert "/login" in visitor.get(page_of(waiting)).headers["Location"]
    for tail, fields in POSTS.items():
        assert "/login" in visitor.post(page_of(waiting, tail), fields).headers["Location"]
    assert "/login" in visitor.post("/en/moderation/next").headers["Location"]
    assert state(db, waiting) == State.SUBMITTED


def test_posts_with_a_forged_token_change_nothing(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    for tail, fields in POSTS.items():
        answered = moderator.client.post(page_of(waiting, tail), data=fields | {"csrf_token": "x"})
        assert answered.status_code == 400
    assert moderator.client.post("/en/moderation/next").status_code == 400
    assert state(db, waiting) == State.SUBMITTED
    assert number(db, Claim) == 1
