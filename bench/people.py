"""People at a browser without JavaScript, over HTTP: they sign in, write, submit and decide."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urlsplit

from app.contributions.essay import EssayInput
from bench import data
from bench.stack import CannotMeasure
from bench.texts import essay

_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_CHOSEN: Final = re.compile(r'<option selected value="(\d+)"')
_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


@dataclass
class Person:
    """One browser with its cookies and one connection that stays open.

    Attributes:
        seen: (what was asked, status, seconds) of each request, in order.
        expected: statuses that are no surprise; any other raises CannotMeasure.
    """

    port: int
    expected: frozenset[int] = frozenset({200, 302, 303})
    cookies: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, _TIMEOUT_SECONDS)

    @property
    def cookie(self) -> str:
        """What its browser sends."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, address: str, name: str = "") -> Answer:
        """Open a page."""
        return self._ask("GET", address, name)

    def post(self, address: str, fields: Mapping[str, str], name: str = "") -> Answer:
        """Send a form."""
        return self._ask("POST", address, name, urlencode(fields))

    def _ask(self, method: str, address: str, name: str, body: str | None = None) -> Answer:
        headers = {"Cookie": self.cookie} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self.connection.request(method, address, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # Kept alive for too long without a request; a browser opens another one too.
            self.connection.close()
            self.connection.request(method, address, body, headers)
            response = self.connection.getresponse()
        text = response.read().decode()
        self.seen.append((name or method, response.status, time.perf_counter() - began))
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(line).items()}
        if response.status not in self.expected:
            raise CannotMeasure(f"{method} {address}: {response.status} {_plain(text)[:500]}")
        return Answer(response.status, urlsplit(response.headers.get("Location") or "").path, text)

    def sign_in(self, email: str) -> None:
        """Through the sign-in page. Raises CannotMeasure."""
        fields = {"csrf_token": token(self.get("/en/login")), "email": email}
        answer = self.post("/en/login", fields | {"password": data.PASSWORD})
        if answer.status == 200:
            raise CannotMeasure(f"{email} could not sign in")


def token(page: Answer) -> str:
    """The forgery token of a page's form."""
    if found := _TOKEN.search(page.text):
        return found[1]
    raise CannotMeasure(f"no form on the page: {_plain(page.text)[:500]}")


def _plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@dataclass
class Writer:
    """Somebody who submits one essay after another, each a little different."""

    person: Person
    token: str
    text: EssayInput
    written: int = 0

    @classmethod
    def sign_in(cls, port: int, email: str, language: str = "fr") -> "Writer":
        """Ready to write. Raises CannotMeasure."""
        person = Person(port)
        person.sign_in(email)
        return cls(person, token(person.get(_begin(language))), essay(language, 1))

    def again(self, round: int) -> "Writer":
        """The same person with a connection of their own, for another process."""
        person = Person(self.person.port, cookies=self.person.cookies)
        return Writer(person, self.token, self.text, written=1_000 * round)

    def begin(self) -> str:
        """Start an essay; the address of its editor."""
        self.written += 1
        start = {
            "csrf_token": self.token,
            "edition": data.EDITION,
            "question": data.QUESTION,
            "language": self.text.language,
        }
        return self.person.post(_begin(self.text.language), start, "start").location

    def submit_one(self) -> None:
        """Start, save, submit; after each, the page that a browser is sent on to."""
        begun = self.begin()
        page = self.person.get(begun).text
        self.person.post(begun, self.fields(page, 1, "save"), "save")
        page = self.person.get(begun).text
        submitted = self.person.post(begun, self.fields(page, 2, "submit"), "submit")
        if submitted.location in {"", begun}:
            raise CannotMeasure(f"not submitted: {_plain(submitted.text)[:1000]}")
        self.person.get(submitted.location)

    def fields(self, page: str, version: int, action: str) -> dict[str, str]:
        """The editor's form, filled in; ``page`` is its HTML, which says the question."""
        text = self.text
        question = _CHOSEN.search(page)
        return {
            "csrf_token": self.token,
            "version": str(version),
            "action": action,
            "language": text.language,
            "question": question[1] if question else "",
            "title": f"{text.title} {self.written}",
            "abstract": text.abstract,
            "body": text.body,
            "summary": text.summary,
            "keywords": ", ".join(text.keywords),
            "authors-0-name": text.authors[0].name,
            "authors-0-affiliation": text.authors[0].affiliation,
            "authors-0-country": text.authors[0].country,
            **text.extra,
            "licence": text.licence,
            "consent_publication": "y",
        }


def _begin(language: str) -> str:
    return f"/{language}/contribute/jurist/?edition={data.EDITION}"


@dataclass
class Moderator:
    """Somebody who accepts one essay after another."""

    person: Person
    token: str

    @classmethod
    def sign_in(cls, port: int, email: str) -> "Moderator":
        """Ready to decide. Raises CannotMeasure."""
        person = Person(port)
        person.sign_in(email)
        return cls(person, token(person.get("/en/moderation/")))

    def again(self) -> "Moderator":
        """The same person with a connection of their own, for another process."""
        return Moderator(Person(self.person.port, cookies=self.person.cookies), self.token)

    def take_one(self) -> str:
        """Take the next one in hand; its page's address."""
        return self.person.post("/en/moderation/next", {"csrf_token": self.token}, "next").location

    def release(self, address: str) -> None:
        """Let go of what has that page."""
        self.person.post(f"{address}release", {"csrf_token": self.token}, "release")

    def accept_one(self) -> None:
        """Take the next one in hand, read it, accept it, see the queue again."""
        taken = self.take_one()
        self.person.get(taken)
        decision = {
            "csrf_token": self.token,
            "revision_seen": "1",
            "verdict": "accept",
            "reasons": "relevant",
            "words_language": "en",
        }
        decided = self.person.post(taken, decision, "decide")
        if decided.status == 200:
            raise CannotMeasure(f"not decided: {_plain(decided.text)[:1000]}")
        self.person.get(decided.location)
