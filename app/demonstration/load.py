"""Brings the demonstration into an empty database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.operations import create_account
from app.accounts.passwords import DEMONSTRATION
from app.contributions.models import Contribution
from app.core import clock
from app.core.policy import SYSTEM, Role, TrackCode
from app.demonstration import desk
from app.demonstration.content import site, texts
from app.demonstration.essays import bring_all
from app.demonstration.plan import (
    EDITIONS,
    MESSAGES,
    OWN_REASONS,
    QUESTIONS,
    THEMES,
    call,
    rules,
)
from app.demonstration.stage import Stage
from app.editions import operations as organising
from app.editions import pages
from app.editions import theme_operations as asking
from app.editions.models import Edition, Question, Track
from app.moderation.message_templates import operations as templates
from app.moderation.reasons import operations as reasons
from app.moderation.transparency import counting
from app.proceedings import contents
from app.proceedings import operations as publishing

VOLUME: Final = "proceedings-2017"
VOLUME_PUBLISHED: Final = datetime(2017, 12, 4, 9, tzinfo=UTC)


def is_loaded(session: Session) -> bool:
    """Whether there is anything already: the demonstration only goes into an empty database."""
    return session.scalar(select(Edition.id).limit(1)) is not None


def load(session: Session, store: ObjectStore) -> None:
    """Bring everything in, in this transaction; an empty database is expected."""
    people = _people(session)
    words = site()
    with clock.standing_at(EDITIONS["2017"].opens_at):
        _pages(session, words)
        editions = {slug: _edition(session, slug, words) for slug in EDITIONS}
        questions = _questions(session, editions, words)
    brought: dict[str, Contribution] = {}
    for slug in EDITIONS:
        brought |= bring_all(session, editions[slug], questions, people, store)
    _volume(session, editions["2017"], words)
    desk.play(session, Stage(store, editions["standing"], questions, people, brought))
    for edition in editions.values():
        counting.refresh(session, edition.id)


def _people(session: Session) -> dict[str, Account]:
    """An account for each thing one may come for, all with the same password."""
    plan: dict[str, dict[str, Any]] = {
        "jurist": {"name": "Claire Demonstrand"},
        "actor": {"name": "Tom Demonstrand"},
        "moderator": {"name": "Samira Demonstrand", "roles": [Role.MODERATOR]},
        "moderator-fr": {
            "name": "Luc Demonstrand",
            "roles": [Role.MODERATOR],
            "reads": ["fr", "ar"],
            "serves": [TrackCode.JURIST],
            "ui_language": "fr",
        },
        "moderator-zh": {
            "name": "Jun Demonstrand",
            "roles": [Role.MODERATOR],
            "reads": ["zh", "ko", "en", "ru"],
            "ui_language": "zh",
        },
        "translator": {
            "name": "Mei Demonstrand",
            "roles": [Role.TRANSLATOR],
            "translates": ["fr:zh", "en:zh"],
            "ui_language": "zh",
        },
        "organiser": {"name": "Olga Demonstrand", "roles": [Role.ORGANISER]},
        "administrator": {"name": "Amir Demonstrand", "roles": [Role.ADMINISTRATOR]},
    }
    return {
        who: create_account(
            session,
            SYSTEM,
            email=f"{who}@demo.example",
            password=DEMONSTRATION,
            is_demo=True,
            **details,
        )
        for who, details in plan.items()
    }


def _edition(session: Session, slug: str, words: dict[str, Any]) -> Edition:
    plan = EDITIONS[slug]
    title = texts(words, "editions", slug)
    edition = organising.create_edition(
        session, SYSTEM, slug=slug, prefix=plan.prefix, language="en", **title["en"]
    )
    for code, table in title.items():
        organising.write_edition(session, SYSTEM, edition, code, **table)
    organising.change_edition(session, SYSTEM, edition, **call(slug))
    session.refresh(edition, ["tracks"])
    for track in edition.tracks:
        code = TrackCode(track.code)
        organising.change_track(session, SYSTEM, track, **rules(slug, code))
        for language, table in texts(words, "tracks", code.value).items():
            organising.write_track(session, SYSTEM, track, language, **table)
        _track_words(session, track, words)
    return edition


def _track_words(session: Session, track: Track, words: dict[str, Any]) -> None:
    """The track's own reason, and the messages prepared for its moderators."""
    code, verdicts, rule = OWN_REASONS[TrackCode(track.code)]
    table = texts(words, "reasons", code)
    first = {"language": "en", **table["en"]}
    reasons.create_reason(session, SYSTEM, track, code=code, verdicts=verdicts, rule=rule, **first)
    for language, columns in table.items():
        reasons.write_reason(session, SYSTEM, track, code, language, **columns)
    for key, verdict in MESSAGES[TrackCode(track.code)].items():
        table = texts(words, "messages", key)
        first = {"language": "en", **table["en"]}
        row = templates.create_template(session, SYSTEM, track, verdicts=[verdict], **first)
        for language, columns in table.items():
            templates.write_template(session, SYSTEM, row, language, **columns)


def _questions(
    session: Session, editions: Mapping[str, Edition], words: dict[str, Any]
) -> dict[str, Question]:
    themes = {}
    for slug, edition in editions.items():
        for code in THEMES:
            table = texts(words, "themes", code)
            theme = asking.create_theme(
                session, SYSTEM, edition, code=code, language="en", **table["en"]
            )
            for language, columns in table.items():
                asking.write_theme(session, SYSTEM, theme, language, **columns)
            themes[slug, code] = theme
    questions = {}
    for slug, (edition_slug, code, tracks) in QUESTIONS.items():
        table = texts(words, "questions", slug)
        question = asking.create_question(
            session,
            SYSTEM,
            themes[edition_slug, code],
            slug=slug,
            tracks=tracks,
            language="en",
            **table["en"],
        )
        for language, columns in table.items():
            asking.write_question(session, SYSTEM, question, language, **columns)
        questions[slug] = question
    return questions


def _pages(session: Session, words: dict[str, Any]) -> None:
    for slug in pages.SLUGS:
        for language, table in texts(words, "pages", slug).items():
            pages.save(session, SYSTEM, slug, language, **table)


def _volume(session: Session, edition: Edition, words: dict[str, Any]) -> None:
    """The proceedings of 2017, published; the worker makes their files."""
    table = texts(words, "volume")
    with clock.standing_at(VOLUME_PUBLISHED):
        volume = publishing.create_volume(
            session, SYSTEM, edition, VOLUME, {"en": table["en"]["title"]}
        )
        for language, columns in table.items():
            publishing.write_volume(session, SYSTEM, volume, language, **columns)
        contents.fill(session, SYSTEM, volume)
        publishing.publish(session, SYSTEM, volume)
    for language in ("multi", "fr", "ar", "zh"):
        for form in ("pdf", "epub"):
            publishing.request_build(session, SYSTEM, volume, language, form)
