"""The authors of an essay: who they are, in which order they are named."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email

from app.contributions import orcid
from app.core.errors import Invalid
from app.documents.text import Problem, line_problems, normalise, unkeepable

MOST_AUTHORS: Final = 20
LONGEST_BIOGRAPHY: Final = 1_000
OWNER: Final = "owner"


@dataclass(frozen=True, slots=True)
class Author:
    """One author, in the order of the byline.

    Attributes:
        name: as the person writes it, in any script. ``latin``: in Latin letters.
        sort_key: what lists sort by (family name first).
        country: ISO 3166-1 alpha-2.
        personal_capacity: the affiliation is named, but does not speak here.
        orcid: as :func:`app.contributions.orcid.canonical` gives it.
        biography: plain text, a few sentences.
        corresponding: whether readers turn to this one; ``contact`` is the address shown to them.
        key: tells this author from the essay's others, whatever else of them changes;
            ``owner`` is whoever opened the contribution.
    """

    name: str
    latin: str = ""
    sort_key: str = ""
    affiliation: str = ""
    country: str = ""
    personal_capacity: bool = False
    orcid: str = ""
    biography: str = ""
    corresponding: bool = False
    contact: str = ""
    key: str = ""


def columns(authors: Iterable[Author]) -> list[dict[str, Any]]:
    """As they are stored: those with a name, each with a key, one of them corresponding."""
    named = [author for author in authors if author.name.strip()]
    if named and not any(author.corresponding for author in named):
        named[0] = replace(named[0], corresponding=True)
    return [asdict(_settled(author, key)) for author, key in zip(named, _keys(named), strict=True)]


def _settled(author: Author, key: str) -> Author:
    try:
        number = orcid.canonical(author.orcid)
    except ValueError:
        number = author.orcid.strip()
    return replace(
        author,
        key=key,
        orcid=number,
        biography=normalise(author.biography).strip(),
        contact=author.contact.strip() if author.corresponding else "",
    )


def _keys(authors: Iterable[Author]) -> Iterator[str]:
    """A key each: the one it has, else one made of its name, so that saving again changes none."""
    used: set[str] = set()
    for author in authors:
        key = author.key if author.key.isalnum() and author.key.isascii() else ""
        key = (key or blake2b(author.name.strip().encode(), digest_size=5).hexdigest())[:20]
        while key in used:
            key = blake2b(key.encode(), digest_size=5).hexdigest()
        used.add(key)
        yield key


def unfit(authors: tuple[Author, ...]) -> Iterator[Invalid]:
    """What of them can't even be kept in a draft; what they are called may be in any script."""
    if len(authors) > MOST_AUTHORS:
        yield Invalid("authors.too_many", field="authors", limit=MOST_AUTHORS)
    found: list[Problem] = []
    for author in authors:
        for value in (author.name, author.latin, author.sort_key, author.affiliation):
            found += line_problems(value)
        found += line_problems(author.orcid) + line_problems(author.contact)
        found += unkeepable(author.biography)
        if len(author.biography) > LONGEST_BIOGRAPHY:
            yield Invalid("text.too_long", field="authors", limit=LONGEST_BIOGRAPHY)
    for problem in found[:1]:
        yield Invalid(problem.code, field="authors", **{"line": problem.line, **problem.data})


def incomplete(authors: tuple[Author, ...]) -> Iterator[Invalid]:
    """What of them has to be put right before the essay may be submitted."""
    if sum(author.corresponding for author in authors) > 1:
        yield Invalid("authors.several_corresponding", field="authors")
    for author in authors:
        if author.orcid.strip() and not is_orcid(author.orcid):
            yield Invalid("orcid.form", field="authors")
        if author.corresponding and author.contact.strip() and not is_email(author.contact):
            yield Invalid("email.form", field="authors")


def is_orcid(text: str) -> bool:
    """Whether that is an ORCID iD, its check character included."""
    try:
        orcid.canonical(text)
    except ValueError:
        return False
    return True


def is_email(text: str) -> bool:
    """Whether that has the form of an e-mail address."""
    try:
        validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True


ANONYMOUS: Final = {
    "de": "Anonym",
    "en": "Anonymous",
    "ar": "مجهول الاسم",
    "zh": "匿名",
    "ko": "익명",
    "es": "Anónimo",
    "fr": "Anonyme",
    "it": "Anonimo",
    "pt": "Anónimo",
    "ru": "Аноним",
}
"""What stands for an author whose name was taken out, in the essay's language."""


def without_name(author: Author, language: str) -> dict[str, Any]:
    """An author whose name was taken out, and with it everything that tells who it was."""
    return asdict(Author(ANONYMOUS[language], corresponding=author.corresponding, key=author.key))
