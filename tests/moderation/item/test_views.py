"""The page of one essay at the desk."""

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition
from app.moderation.appeals import operations as appealing
from app.moderation.appeals.models import Outcome
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import tracks
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.http import Browser, Open
from tests.moderation.conftest import COMPLETE, answer
from tests.moderation.desk import messages, page_of


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
    # One writes in the language of the page, unless one says otherwise.
    for language in ("en", "fr"):
        moderator.get(page_of(waiting).replace("/en/", f"/{language}/"))
        for name in ("words_language", "message_language"):
            chosen = moderator.tree.xpath(f"//select[@name='{name}']/option[@selected]/@value")
            assert chosen == [language]


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


def test_item_page_says_the_number_it_had_in_the_other_track(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.get(page_of(waiting))
    assert "Former number" not in moderator.tree.xpath("//dt/text()")
    former = waiting.number
    proposed = COMPLETE[Verdict.WRONG_TRACK]
    deciding.claim_and_decide(
        db, people.actor("moderator"), waiting.id, Verdict.WRONG_TRACK, **proposed
    )
    tracks.move_to_track(db, people.actor("author"), waiting.id)
    db.commit()
    moderator.get(page_of(waiting))
    shown = moderator.tree.xpath("//dt[.='Former number']/following-sibling::dd[1]/bdi/text()")
    assert shown == [former]


def test_item_page_after_a_granted_appeal_says_who_undid_the_decision(
    db: Session, people: Cast, waiting: Contribution, browser: Open
) -> None:
    rejected = COMPLETE[Verdict.REJECT]
    decision = deciding.claim_and_decide(
        db, people.actor("moderator"), waiting.id, Verdict.REJECT, **rejected
    )
    appeal = appealing.file(
        db, people.actor("author"), decision.id, words="Relisez.", language="fr"
    )
    other = people.actor("other_moderator")
    appealing.answer(db, other, appeal.id, Outcome.GRANTED, reply="Oui.", language="fr")
    db.commit()
    page = browser("other.moderator@example.org")
    page.get(page_of(waiting))
    [told] = page.tree.xpath("//ol[@class='timeline']/li")
    assert "Other Moderator undid it on" in told.text_content()
    assert all(words.text_content().strip() for words in told.xpath(".//blockquote"))
    # Whoever decides anew reads why.
    [appealed] = page.tree.xpath("//section[@aria-labelledby='appeals']")
    said = [words.text_content().strip() for words in appealed.xpath(".//blockquote")]
    assert said == ["Relisez.", "Oui."]
    assert "The appeal was granted: the decision was undone." in appealed.text_content()


def test_item_page_leads_to_the_appeal_who_may_answer_it(
    db: Session, people: Cast, waiting: Contribution, browser: Open
) -> None:
    rejected = COMPLETE[Verdict.REJECT]
    decision = deciding.claim_and_decide(
        db, people.actor("moderator"), waiting.id, Verdict.REJECT, **rejected
    )
    author = people.actor("author")
    appeal = appealing.file(db, author, decision.id, words="Relisez.", language="fr")
    db.commit()
    for email, may in (("moderator@example.org", False), ("other.moderator@example.org", True)):
        page = browser(email)
        assert "Relisez." in page.get(page_of(waiting)).text
        [section] = page.tree.xpath("//section[@aria-labelledby='appeals']")
        assert section.xpath(".//a/@href") == [f"/en/moderation/appeals/{appeal.id}/"] * may


@pytest.mark.parametrize("more", [{"renew": "1"}, {}])
def test_item_page_previews_nothing_that_says_no_verdict(
    waiting: Contribution, moderator: Browser, more: dict[str, str]
) -> None:
    moderator.get(page_of(waiting))
    moderator.submit({}, form="/claim", follow_redirects=True)
    answer = moderator.post(
        page_of(waiting), {"preview": "1", "revision_seen": "1", "words": "Merci.", **more}
    )
    assert answer.status_code in {200, 422}
    assert "Merci." in answer.text
