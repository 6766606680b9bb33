"""A book as its makers need it: frozen values, no database, no session, no request.

The proceedings' operations fill these from the volume; each module of ``formats`` turns one
``Book`` into one file. The same book always gives the same bytes, so everything that
could vary (the date, the identifier, the wording) is a field here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.core.languages import LANGUAGES, Language

MULTI: Final = "multi"
"""The language of a book in which each essay stays in its own language."""


@dataclass(frozen=True, slots=True)
class BookAuthor:
    """An author as credited.

    Attributes:
        name: in the author's own script.
        latin: the same in Latin letters, for sorting and for readers of other scripts; may be "".
        affiliation: the institution, may be "".
        country: its name in the essay's language, may be "".
        personal_capacity: whether the views are the author's own and not the institution's.
        sort_key: Latin, family name first ("Haddad, Layla"); "" falls back to the Latin name.
    """

    name: str
    latin: str = ""
    affiliation: str = ""
    country: str = ""
    personal_capacity: bool = False
    sort_key: str = ""
    orcid: str = ""
    biography: str = ""


@dataclass(frozen=True, slots=True)
class BookFigure:
    """An image that a text names by its digest.

    Attributes:
        name: of its file in a book (``0123….png``); kind is its extension.
        width, height: in pixels.
        load: gives its bytes; FileNotFoundError where they are lost.
    """

    name: str
    kind: str
    width: int
    height: int
    load: Callable[[], bytes] = field(compare=False)


@dataclass(frozen=True, slots=True)
class BookEssay:
    """One essay, in one language.

    Attributes:
        number: the contribution's number (``2017-J-042``).
        language: one of the ten codes.
        body: the text in the profile of ``app.documents``.
        licence: its short name (``CC BY 4.0``).
        track_label: the track's name, in the language of ``number``'s line (the essay's own).
        question: the question it answers, or "".
        url: its permanent address.
        references: a list in the profile of ``app.documents``, or "".
        figures: those the body may show, by digest.
    """

    number: str
    language: str
    title: str
    authors: tuple[BookAuthor, ...]
    abstract: str
    keywords: tuple[str, ...]
    body: str
    licence: str
    track_label: str = ""
    question: str = ""
    url: str = ""
    references: str = ""
    figures: Mapping[str, BookFigure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookSection:
    """Essays under one title. With an empty title they stand by themselves, without an opener."""

    title: str
    essays: tuple[BookEssay, ...]


@dataclass(frozen=True, slots=True)
class FrontPart:
    """A foreword, a preface, an acknowledgement: in the book's language."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The words a book adds to its essays, in one language.

    Attributes:
        language: the code these words are written in.
        written_in: by the essay's language code, the whole remark that marks an essay whose
            language is not the book's ("Original text in Russian").
        published_by: the whole line ("Published by …").
    """

    language: str
    contents: str
    abstract: str
    keywords: str
    notes: str
    contributors: str
    personal_capacity: str
    licence: str
    identifier: str
    question: str
    cover: str
    published_by: str
    references: str = ""
    written_in: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """A volume in one language, or ``MULTI``.

    Attributes:
        identifier: stable from build to build, ``urn:uuid:…``.
        published: in UTC; every timestamp inside the files is this one.
        labels: the frame's words; of a multilingual book in whatever language frames it.
        labels_by_language: the words of each essay's title block, by the essay's language.
        imprint: further whole lines of the imprint page (build number, revision, ISBN …).
    """

    language: str
    title: str
    subtitle: str
    edition: str
    place_date: str
    identifier: str
    published: datetime
    front: tuple[FrontPart, ...]
    sections: tuple[BookSection, ...]
    labels: Labels
    labels_by_language: Mapping[str, Labels] = field(default_factory=dict)
    imprint: tuple[str, ...] = ()

    @property
    def essays(self) -> tuple[BookEssay, ...]:
        """All essays in the order of the book."""
        return tuple(essay for section in self.sections for essay in section.essays)

    @property
    def frame(self) -> Language:
        """The language of title page, contents and running heads."""
        return LANGUAGES[self.labels.language if self.language == MULTI else self.language]

    @property
    def right_to_left(self) -> bool:
        """Whether nothing in the book reads from left to right, so that its pages turn likewise."""
        codes = {self.frame.code, *(essay.language for essay in self.essays)}
        return all(LANGUAGES[code].direction == "rtl" for code in codes)

    def labels_of(self, essay: BookEssay) -> Labels:
        """The words of the essay's own language, or the frame's where they are missing."""
        return self.labels_by_language.get(essay.language, self.labels)

    def language_remark(self, essay: BookEssay) -> str:
        """The remark that an essay is not in the book's language, or ""."""
        if self.language in (MULTI, essay.language):
            return ""
        return self.labels.written_in.get(essay.language, "")

    def contributors(self) -> Iterator[tuple[BookAuthor, tuple[int, ...]]]:
        """Each author once, with the positions of their essays, by sorting key."""
        found: dict[tuple[str, str], tuple[BookAuthor, list[int]]] = {}
        for position, essay in enumerate(self.essays):
            for author in essay.authors:
                found.setdefault((author.name, author.latin), (author, []))[1].append(position)
        for author, positions in sorted(found.values(), key=lambda entry: _sort_key(entry[0])):
            yield author, tuple(dict.fromkeys(positions))


def _sort_key(author: BookAuthor) -> tuple[str, str]:
    return (author.sort_key or author.latin or author.name).casefold(), author.name
