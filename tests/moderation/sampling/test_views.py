"""Second looks over HTTP: the list, the look, and what organisers see of all."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition, Track
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.looks.models import Look
from app.moderation.sampling import operations
from app.moderation.sampling.models import SecondLook
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.sampling.conftest import WORDS, all_drawn

DESK = "/en/moderation/second-looks/"
RESULTS = "/en/organise/editions/standing/second-looks"
NAMES = ("Amina Auteur", "Mona Modern", "Anton Anders")


@pytest.fixture
def drawn(db: Session, people: Cast, standing: Edition, waiting: Contribution) -> Decision:
    """The moderator's rejection, which waits for a second look."""
    people.moderator.name, people.other_moderator.name = NAMES[1:]
    all_drawn(db, standing)
    made = deciding.claim_and_decide(
        db,
        people.moderator.actor,
        waiting.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
        words_language="fr",
    )
    db.commit()
    return made


@pytest.fixture
def other(browser: Open, people: Cast) -> Browser:
    return browser("other.moderator@example.org")


def address(decision: Decision) -> str:
    return f"{DESK}{decision.id}/"


def looked(db: Session, decision: Decision) -> SecondLook:
    db.rollback()
    return db.get_one(SecondLook, decision.id, populate_existing=True)


def test_second_looks_are_counted_and_listed_for_who_had_no_part(
    browser: Open, other: Browser, drawn: Decision
) -> None:
    for beside in ("appeals", "reports"):
        other.get(f"/en/moderation/{beside}/")
        [link] = other.tree.xpath("//main//a[@href=$a]", a=DESK)
        assert link.text_content() == "Second looks"
    page = other.get(DESK)
    assert "1 decision waits for a second look." in page.text
    assert address(drawn) in page.text
    assert "De la paix" in page.text
    decider = browser("moderator@example.org")
    decider.get("/en/moderation/appeals/")
    [link] = decider.tree.xpath("//main//a[@href=$a]", a=DESK)
    assert link.text_content() == "Second looks"
    assert "No decision waits for a second look by you." in decider.get(DESK).text
    assert decider.get(address(drawn)).status_code == 404
    organiser = browser("organiser@example.org")
    assert DESK not in organiser.get("/en/moderation/reports/").text
    assert organiser.get(DESK).status_code == 403


def test_second_look_shows_the_essay_and_the_decision_but_nobody(
    other: Browser, drawn: Decision
) -> None:
    page = other.get(address(drawn))
    assert page.status_code == 200
    main = other.tree.xpath("string(//main)")
    for said in ("De la paix", "Hors sujet.", "Rejected", "It does not address the question"):
        assert said in main
    assert other.tree.xpath("//article[@class='essay'][@lang='fr']//p")
    assert not [name for name in NAMES[:2] if name in page.text]
    # Nor does it lead to the essay’s page at the desk, where whoever decided is named.
    links = other.tree.xpath("//main//a/@href[starts-with(., '/en/moderation/')]")
    assert links == ["/en/moderation/", DESK]


def test_second_look_is_refused_to_who_has_opened_the_essay(
    db: Session, other: Browser, drawn: Decision, waiting: Contribution
) -> None:
    for address_of_it in (DESK, address(drawn)):
        assert other.get(address_of_it).status_code == 200
    assert db.scalars(select(Look)).all() == []
    form = {
        "verdict": "reject",
        "csrf_token": other.tree.xpath("//input[@name='csrf_token']/@value")[0],
    }
    assert other.get(f"/en/moderation/{waiting.id}/").status_code == 200
    assert other.post(address(drawn), form).status_code == 404
    assert other.get(address(drawn)).status_code == 404
    assert looked(db, drawn).looked_at is None


def test_second_look_is_sent(db: Session, other: Browser, drawn: Decision) -> None:
    other.get(address(drawn))
    offered = other.tree.xpath("//input[@name='verdict']/@value")
    assert (offered[0], sorted(offered)) == ("reject", sorted(Verdict))
    page = other.submit({"words": WORDS})
    assert page.status_code == 422
    assert other.tree.xpath("//*[@id='verdict-error']")
    page = other.submit({"verdict": "accept", "words": " "})
    assert page.status_code == 422
    assert other.tree.xpath("//*[@id='words-error']")
    page = other.submit(
        {"verdict": "accept", "words": WORDS, "language": "fr"}, follow_redirects=True
    )
    assert "Thank you. The decision stays as it is" in page.text
    assert "No decision waits for a second look by you." in page.text
    made = looked(db, drawn)
    assert (made.verdict, made.words, made.words_language) == ("accept", WORDS, "fr")
    page = other.get(address(drawn))
    assert "You would have decided otherwise: Accepted" in page.text
    [quotation] = other.tree.xpath("//section[@id='decision']//blockquote")
    assert (quotation.get("lang"), quotation.text_content().strip()) == ("fr", WORDS)


def test_second_look_that_agrees_is_sent_without_words(
    db: Session, other: Browser, drawn: Decision
) -> None:
    other.get(address(drawn))
    assert other.submit({"verdict": "reject"}).status_code == 303
    assert looked(db, drawn).verdict == "reject"
    assert "You would have decided in the same way." in other.get(address(drawn)).text


