"""The words of every mail, in the recipient's language, as plain text and as HTML.

Each kind has one template, ``templates/mails/<kind>.txt``: a subject, then paragraphs separated by
empty lines. The HTML form is made from the plain one, so the two can't say different things: a line
that is an address becomes a link, lines that begin with ``- `` a list, with ``> `` a quotation.

Sources: RFC 5322 (messages), RFC 2046 (alternatives), RFC 3834 (automatic mail), RFC 3282
(Content-Language), RFC 8058 (unsubscribing by one click); Unicode UAX 9 for the isolates around
text of another language.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import urljoin

from babel.lists import format_list
from flask import current_app
from flask_babel import force_locale, get_locale
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from app.accounts.reminders import DIGEST, token
from app.core.languages import LANGUAGES, Language
from app.core.localised import Localised, pick
from app.core.outbox import MailKind, OutboxMail
from app.editions.charter import CHARTER
from app.moderation.decisions.labels import signs_in_words
from app.moderation.reasons.labels import reasons_in
from app.moderation.reports.labels import COMPLAINTS
from app.moderation.reports.models import Complaint
from app.notifications import digests

SITE: Final = "jesuisinternet"
#: Mails that lead moderators to their desk.
DESK: Final = frozenset(
    {
        MailKind.AUTHOR_ANSWERED,
        MailKind.DIGEST,
        MailKind.HANDED_OVER,
        MailKind.HANDED_OVER_TOGETHER,
    }
)
#: Pages of an author's that a kind of mail leads to, where it isn't the essay's own.
OWN_PAGES: Final = {
    MailKind.CO_AUTHOR_ANSWERED: "contributions.co_authors",
    MailKind.MESSAGE: "moderation.my_messages",
}
_ISOLATE, _END = "\u2068", "\u2069"
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ISOLATED: Final = re.compile(f"{_ISOLATE}([^{_END}]*){_END}")
_ADDRESS: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a mail's body: a paragraph, a list, a quotation or a link on its own line."""

    shape: Literal["paragraph", "list", "quotation", "link"]
    lines: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in one language; ``stop`` is the address that stops mails of its kind, or "".

    ``blocks`` are the parts of its body, for a page that shows it.
    """

    subject: str
    text: str
    html: str
    stop: str = ""
    blocks: tuple[Block, ...] = ()


def render(mail: OutboxMail, base_url: str, *, published: bool = False) -> Rendered:
    """The words of a mail.

    Args:
        base_url: the site's address, in front of links that are paths.
        published: whether the contribution it is about can be read by everybody.
    """
    language = LANGUAGES[mail.language]
    environment = _environment()
    links = _desk_links(mail) if mail.kind in DESK else _links(mail, published)
    data = links | mail.data
    data = {name: _complete(name, value, base_url) for name, value in data.items()}
    with force_locale(language.locale):
        template = environment.get_template(f"mails/{mail.kind}.txt")
        words = _words(data) | _own_words(mail, base_url) | {"rules": _rules(mail, base_url)}
        whole = template.render(words, site=SITE)
        subject, _, body = whole.strip().partition("\n\n")
        text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
        parts = tuple(blocks(text, _languages(mail.data)))
        html = environment.get_template("mails/base.html").render(
            subject=_plain(subject),
            language=language,
            quoted=LANGUAGES.get(mail.data.get("words_language", "")),
            blocks=parts,
        )
    stop = data.get("stop_link", "")
    return Rendered(_subject(subject, language), text, html, stop, parts)


def _environment() -> Environment:
    """The application's templates, but a value that is missing is an error, not a gap."""
    kept = current_app.extensions
    if "jsi_mail_templates" not in kept:
        kept["jsi_mail_templates"] = current_app.jinja_env.overlay(undefined=StrictUndefined)
    environment: Environment = kept["jsi_mail_templates"]
    return environment


def message(mail: OutboxMail, rendered: Rendered, sender: str) -> EmailMessage:
    """The mail as it is handed over; the same row always gets the same Message-ID."""
    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["From"] = sender
    made["To"] = _recipient(mail.recipient)
    made["Subject"] = rendered.subject
    made["Date"] = format_datetime(mail.created_at)
    made["Message-ID"] = message_id(mail, sender)
    made["Auto-Submitted"] = "auto-generated"
    if rendered.stop:
        made["List-Unsubscribe"] = f"<{rendered.stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(rendered.text)
    made.add_alternative(rendered.html, subtype="html")
    # Last, because the lines above move what begins with "Content-" into a part.
    made["Content-Language"] = LANGUAGES[mail.language].tag
    return made


