"""The words: every kind in every language, what is quoted, what is kept apart, the headers."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from itertools import pairwise

import pytest
from flask import Flask
from lxml import html as lxml_html

from app.core import clock
from app.core.languages import CODES, LANGUAGES
from app.core.outbox import MailKind, OutboxMail
from app.notifications import mails
from tests.notifications.mails import DATA, OWN, PUBLIC, links

BASE = "https://site.example"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def row(kind: MailKind, language: str = "en", **data: object) -> OutboxMail:
    return OutboxMail(
        id=12,
        key=f"{kind}:7",
        kind=kind.value,
        recipient="someone@example.org",
        recipient_id=3,
        language=language,
        data=DATA[kind] | data,
        created_at=clock.now(),
    )


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("kind", MailKind)
def test_render_gives_every_kind_in_every_language(kind: MailKind, language: str) -> None:
    rendered = mails.render(row(kind, language), BASE)
    assert rendered.subject.strip()
    assert "\n" not in rendered.subject
    assert "jesuisinternet" in rendered.text
    assert rendered.text.count("https://") == len(links(kind, language))
    tree = lxml_html.document_fromstring(rendered.html)
    assert tree.get("lang") == LANGUAGES[language].tag
    assert tree.get("dir") == LANGUAGES[language].direction
    assert tree.findtext(".//title")
    assert [a.get("href") for a in tree.iter("a")] == links(kind, language)


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("kind", MailKind)
def test_render_keeps_every_paragraph_apart(kind: MailKind, published: bool) -> None:
    moment = "2026-11-20T12:00:00+00:00"
    more = {"decided_at": moment, "revision": 2, "appeal_until": moment, "zone": "Europe/Paris"}
    mail = row(kind, **more if kind == MailKind.DECISION else {})
    lines = mails.render(mail, BASE, published=published).text.splitlines()
    of_lists = re.compile(r"- |>|\d+\. ")
    for line, following in pairwise(lines):
        assert not (line and following) or of_lists.match(line), f"{line} | {following}"


def test_render_of_a_request_for_changes_numbers_its_points() -> None:
    rendered = mails.render(row(MailKind.DECISION, points=["One.", "Two."]), BASE)
    assert "> 1. One.\n> 2. Two.\n" in rendered.text


def test_render_of_more_time_says_the_moment_on_the_edition_s_clocks() -> None:
    rendered = mails.render(row(MailKind.MORE_TIME, "fr"), BASE)
    assert "1 décembre 2026" in rendered.text
    assert "23:59" in rendered.text
    assert "> You were ill." in rendered.text


def test_message_of_a_reminder_can_be_stopped_by_one_click() -> None:
    mail = row(MailKind.REMINDER, "ar")
    message = mails.message(mail, mails.render(mail, BASE), "site@example.org")
    assert message["List-Unsubscribe"] == f"<{links(MailKind.REMINDER, 'ar')[1]}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    other = row(MailKind.RECEIPT)
    assert (
        mails.message(other, mails.render(other, BASE), "s@example.org")["List-Unsubscribe"] is None
    )


def test_render_completes_a_path() -> None:
    rendered = mails.render(row(MailKind.RESET_PASSWORD, link="/en/reset/x"), BASE)
    assert "\nhttps://site.example/en/reset/x\n" in rendered.text


def test_render_quotes_the_moderator_in_their_own_direction() -> None:
    rendered = mails.render(row(MailKind.DECISION, "fr"), BASE)
    assert "\n> شكرا لكم.\n>\n> يرجى" in rendered.text
    quotation = lxml_html.document_fromstring(rendered.html).find(".//blockquote")
    assert (quotation.get("lang"), quotation.get("dir")) == ("ar", "rtl")
    assert "شكرا" in quotation.text_content()


def test_render_names_what_was_given_together_and_counts_the_rest() -> None:
    rendered = mails.render(row(MailKind.HANDED_OVER_TOGETHER), BASE)
    assert rendered.subject == "3 essays have been given to you"
    assert "\u20682017-J-042\u2069, “\u2068Der Frieden im Netz\u2069”" in rendered.text
    assert "and 1 more" in rendered.text
    assert '<bdi lang="ar" dir="rtl">في السلام</bdi>' in rendered.html
    whole = mails.render(row(MailKind.HANDED_OVER_TOGETHER, number_given=2), BASE)
    assert "more" not in whole.text


def test_render_leads_to_an_appeal_that_was_given() -> None:
    rendered = mails.render(row(MailKind.HANDED_OVER, appeal=12), BASE)
    assert rendered.subject == "The appeal concerning 2017-J-042 has been given to you"
    assert "https://site.example/en/moderation/appeals/12/" in rendered.text
    assert "to answer" in rendered.text


def test_render_gives_reasons_in_words() -> None:
    rendered = mails.render(row(MailKind.DECISION), BASE)
    assert "- The argument is hard to follow.\n- Statements lack sources" in rendered.text
    tree = lxml_html.document_fromstring(rendered.html)
    assert len(tree.findall(".//li")) == 2


@pytest.mark.parametrize(
    ("verdict", "published", "subject", "expected"),
    [
        ("accept", True, "accepted", PUBLIC),
        ("accept", False, "accepted", OWN),
        ("changes", False, "Changes are requested", OWN),
        ("reject", False, "not been accepted", OWN),
    ],
)
def test_render_of_a_decision_says_which(
    verdict: str, published: bool, subject: str, expected: str
) -> None:
    mail = row(MailKind.DECISION, reasons=[], words="", verdict=verdict)
    rendered = mails.render(mail, BASE, published=published)
    assert subject in rendered.subject
    assert f"\n{expected.format('en')}\n" in rendered.text
    assert ">" not in rendered.text
    assert "reasons" not in rendered.text


def test_render_marks_a_title_with_its_language() -> None:
    rendered = mails.render(row(MailKind.RECEIPT, "ar"), BASE)
    assert "\u2068Der Frieden im Netz\u2069" in rendered.text
    marked = lxml_html.document_fromstring(rendered.html).xpath("//bdi[@lang]")
    assert [(item.get("lang"), item.get("dir"), item.text) for item in marked] == [
        ("de", "ltr", "Der Frieden im Netz")
    ]


def test_render_shows_hostile_text_as_text() -> None:
    title = "<script>alert(1)</script>\n\nhttps://evil.example\n- x \u202edesrever\u2069"
    words = "https://evil.example\n\n<b>hello</b>"
    rendered = mails.render(row(MailKind.DECISION, title=title, words=words), BASE)
    tree = lxml_html.document_fromstring(rendered.html)
    assert [a.get("href") for a in tree.iter("a")] == links(MailKind.DECISION)
    assert not tree.xpath("//script|//b")
    assert "\u202e" not in rendered.text
    assert rendered.text.count("\u2068") == rendered.text.count("\u2069")


def test_message_has_its_headers_and_both_forms() -> None:
    mail = row(MailKind.RECEIPT, "zh")
    rendered = mails.render(mail, BASE)
    sent = mails.message(mail, rendered, "The site <site@example.org>").as_bytes()
    message = message_from_bytes(sent, policy=policy.default)
    assert message["To"] == "someone@example.org"
    assert message["From"] == "The site <site@example.org>"
    assert message["Subject"] == rendered.subject
    assert message["Content-Language"] == "zh-Hans"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").strip() == rendered.html.strip()
    assert sent.isascii()


def test_message_id_is_the_row_s_own() -> None:
    one, other = row(MailKind.RECEIPT), row(MailKind.RECEIPT)
    assert mails.message_id(one, "site@example.org") == mails.message_id(other, "site@example.org")
    assert mails.message_id(one, "site@example.org").endswith("@example.org>")
    other.key = "another"
    assert mails.message_id(one, "site@example.org") != mails.message_id(other, "site@example.org")


def test_message_to_an_international_domain_is_written_for_any_server() -> None:
    mail = row(MailKind.RECEIPT)
    mail.recipient = "jemand@bücher.example"
    message = mails.message(mail, mails.render(mail, BASE), "site@example.org")
    assert message["To"] == "jemand@xn--bcher-kva.example"