def test_second_look_that_comes_too_late_is_shown_to_be_copied(
    db: Session, people: Cast, other: Browser, drawn: Decision
) -> None:
    other.get(address(drawn))
    undo(db, people.moderator.actor, drawn.id, "Too early.")
    db.commit()
    page = other.submit({"verdict": "accept", "words": WORDS})
    assert page.status_code == 422
    assert page.text.count("it needs no second look now") == 1
    assert other.tree.xpath("string(//textarea[@readonly])").strip() == WORDS
    assert looked(db, drawn).looked_at is None


def test_other_words_of_who_has_looked_are_shown_to_be_copied(
    db: Session, other: Browser, drawn: Decision
) -> None:
    """Those of a page that was opened before they answered on another."""
    other.get(address(drawn))
    said = {"verdict": "accept", "words": WORDS, "language": "fr"}
    assert other.post(address(drawn), said).status_code == 303
    page = other.post(address(drawn), said | {"words": "Encore autre chose."})
    assert page.status_code == 422
    assert "it needs no second look now" in other.tree.xpath("string(//section[@id='decision'])")
    assert other.tree.xpath("string(//textarea[@readonly])").strip() == "Encore autre chose."
    [quotation] = other.tree.xpath("//section[@id='decision']//blockquote")
    assert quotation.text_content().strip() == WORDS
    assert looked(db, drawn).words == WORDS
    other.get(address(drawn))
    assert not other.tree.xpath("//textarea")


def test_second_look_survives_a_sign_in(db: Session, browser: Open, drawn: Decision) -> None:
    visitor = browser()
    visitor.client.post(address(drawn), data={"verdict": "accept", "words": WORDS})
    visitor.sign_in("other.moderator@example.org")
    page = visitor.get(address(drawn))
    assert WORDS in page.text
    assert visitor.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["accept"]
    assert looked(db, drawn).looked_at is None
    assert visitor.submit({"language": "fr"}).status_code == 303
    assert looked(db, drawn).words == WORDS


def test_second_look_refuses_what_is_not_offered(
    db: Session, other: Browser, drawn: Decision
) -> None:
    other.get(address(drawn))
    assert other.submit({"verdict": "burn", "words": WORDS}).status_code == 422
    assert other.submit({"verdict": "accept", "words": WORDS, "language": "tlh"}).status_code == 422
    assert looked(db, drawn).looked_at is None


def test_second_look_of_others_is_not_theirs(
    db: Session, browser: Open, other: Browser, drawn: Decision
) -> None:
    for email in ("moderator@example.org", "author@example.org", "organiser@example.org"):
        somebody = browser(email)
        answer = somebody.post(address(drawn), {"verdict": "accept", "words": WORDS})
        assert answer.status_code == 404
    assert looked(db, drawn).looked_at is None


def test_results_name_nobody(
    db: Session, people: Cast, organiser: Browser, drawn: Decision, waiting: Contribution
) -> None:
    organiser.get("/en/organise/editions/standing/")
    assert organiser.tree.xpath("//main//a[@href=$a]", a=RESULTS)
    page = organiser.get(RESULTS)
    cells = [cell.text_content() for cell in organiser.tree.xpath("//tbody/tr[1]/*")]
    assert cells == ["Français", "Rejected", "1", "0", "0", "0", "1", "0"]
    assert "Nothing so far." in page.text
    operations.look(
        db, people.other_moderator.actor, drawn.id, Verdict.ACCEPT, words=WORDS, language="fr"
    )
    db.commit()
    page = organiser.get(RESULTS)
    totals = [cell.text_content() for cell in organiser.tree.xpath("//tbody/tr[last()]/*")]
    assert totals == ["Total", "1", "1", "0", "1", "0", "0"]
    [link] = organiser.tree.xpath("//main//ol[@class='entries']//a")
    assert link.get("href") == f"/en/organise/contributions/{waiting.id}/"
    assert WORDS in page.text
    assert not [name for name in NAMES if name in page.text]


def test_results_before_anything_was_drawn(organiser: Browser, standing: Edition) -> None:
    page = organiser.get(RESULTS)
    assert "No decision has been drawn yet." in page.text
    assert not organiser.tree.xpath("//table")
    assert organiser.get(RESULTS.replace("standing", "none")).status_code == 404


def test_rules_say_how_many_are_drawn(db: Session, organiser: Browser, standing: Edition) -> None:
    rules = "/en/organise/editions/standing/tracks/jurist/rules"
    organiser.get(rules)
    assert organiser.tree.get_element_by_id("sampled_percent").get("value") == "0"
    for wrong in ("101", "-1", "", "half"):
        assert organiser.submit({"sampled_percent": wrong}).status_code == 422
        assert organiser.tree.xpath("//*[@id='sampled_percent-error']")
    assert organiser.submit({"sampled_percent": "25"}).status_code == 303
    db.rollback()
    numbers = dict(db.execute(select(Track.code, Track.sampled_percent)).all())
    assert numbers == {"jurist": 25, "digital_actor": 0}