def message_id(mail: OutboxMail, sender: str) -> str:
    """Derived from the row alone, so that a mail that arrives twice can be told for one."""
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:24]
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{mail.id}.{digest}@{domain}>"


def own(text: str) -> str:
    """A name, a number or a title, kept apart from the direction of the words around it."""
    return f"{_ISOLATE}{_line(text)}{_END}"


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a template is given: texts kept apart, reasons in words."""
    reasons = [_reason(each) for each in _reasons(data)]
    names = (
        *("number", "title", "new_address", "duplicate_of"),
        *("inviter", "co_author", "giver", "sender"),
    )
    apart = {name: own(data[name]) if data[name] else "" for name in names if name in data}
    quoted = {name: _quotation(data[name]) for name in ("words", "reason") if name in data}
    asked = [f"{place}. {point}" for place, point in enumerate(data.get("points", ()), start=1)]
    moments = {
        name: datetime.fromisoformat(data[name])
        for name in ("until", "decided_at", "appeal_until")
        if data.get(name)
    }
    return {
        **{"words": "", "public_link": None, "duplicate_of": "", "new_track": ""},
        **{"decided_at": "", "appeal_until": "", "revision": 0, "zone": "UTC"},
        **{"reports": 0, "taken_down": False},
        **data,
        **apart,
        **quoted,
        **moments,
        "reasons": reasons,
        "complaints": [COMPLAINTS[Complaint(each)] for each in data.get("complaints", ())],
        "signs": format_list(signs_in_words(data.get("signs", ())), locale=get_locale()),
        "points": _quotation("\n".join(asked)),
    }


def _reasons(data: Mapping[str, Any]) -> list[Localised]:
    """In the mail's language, which is being spoken, as far as there are words in it."""
    language = LANGUAGES[get_locale().language]
    return reasons_in(language, data.get("reasons", ()), data.get("reason_texts", {}))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the charter: what it is called, kept apart where it is in another language."""

    title: str
    link: str


def _rules(mail: OutboxMail, base_url: str) -> list[Rule]:
    """What the mail's reasons rest on, as the charter called it when the mail was owed."""
    return [
        Rule(
            _reason(pick(each["title"], mail.language)),
            urljoin(base_url, _page(mail, "library.page", slug=CHARTER))
            + f"#{CHARTER}-{each['rule']}",
        )
        for each in mail.data.get("rules", ())
    ]


def _reason(words: Localised) -> str:
    foreign = words.language.code != get_locale().language
    return own(words.text) if foreign else _line(words.text)


def _own_words(mail: OutboxMail, base_url: str) -> dict[str, Any]:
    """What only this kind of mail tells."""
    make = {
        MailKind.DIGEST: digests.words,
        MailKind.HANDED_OVER_TOGETHER: digests.words_of_given,
    }.get(MailKind(mail.kind))
    if make is None:
        return {}
    return make(
        mail.data,
        own,
        lambda id: urljoin(base_url, _page(mail, "moderation.item", contribution_id=id)),
    )


def _page(mail: OutboxMail, endpoint: str, **values: Any) -> str:
    """A page of the site in the mail's language."""
    return current_app.url_map.bind("").build(endpoint, {"lang": mail.language} | values)


def _quotation(words: str) -> str:
    """What somebody wrote, as a quotation no line of which can pass for the site's own words."""
    return "\n".join(f"> {line}".rstrip() for line in words.strip().splitlines())


def _links(mail: OutboxMail, published: bool) -> dict[str, str]:
    """The pages of the contribution a mail is about: its author's, and everybody's."""
    if "contribution" not in mail.data:
        return {}
    routes = current_app.url_map.bind("")
    lang = {"lang": mail.language}
    if page := OWN_PAGES.get(MailKind(mail.kind)):
        return {"link": _page(mail, page, contribution_id=mail.data["contribution"])}
    own = routes.build("contributions.show", lang | {"contribution_id": mail.data["contribution"]})
    if mail.kind == MailKind.REMINDER:
        essay = {"contribution_id": mail.data["contribution"]}
        stop = {"token": token(mail.recipient_id or 0)}
        return {
            "link": routes.build("contributions.edit", lang | essay),
            "stop_link": routes.build("reminders.stop", lang | stop),
        }
    if not mail.data["number"]:
        return {"link": own}
    public = routes.build("library.contribution", lang | {"number": mail.data["number"]})
    if mail.kind == MailKind.REPORT_ANSWERED:
        return {"link": public}
    links = {"link": own} | ({"public_link": public} if published else {})
    if mail.kind in {MailKind.DECISION, MailKind.REMOVED}:
        links["rules_link"] = routes.build("library.page", lang | {"slug": CHARTER})
    return links | ({"notice_link": public} if mail.kind == MailKind.REMOVED else {})


