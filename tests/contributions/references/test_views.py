"""References of a draft: their pages, without JavaScript."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.contributions import publishing
from app.contributions.models import Contribution
from app.contributions.references import operations as references
from app.contributions.states import State
from app.documents.references.items import MOST, Item
from tests.contributions.pages import fresh
from tests.contributions.references.samples import BIBTEX, BOOK, CASE, hand_in
from tests.factories import Cast
from tests.http import Browser

Open = Callable[..., Browser]


def address(draft: Contribution, language: str = "en") -> str:
    return f"/{language}/my/contributions/{draft.id}/references/"


def stored(db: Session, draft: Contribution) -> list[Item]:
    return fresh(db, draft).bibliography


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_paste_adds_and_the_list_offers_to_edit_move_and_remove(
    db: Session, people: Cast, browser: Open, draft: Contribution, language: str
) -> None:
    author = browser(people.author.email)
    author.get(address(draft, language))
    answer = author.submit({"text": BIBTEX})
    assert answer.status_code == 303
    page = author.get(answer.location)
    assert "Nicaragua v United States" in page.text
    assert [item["id"] for item in stored(db, draft)] == ["duval", "nicaragua"]

    author.submit({"action": "up", "reference": "nicaragua"}, form="arrange")
    assert [item["id"] for item in stored(db, draft)] == ["nicaragua", "duval"]
    author.get(address(draft, language))
    author.submit({"action": "remove", "reference": "duval"}, form="arrange")
    assert [item["id"] for item in stored(db, draft)] == ["nicaragua"]


def test_paste_keeps_in_the_field_what_could_not_be_read(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    answer = author.submit({"text": f"{BIBTEX}\nstray words\n@book{{open, title={{x}}"})
    assert answer.status_code == 422
    (left,) = author.tree.xpath("//textarea[@name='text']/text()")
    assert left.strip() == "stray words\n@book{open, title={x}"
    assert "line 1 " in answer.text
    assert "line 2 " in answer.text
    assert len(author.tree.xpath("//ol[@class='reference-list']/li")) == 2
    assert len(stored(db, draft)) == 2


def test_paste_of_ten_thousand_lines_keeps_what_an_essay_may_have(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    answer = author.submit({"text": "\n".join(f"Work {n}" for n in range(10_000))})
    assert answer.status_code == 422
    assert f"at most {MOST} references" in answer.text
    assert len(stored(db, draft)) == MOST


@pytest.mark.parametrize("size", [400_000, 5_000_000])
def test_paste_that_is_too_long_is_refused(
    db: Session, people: Cast, browser: Open, draft: Contribution, size: int
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    answer = author.submit({"text": "x" * size})
    assert answer.status_code in {413, 422}
    assert stored(db, draft) == []


def test_edit_shows_an_item_in_fields_and_saves_it(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    author.submit({"text": BIBTEX})
    author.get(f"{address(draft)}duval")
    assert author.tree.xpath("//textarea[@name='author']/text()")[0].strip() == "Duval, Anne"
    answer = author.submit({"title": "Changée", "issued": "2017-03", "page": "3–9"})
    assert answer.status_code == 303
    item = stored(db, draft)[0]
    assert (item["id"], item["title"], item["page"]) == ("duval", "Changée", "3–9")
    assert item["issued"] == {"date-parts": [[2017, 3]]}
    assert item["container-title"] == "Revue"
    author.get(f"{address(draft)}duval")
    assert author.submit({"title": " "}).status_code == 422
    assert author.submit({"type": "poem"}).status_code == 422


def test_plain_words_stay_plain_or_become_fields(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    author.submit({"text": "Duval, Le droit, 2016"})
    assert stored(db, draft)[0]["custom"] == {"unstructured": True}
    author.get(f"{address(draft)}ref-1")
    author.submit({"title": "Duval, Le droit, Paris 2016"})
    assert stored(db, draft)[0]["custom"] == {"unstructured": True}
    author.get(f"{address(draft)}ref-1")
    author.submit({"title": "Le droit", "author": "Duval, Anne", "type": "book", "plain": ""})
    item = stored(db, draft)[0]
    assert item["author"] == [{"family": "Duval", "given": "Anne"}]
    assert "custom" not in item


def test_formatted_shows_them_as_readers_will_see_them(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    author.submit({"text": BIBTEX})
    page = author.get(f"{address(draft)}?formatted=1")
    assert "Anne Duval, « La diligence » (2016) <em>Revue</em>" in page.text.replace("\u00a0", " ")


def test_editor_saves_and_leads_to_the_references_and_previews_them(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(address(draft))
    author.submit({"text": BIBTEX})
    author.get(f"/en/my/contributions/{draft.id}/edit")
    answer = author.submit({"title": "Saved on the way", "action": "references"}, form="edit")
    assert (answer.status_code, answer.location) == (303, address(draft))
    assert "Saved on the way" in author.get(answer.location).text
    author.get(f"/en/my/contributions/{draft.id}/edit")
    assert "2 references" in author.page.text
    preview = author.submit({"action": "preview"}, form="edit")
    assert "<em>Nicaragua v United States</em>" in preview.text
    author.get(f"/en/my/contributions/{draft.id}/edit")
    author.submit({"title": "Saved again", "action": "save"}, form="edit")
    assert len(stored(db, draft)) == 2


def test_the_revision_the_moderator_and_the_reader_see_them(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    references.add(db, people.author.actor, draft.id, [CASE])
    hand_in(db, people.author.actor, draft)
    db.commit()
    author, moderator = browser(people.author.email), browser(people.moderator.email)
    pages = [
        author.get(f"/fr/my/contributions/{draft.id}/revisions/1/"),
        moderator.get(f"/fr/moderation/{draft.id}/"),
    ]
    db.get_one(Contribution, draft.id).state = State.ACCEPTED.value
    publishing.publish(db, people.organiser.actor, db.get_one(Contribution, draft.id))
    db.commit()
    pages.append(author.get(f"/ar/contributions/{draft.number}/"))
    for page in pages:
        assert page.status_code == 200
        assert "<em>Corfu Channel</em> (ICJ)." in page.text


def test_a_stranger_finds_nothing_and_changes_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    references.add(db, people.author.actor, draft.id, [CASE])
    db.commit()
    stranger = browser(people.stranger.email)
    assert stranger.get(address(draft)).status_code == 404
    assert stranger.get(f"{address(draft)}corfu").status_code == 404
    for path, fields in (
        ("", {"text": BIBTEX}),
        ("corfu", {"title": "X", "type": "book"}),
        ("arrange", {"action": "remove", "reference": "corfu"}),
        ("arrange", {"action": "nonsense"}),
    ):
        assert stranger.post(f"{address(draft)}{path}", fields).status_code == 404
    assert stored(db, draft) == [CASE]


def test_a_reference_that_is_gone_is_not_found(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    assert author.get(f"{address(draft)}gone").status_code == 404
    assert author.post(f"{address(draft)}arrange", {"action": "x"}).status_code == 400


def test_organisers_correct_the_references_of_a_published_essay(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    references.add(db, people.author.actor, draft.id, [CASE, BOOK])
    hand_in(db, people.author.actor, draft)
    db.get_one(Contribution, draft.id).state = State.ACCEPTED.value
    publishing.publish(db, people.organiser.actor, db.get_one(Contribution, draft.id))
    db.commit()
    path = f"/en/organise/contributions/{draft.id}/correct/references"
    organiser, late = browser(people.organiser.email), browser(people.administrator.email)
    late.get(path)
    page = organiser.get(path)
    (shown,) = organiser.tree.xpath("//textarea[@name='text']/text()")
    assert "Corfu Channel" in page.text
    assert organiser.submit({"note": ""}).status_code == 422
    organiser.get(path)
    assert organiser.submit({"note": "Spelling", "text": "{}"}).status_code == 422
    organiser.get(path)
    answer = organiser.submit({"note": "Spelling", "text": shown.replace("Corfu", "Corfou")})
    assert answer.status_code == 303
    article = organiser.get(f"/fr/contributions/{draft.number}/")
    assert "<em>Corfou Channel</em> (ICJ)." in article.text
    assert "Norms" in article.text
    refused = late.submit({"note": "Nothing is left", "text": ""})
    assert refused.status_code == 409
    assert "Another correction has been published" in refused.text
    assert "Norms" in organiser.get(f"/fr/contributions/{draft.number}/").text
    assert browser(people.author.email).get(path).status_code == 403
