"""A volume's rows as a book, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.core.policy import SYSTEM
from app.proceedings import assemble, labels, operations, queries
from app.proceedings.book import Book
from tests.factories import Cast
from tests.factories.volumes import make_volume


def make_book(
    app: Flask, session: Session, slug: str, language: str, site: str = "https://example.org"
) -> Book:
    with app.app_context():
        volume = queries.volume(session, slug)
        return assemble.book(session, volume, language, labels.words, site=site)


def test_a_book_holds_the_volume_in_order(app: Flask, session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    operations.write_volume(
        session, SYSTEM, volume, "fr", title="Actes", subtitle="I", foreword="Bonjour."
    )

    book = make_book(app, session, "2017", "fr")

    assert (book.title, book.subtitle, book.edition) == ("Actes", "I", "Édition 2017")
    assert [part.body for part in book.front] == ["Bonjour."]
    assert [section.title for section in book.sections] == ["Juristes – Prévention"]
    first, second = book.essays
    assert (first.number, first.language, first.title) == ("2017-J-001", "fr", "De la paix")
    assert (first.licence, first.track_label) == ("CC BY 4.0", "Juristes")
    assert first.question == "Comment prévenir les conflits dans le cyberespace ?"
    assert first.references == ""
    assert book.labels_of(first).references
    assert first.url == "https://example.org/fr/contributions/2017-J-001/"
    assert [(author.name, author.country) for author in first.authors] == [
        ("Amina Auteur", "France")
    ]
    assert (second.language, second.authors[0].country) == ("ar", "فرنسا")
    assert set(book.labels_by_language) == {"fr", "ar"}


def test_a_book_in_a_language_without_texts_falls_back(
    app: Flask, session: Session, cast: Cast
) -> None:
    volume = make_volume(session, cast)
    operations.write_volume(
        session, SYSTEM, volume, "fr", title="Actes", subtitle="", foreword="Bonjour."
    )

    book = make_book(app, session, "2017", "ko", site="")

    assert (book.title, book.labels.language) == ("Proceedings", "ko")
    # A foreword in another language would be set and hyphenated as Korean.
    assert book.front == ()
    assert book.essays[0].url == ""


def test_a_multilingual_book_is_framed_in_the_titles_language(
    app: Flask, session: Session, cast: Cast
) -> None:
    make_volume(session, cast)

    book = make_book(app, session, "2017", "multi")

    assert (book.language, book.frame.code, book.title) == ("multi", "en", "Proceedings")


def test_a_books_date_is_the_volumes(
    app: Flask, session: Session, cast: Cast, at: Callable[[Any], None]
) -> None:
    volume = make_volume(session, cast)
    before = make_book(app, session, "2017", "fr")
    operations.publish(session, SYSTEM, volume)
    after = make_book(app, session, "2017", "fr")

    assert before.published == volume.changed_at
    assert after.published == volume.published_at
    assert before.identifier == after.identifier
    assert before.identifier != make_book(app, session, "2017", "ar").identifier


@pytest.mark.parametrize("languages", [("fr",), ("fr", "ar", "zh")])
def test_a_book_costs_the_same_queries_however_many_essays(
    app: Flask,
    engine: Engine,
    session: Session,
    cast: Cast,
    count_queries: Any,
    languages: tuple[str, ...],
) -> None:
    make_volume(session, cast, languages=languages)
    session.commit()
    session.expunge_all()

    with count_queries(engine) as statements:
        make_book(app, session, "2017", "fr")

    assert len(statements) == 5