def _desk_links(mail: OutboxMail) -> dict[str, str]:
    """The pages a moderator is led to."""
    if mail.kind == MailKind.HANDED_OVER:
        if appeal_id := mail.data.get("appeal"):
            return {"link": _page(mail, "moderation.appeal", appeal_id=appeal_id)}
        essay = mail.data["contribution"]
        return {"link": _page(mail, "moderation.item", contribution_id=essay)}
    if mail.kind == MailKind.AUTHOR_ANSWERED:
        page = "messages_organised" if mail.data["organiser"] else "messages"
        essay = mail.data["contribution"]
        return {"link": _page(mail, f"moderation.{page}", contribution_id=essay)}
    if mail.kind == MailKind.HANDED_OVER_TOGETHER:
        return {"link": _page(mail, "moderation.queue")}
    stop = token(mail.recipient_id or 0, DIGEST)
    return {
        "link": _page(mail, "moderation.queue"),
        "appeals_link": _page(mail, "moderation.appeals"),
        "cases_link": _page(mail, "moderation.reports"),
        "workload_link": _page(mail, "moderation.workload"),
        "stop_link": _page(mail, "reminders.stop_digest", token=stop),
    }


def _complete(name: str, value: Any, base_url: str) -> Any:
    if name == "link" or name.endswith("_link"):
        return urljoin(base_url, value) if value else value
    return value


def _languages(data: Mapping[str, Any]) -> dict[str, Language]:
    """The language of each text of the mail that isn't in the mail's own."""
    if {"oldest", "essays"} & {*data}:
        return digests.languages(data)
    rules = [pick(each["title"], get_locale().language) for each in data.get("rules", ())]
    found = {_line(words.text): words.language for words in (*_reasons(data), *rules)}
    title = _line(data.get("title", ""))
    return found | ({title: LANGUAGES[data["title_language"]]} if title else {})


def blocks(text: str, languages: Mapping[str, Language] = MappingProxyType({})) -> Iterator[Block]:
    """The parts of a mail's plain form; ``languages`` are those of the texts kept apart in it."""
    for paragraph in text.strip().split("\n\n"):
        lines = paragraph.split("\n")
        if len(lines) == 1 and _ADDRESS.fullmatch(lines[0]):
            yield Block("link", (Markup.escape(lines[0]),))
        elif all(line.startswith("- ") for line in lines):
            yield Block("list", tuple(_marked(line[2:], languages) for line in lines))
        elif all(line.startswith(">") for line in lines):
            yield Block("quotation", tuple(Markup.escape(line[2:]) for line in lines))
        else:
            yield Block("paragraph", tuple(_marked(line, languages) for line in lines))


def _marked(line: str, languages: Mapping[str, Language]) -> Markup:
    """A line as HTML, with what is kept apart in elements of its own."""

    def element(found: re.Match[str]) -> Markup:
        language = languages.get(found[1])
        if language is None:
            return Markup("<bdi>{}</bdi>").format(found[1])
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(
            language.tag, language.direction, found[1]
        )

    made, end = Markup(), 0
    for found in _ISOLATED.finditer(line):
        made += Markup.escape(line[end : found.start()]) + element(found)
        end = found.end()
    return made + Markup.escape(line[end:])


def _plain(text: str) -> str:
    return _DIRECTIONS.sub("", text)


def _subject(text: str, language: Language) -> str:
    # Only among right-to-left words would a number lose its order without the isolates.
    line = " ".join(text.split())
    return line if language.direction == "rtl" else _plain(line)


def _recipient(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):  # the server will refuse what can't be written otherwise
        domain = domain.encode("idna").decode("ascii")
    return Address(username=local, domain=domain)
