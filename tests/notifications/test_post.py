"""The conversation with the server: its address, its encryption, its refusals."""

import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from app.notifications import post
from tests.notifications.smtp import PASSWORD, USER, Server
from tests.required import program


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "site@example.org", "someone@example.org"
    made.set_content("Good day")
    return made


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", post.Server("smtp", "mail.example", 25)),
        ("smtps://mail.example", post.Server("smtps", "mail.example", 465)),
        ("smtp+starttls://mail.example", post.Server("smtp+starttls", "mail.example", 587)),
        (
            "smtp://me%40x.org:p%3Aw%2F@mail.example:2525",
            post.Server("smtp", "mail.example", 2525, "me@x.org", "p:w/"),
        ),
    ],
)
def test_parse_takes_every_form(url: str, expected: post.Server) -> None:
    assert post.Server.parse(url) == expected


@pytest.mark.parametrize("url", ["mail.example:25", "http://x", "smtp://", "smtp://u:secret@h:x"])
def test_parse_refuses_without_repeating_the_password(url: str) -> None:
    with pytest.raises(post.BadMailAddress) as refused:
        post.Server.parse(url)
    assert "secret" not in str(refused.value)


def test_repr_hides_the_password() -> None:
    assert "secret" not in repr(post.Server.parse("smtp://u:secret@h"))


def test_deliver_signs_in_where_there_is_an_account() -> None:
    with Server(auth=True) as server:
        account = f"//{USER}:{quote(PASSWORD, safe='')}@"
        post.Server.parse(server.url.replace("//", account)).deliver(message())
        assert len(server.postbox.messages) == 1
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            post.Server.parse(server.url.replace("//", f"//{USER}:wrong@")).deliver(message())
    assert post.explain(refused.value).startswith("535")


def test_explain_says_what_the_server_said() -> None:
    with Server() as server:
        server.postbox.refuse = "554 no\r\n554 never"
        with pytest.raises(smtplib.SMTPDataError) as refused:
            post.Server.parse(server.url).deliver(message())
    assert post.explain(refused.value).startswith("554 ")
    assert "\n" not in post.explain(refused.value)


def test_deliver_does_not_mind_a_server_that_leaves_without_farewell() -> None:
    with Server() as server:

        async def handle_QUIT(*_: object) -> str:
            return "451 no farewell"

        server.postbox.handle_QUIT = handle_QUIT  # type: ignore[attr-defined]
        post.Server.parse(server.url).deliver(message())
        assert len(server.postbox.messages) == 1


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of ``localhost`` that this process trusts."""
    openssl = program("openssl", "openssl")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    name = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*request, *name, "-keyout", key, "-out", made], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


@pytest.mark.parametrize("starttls", [False, True])
def test_deliver_over_an_encrypted_connection(
    certificate: ssl.SSLContext, starttls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(tls=certificate, starttls=starttls) as server:
        assert server.url.startswith("smtp+starttls:" if starttls else "smtps:")
        post.Server.parse(server.url).deliver(message())
        assert len(server.postbox.messages) == 1
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ssl.SSLCertVerificationError):
            post.Server.parse(server.url).deliver(message())
