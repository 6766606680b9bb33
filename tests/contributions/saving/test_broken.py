"""Bytes that are no text, as a broken program or a hostile one sends them."""

from collections.abc import Callable
from urllib.parse import quote_from_bytes

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from tests.contributions.pages import fresh, page_of
from tests.factories import Cast
from tests.http import Browser, Open

Encode = Callable[[dict[str, bytes]], tuple[str, bytes]]
LONE_BYTE, SURROGATE = b"\xff", b"\xed\xa0\x80"
PART = {"part": b"texts", "page": b"a" * 32}


def quoted(fields: dict[str, bytes]) -> tuple[str, bytes]:
    """The type and the body of a form, percent signs for what is no letter."""
    pairs = (f"{name}={quote_from_bytes(value)}" for name, value in fields.items())
    return "application/x-www-form-urlencoded", "&".join(pairs).encode()


def unquoted(fields: dict[str, bytes]) -> tuple[str, bytes]:
    """The same with the broken bytes as they are."""
    kind, body = quoted(fields)
    for broken in (LONE_BYTE, SURROGATE):
        body = body.replace(quote_from_bytes(broken).encode(), broken)
    return kind, body


def multipart(fields: dict[str, bytes]) -> tuple[str, bytes]:
    """The type and the body of a form with a part for each field."""
    parts = (
        b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value)
        for name, value in fields.items()
    )
    return "multipart/form-data; boundary=edge", b"".join(parts) + b"--edge--\r\n"


def filled_in(author: Browser, draft: Contribution) -> dict[str, bytes]:
    """What the French editor holds."""
    author.get(page_of(draft, language="fr"))
    form = author.tree.get_element_by_id("essay-form")
    return {name: value.removeprefix("\n").encode() for name, value in form.form_values()}


@pytest.mark.parametrize(("encode", "status"), [(quoted, None), (unquoted, 400), (multipart, 422)])
def test_broken_bytes_are_answered_in_the_page_s_language_and_harm_nothing(
    db: Session,
    people: Cast,
    browser: Open,
    draft: Contribution,
    encode: Encode,
    status: int | None,
) -> None:
    """Quoted ones are read as they are written, ``%FF``; whatever else is broken is refused."""
    author = browser(people.author.email)
    for page, done, more in (("edit", 303, {}), ("autosave", 200, {}), ("autosave", 200, PART)):
        for broken in (LONE_BYTE, SURROGATE):
            before, kept = filled_in(author, draft), fresh(db, draft).version
            sent = dict.fromkeys(("title", "body"), b"avant " + broken + "après".encode())
            kind, body = encode(before | sent | more)

            answer = author.client.post(page_of(draft, page, "fr"), data=body, content_type=kind)

            after = filled_in(author, draft)
            assert answer.status_code == (status or done), (page, broken, answer.text)
            if status is None:
                assert after["body"] == f"avant {quote_from_bytes(broken)}après".encode()
                assert after["title"] == after["body"]
            else:
                assert "Veuillez" in (answer.json["message"] if answer.is_json else answer.text)
                assert (after["body"], fresh(db, draft).version) == (before["body"], kept)
