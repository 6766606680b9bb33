"""Brings the demonstration into an empty database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.operations import create_account
from app.accounts.passwords import DEMONSTRATION
from app.contributions import operations as writing
from app.contributions.figures.operations import Picture, attach, put_file
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import SYSTEM, Actor, Role, TrackCode
from app.demonstration.content import Essay, essays, site, texts
from app.editions import operations as organising
from app.editions import theme_operations as asking
from app.editions.models import Edition, Question
from app.library import pages
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.transparency import counting
from app.proceedings import contents
from app.proceedings import operations as publishing


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition's calendar: its window, when its essays were written and when decided on."""

    prefix: str
    opens_at: datetime
    closes_at: datetime | None
    written: datetime
    decided: datetime


EDITIONS: Final = {
    "2017": Plan(
        prefix="2017",
        opens_at=datetime(2017, 4, 7, 8, tzinfo=UTC),
        closes_at=datetime(2017, 7, 1, 8, tzinfo=UTC),
        written=datetime(2017, 5, 2, 9, tzinfo=UTC),
        decided=datetime(2017, 7, 10, 9, tzinfo=UTC),
    ),
    "standing": Plan(
        prefix="S",
        opens_at=datetime(2017, 7, 1, 8, tzinfo=UTC),
        closes_at=None,
        written=datetime(2025, 9, 1, 9, tzinfo=UTC),
        decided=datetime(2025, 10, 6, 9, tzinfo=UTC),
    ),
}
THEMES: Final = ("prevention", "response", "governance")
BOTH: Final = (TrackCode.JURIST, TrackCode.DIGITAL_ACTOR)
QUESTIONS: Final = {
    "2017-state-measures": ("2017", "prevention", BOTH),
    "2017-suppliers-duties": ("2017", "prevention", (TrackCode.DIGITAL_ACTOR,)),
    "2017-private-response": ("2017", "response", BOTH),
    "2017-countermeasures": ("2017", "response", (TrackCode.JURIST,)),
    "2017-new-structure": ("2017", "governance", BOTH),
    "2017-private-actors-place": ("2017", "governance", BOTH),
    "due-diligence-today": ("standing", "prevention", (TrackCode.JURIST,)),
    "security-by-design": ("standing", "prevention", (TrackCode.DIGITAL_ACTOR,)),
    "attribution-evidence": ("standing", "response", BOTH),
    "norms-into-practice": ("standing", "governance", BOTH),
}
LENGTHS: Final = {TrackCode.JURIST: (500, 6_000), TrackCode.DIGITAL_ACTOR: (300, 4_000)}
CHARACTERS: Final = {TrackCode.JURIST: (800, 12_000), TrackCode.DIGITAL_ACTOR: (600, 8_000)}
REQUIRED: Final = {
    TrackCode.JURIST: ("abstract", "question", "field_of_law", "jurisdiction"),
    TrackCode.DIGITAL_ACTOR: ("abstract", "question", "sector", "role"),
}
LICENCES: Final = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-ND-4.0", "permission")
VERDICTS: Final = {
    State.PUBLISHED: (Verdict.ACCEPT, (Reason.RELEVANT,), ""),
    State.CHANGES_REQUESTED: (
        Verdict.CHANGES,
        (Reason.SOURCES, Reason.UNCLEAR),
        "Bitte belegen Sie die Aussage über die Staatenpraxis und führen Sie den letzten Abschnitt "
        "auf die Frage zurück.",
    ),
    State.REJECTED: (
        Verdict.REJECT,
        (Reason.OFF_TOPIC,),
        "Статья написана добросовестно, но посвящена праву потребителей, а не вопросу выпуска.",
    ),
}
WORDS_LANGUAGE: Final = {State.CHANGES_REQUESTED: "de", State.REJECTED: "ru"}
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
        editions = {slug: _edition(session, slug, words) for slug in EDITIONS}
        questions = _questions(session, editions, words)
        _pages(session, words)
    for slug in EDITIONS:
        _essays(session, editions[slug], questions, people, store)
    _volume(session, editions["2017"], words)
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
    organising.change_edition(
        session,
        SYSTEM,
        edition,
        slug=slug,
        prefix=plan.prefix,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        time_zone="Europe/Paris",
        is_open=True,
        release_later=False,
    )
    session.refresh(edition, ["tracks"])
    for track in edition.tracks:
        code = TrackCode(track.code)
        organising.change_track(
            session,
            SYSTEM,
            track,
            min_length=LENGTHS[code][0],
            max_length=LENGTHS[code][1],
            min_characters=CHARACTERS[code][0],
            max_characters=CHARACTERS[code][1],
            required_fields=REQUIRED[code],
            licences=LICENCES,
        )
        for language, table in texts(words, "tracks", code.value).items():
            organising.write_track(session, SYSTEM, track, language, **table)
    return edition


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


def _essays(
    session: Session,
    edition: Edition,
    questions: Mapping[str, Question],
    people: Mapping[str, Account],
    store: ObjectStore,
) -> None:
    """Each written a day after the one before, and decided on later, in the same order."""
    plan = EDITIONS[edition.slug]
    written, decided = plan.written, plan.decided
    mine = [essay for essay in essays() if essay.edition == edition.slug]
    for days, essay in enumerate(mine):
        owner = people["jurist" if essay.track == TrackCode.JURIST else "actor"]
        with clock.standing_at(written + timedelta(days=days)):
            contribution = _write(
                session, edition, questions[essay.question], essay, owner.actor, store
            )
        if essay.state in VERDICTS:
            with clock.standing_at(decided + timedelta(days=days)):
                _decide(session, contribution, essay.state, people["moderator"].actor)


def _write(
    session: Session,
    edition: Edition,
    question: Question,
    essay: Essay,
    author: Actor,
    store: ObjectStore,
) -> Contribution:
    contribution = writing.open_draft(
        session, author, edition, essay.track, language=essay.content.language, question=question
    )
    for image in essay.figures:
        picture = Picture.of(image)
        put_file(store, picture, image.data)
        attach(session, author, contribution.id, picture)
    content = replace(essay.content, question_id=question.id)
    writing.save_draft(session, author, contribution.id, content, seen_version=1)
    if essay.state != State.DRAFT:
        writing.submit(session, author, contribution.id)
    return contribution


def _decide(session: Session, contribution: Contribution, state: State, moderator: Actor) -> None:
    verdict, reasons, words = VERDICTS[state]
    deciding.claim_and_decide(
        session,
        moderator,
        contribution.id,
        verdict,
        reasons=reasons,
        words=words,
        words_language=WORDS_LANGUAGE.get(state, ""),
    )


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
