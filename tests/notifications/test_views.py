"""The administrators' page of mail, and the demonstration's mailbox, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.core.outbox import MailKind
from app.notifications import jobs, pages, queries
from app.notifications.models import DemoMessage
from tests.factories import Cast
from tests.http import Browser
from tests.notifications.mails import LINK, given_up, links, put
from tests.notifications.smtp import Postbox

OpenBrowser = Callable[..., Browser]


def test_mails_shows_what_waits_and_what_failed(
    db: Session, people: Cast, browser: OpenBrowser
) -> None:
    given_up(db)
    put(db, MailKind.RECEIPT, recipient="waits@example.org")
    db.commit()
    administrator = browser("administrator@example.org")
    page = administrator.get("/en/organise/mail/")
    assert page.status_code == 200
    rows = [row.text_content() for row in administrator.tree.xpath("//tbody/tr")]
    assert "waits@example.org" in rows[0]
    assert "Waiting" in rows[0]
    assert "Not delivered" in rows[1]
    assert "550 no such person" in rows[1]
    assert LINK not in page.text


def test_retry_sends_what_was_given_up(
    db: Session,
    people: Cast,
    browser: OpenBrowser,
    work: Callable[[], int],
    postbox: Postbox,
) -> None:
    given_up(db)
    db.commit()
    administrator = browser("administrator@example.org")
    administrator.get("/en/organise/mail/")
    assert administrator.submit({}, form="/retry").status_code == 303
    work()
    assert len(postbox.messages) == 1
    assert "every e-mail has been sent" in administrator.get("/en/organise/mail/").text


@pytest.mark.parametrize("email", ["author", "stranger", "moderator", "organiser"])
def test_mails_are_the_administrators_alone(
    db: Session, people: Cast, browser: OpenBrowser, email: str
) -> None:
    mail = given_up(db)
    db.commit()
    person = browser(f"{email}@example.org")
    assert person.get("/en/organise/mail/").status_code == 403
    assert person.post(f"/en/organise/mail/{mail.id}/retry").status_code == 403
    db.refresh(mail)
    assert mail.state == "failed"


def test_mails_of_a_visitor_leads_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/en/organise/mail/")
    assert answer.status_code == 302
    assert "/en/login" in answer.headers["Location"]


def test_retry_without_a_token_is_refused(db: Session, people: Cast, browser: OpenBrowser) -> None:
    mail = given_up(db)
    db.commit()
    administrator = browser("administrator@example.org")
    answer = administrator.client.post(f"/en/organise/mail/{mail.id}/retry")
    assert answer.status_code == 400


def test_retry_of_an_unknown_mail_is_not_found(people: Cast, browser: OpenBrowser) -> None:
    assert browser("administrator@example.org").post("/en/organise/mail/9/retry").status_code == 404


def send(app: Flask, db: Session, **kwargs: Any) -> None:
    mail = put(db, **kwargs)
    db.commit()
    with app.app_context():
        jobs.send(mail.id)


def test_mailbox_shows_the_newest_first_with_links(demo: Flask, db: Session) -> None:
    send(demo, db, key="1", recipient="amina@example.org", language="ar")
    send(demo, db, key="2", kind=MailKind.DECISION)
    page = demo.test_client().get("/fr/mailbox/")
    assert page.status_code == 200
    first, second = html.document_fromstring(page.text).xpath("//main//article")
    assert "someone@example.org" in first.text_content()
    assert first.xpath(".//a/@href") == links(MailKind.DECISION)
    assert second.xpath(".//a/@href") == [LINK]
    assert first.xpath(".//blockquote/@dir") == ["auto"]
    assert second.xpath("./h2/@dir") == ["rtl"]
    assert "amina@example.org" in second.text_content()


def test_mailbox_keeps_the_order_in_which_mails_were_owed(demo: Flask, db: Session) -> None:
    first, second = put(db, key="first"), put(db, key="second")
    db.commit()
    with demo.app_context():
        jobs.send(second.id)
        jobs.send(first.id)
    tree = html.document_fromstring(demo.test_client().get("/en/mailbox/").text)
    expected = [f"mail-{second.id}", f"mail-{first.id}"]
    assert tree.xpath("//main//article/@id") == expected


def test_mailbox_of_one_recipient(demo: Flask, db: Session) -> None:
    send(demo, db, key="1", recipient="amina@example.org")
    send(demo, db, key="2")
    page = demo.test_client().get("/en/mailbox/?to=amina@example.org")
    tree = html.document_fromstring(page.text)
    assert len(tree.xpath("//main//article")) == 1
    assert tree.xpath("//option[@selected]/@value") == ["amina@example.org"]


def test_mailbox_leads_to_older_mails(
    demo: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAILBOX_PAGE", 2)
    for number in range(3):
        send(demo, db, key=f"{number}")
    client = demo.test_client()
    tree = html.document_fromstring(client.get("/en/mailbox/").text)
    assert len(tree.xpath("//main//article")) == 2
    (older,) = tree.xpath("//a[@rel='next']/@href")
    tree = html.document_fromstring(client.get(older).text)
    assert tree.xpath("//main//article/@id") == ["mail-1"]
    assert not tree.xpath("//a[@rel='next']")


def test_mailbox_outside_the_demonstration_does_not_exist(client: FlaskClient) -> None:
    assert client.get("/en/mailbox/").status_code == 404


def test_outbox_page_costs_the_same_for_one_and_for_three(
    session: Session, engine: Engine, count_queries: Callable[[Engine], Any]
) -> None:
    for number in range(3):
        given_up(session, key=f"{number}")
        if number in (0, 2):
            with count_queries(engine) as statements:
                assert len(pages.outbox(session, before=None).mails) == number + 1
            assert len(statements) == 2


def test_mailbox_page_costs_the_same_for_one_and_for_three(
    session: Session, engine: Engine, count_queries: Callable[[Engine], Any]
) -> None:
    for number in range(3):
        mail = put(session, key=f"{number}")
        session.add(
            DemoMessage(mail_id=mail.id, recipient="a", language="fr", subject="s", text="t")
        )
        session.flush()
        if number in (0, 2):
            with count_queries(engine) as statements:
                assert len(pages.mailbox(session, recipient="", before=None).mails) == number + 1
            assert len(statements) == 2


def test_owed_pages_by_key(session: Session) -> None:
    first, second, third = (given_up(session, key=f"{number}") for number in range(3))
    assert list(queries.owed(session, limit=2)) == [third, second]
    assert list(queries.owed(session, limit=2, before=second.id)) == [first]
