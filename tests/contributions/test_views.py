"""An author's essays over HTTP: the list, whose they are, and how they end."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.contributions.invitations.models import Invitation
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from tests.contributions.pages import Open
from tests.factories import Cast, make_contribution, make_edition


@pytest.mark.parametrize("who", ["stranger", "moderator", "organiser", "administrator"])
def test_every_page_of_a_draft_is_unknown_to_others(
    db: Session, people: Cast, browser: Open, draft: Contribution, who: str
) -> None:
    other = browser(getattr(people, who).email)
    base = f"/en/my/contributions/{draft.id}/"
    for address in (base, f"{base}edit", f"{base}revisions/1/"):
        assert other.get(address).status_code == 404
    for address in (f"{base}edit", f"{base}withdraw", f"{base}discard"):
        assert other.post(address, {"title": "x", "action": "save"}).status_code == 404
    assert db.get_one(Contribution, draft.id).state == "draft"


def test_every_page_of_a_draft_sends_a_visitor_to_sign_in(
    client: FlaskClient, draft: Contribution
) -> None:
    for page in ("", "edit", "revisions/1/"):
        answer = client.get(f"/ko/my/contributions/{draft.id}/{page}")
        assert (answer.status_code, "/ko/login" in answer.location) == (302, True)


def test_withdraw_and_discard_work_for_the_owner(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author, draft_id = browser(people.author.email), draft.id
    assert author.post(f"/en/my/contributions/{draft_id}/discard").status_code == 303
    db.expire_all()
    assert db.get(Contribution, draft_id) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_mine_takes_the_same_number_of_queries_for_any_number_of_rows(
    app: Flask,
    db: Session,
    people: Cast,
    browser: Open,
    count_queries: Callable[..., object],
    rows: int,
) -> None:
    edition = make_edition(db)
    for _ in range(rows):
        make_contribution(db, people.author, edition=edition)
    db.commit()
    author = browser(people.author.email)
    author.get("/en/my/contributions/")
    with count_queries(app.extensions["jsi_engine"]) as statements:  # type: ignore[attr-defined]
        author.get("/en/my/contributions/")
    assert len(statements) == 3


def test_mine_says_of_which_essays_one_is_a_co_author(
    db: Session, people: Cast, browser: Open
) -> None:
    edition = make_edition(db)
    make_contribution(db, people.author, edition=edition)
    shared = make_contribution(db, people.stranger, edition=edition, state=State.DRAFT)
    invitation = Invitation(
        contribution_id=shared.id,
        author_key="a2",
        email="",
        language="fr",
        state="confirmed",
        account_id=people.author.id,
        invited_by_id=people.stranger.id,
        expires_at=clock.now(),
    )
    db.add(invitation)
    people.stranger.name = "Sami <b>"
    db.commit()
    author = browser(people.author.email)
    author.get("/en/my/contributions/")
    first, second = author.tree.xpath("//ul[@class='entries']/li")
    assert "Co-author; begun by Sami <b>" in " ".join(first.text_content().split())
    assert first.xpath(".//h2/a/@href") == [f"/en/my/contributions/{shared.id}/"]
    assert "Co-author" not in second.text_content()
    invitation.may_edit = True
    people.stranger.name = ""
    db.commit()
    author.get("/en/my/contributions/")
    first = author.tree.xpath("//ul[@class='entries']/li")[0]
    assert "Co-author" in first.text_content()
    assert first.xpath(".//h2/a/@href") == [f"/en/my/contributions/{shared.id}/edit"]


@pytest.mark.parametrize("page", ["edit", "references/", "figures/", "upload/", "versions/"])
def test_a_co_author_who_may_only_read_is_told_so_on_every_page_that_writes(
    db: Session, people: Cast, browser: Open, draft: Contribution, page: str
) -> None:
    draft.co_authors = {str(people.stranger.id): False}
    db.commit()
    reader = browser(people.stranger.email)
    answer = reader.get(f"/en/my/contributions/{draft.id}/{page}", follow_redirects=True)
    assert answer.request.path == f"/en/my/contributions/{draft.id}/"
    assert "its owner has not let you change it" in answer.text
