"""Saving a draft, and everything that keeps a save from costing anybody a word."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.contributions.essay import EssayInput, unfit
from app.contributions.models import Contribution, Draft, DraftSave, Revision
from app.contributions.moves import theme_of, writable
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound, Several
from app.core.policy import Actor
from app.documents.profile import MAX_CHARACTERS
from app.editions.models import Question

NEWEST: Final = 50
"""Saves of a draft that are kept whatever their age."""
HOURLY_FOR: Final = timedelta(days=2)
"""Of older ones, the last of each hour is kept for so long, and the last of each day for good."""
MOST_ASIDES: Final = 20
THIN_EVERY: Final = 20
PAGE_LENGTH: Final = 40
TEXTS: Final = {
    "title": 300,
    "abstract": 5_000,
    "summary": 5_000,
    "body": MAX_CHARACTERS,
    "note": 5_000,
}
"""What is typed rather than chosen, and how long it may be, as in the editor's form."""


def save_draft(
    session: Session,
    actor: Actor,
    contribution_id: int,
    essay: EssayInput,
    *,
    seen_version: int,
    page: str = "",
    as_typed: bool = False,
) -> Draft:
    """Keep what was written, complete or not. Saving what is saved already changes nothing.

    ``seen_version`` is the draft's version the writer had before them, ``page`` the random name of
    the open page it comes from: a page whose answer was lost on the way saves over its own saves.
    ``as_typed`` leaves the body as it is instead of putting it into its canonical form: a save that
    comes every few seconds does not parse, and the next deliberate one makes up for it.

    Raises NotFound for a stranger, Conflict (``draft.changed_elsewhere``) where another save came
    between, Several where the text can't be kept.
    """
    contribution = writable(session, actor, contribution_id)
    if found := unfit(essay):
        raise Several(found)
    draft = session.get_one(Draft, contribution_id)
    columns = essay.columns(as_typed=as_typed)
    if _holds(draft, columns):
        return draft
    _check_seen(session, actor, draft, seen_version, page)
    return _store(session, actor, contribution, draft, columns, page)


def save_texts(
    session: Session,
    actor: Actor,
    contribution_id: int,
    texts: Mapping[str, str],
    *,
    seen_version: int,
    page: str,
) -> Draft:
    """Keep some of an essay's texts (:data:`TEXTS`) as typed, and leave all else as it is.

    What a page saves every few seconds is hardly ever anything else. Raises as :func:`save_draft`.
    """
    contribution = writable(session, actor, contribution_id)
    draft = session.get_one(Draft, contribution_id)
    _check_seen(session, actor, draft, seen_version, page)
    # The rest was found fit when it was saved.
    changed = EssayInput(language=draft.language, **_checked(texts))
    if found := unfit(changed):
        raise Several(found)
    typed = changed.columns(as_typed=True)
    columns = {name: typed[name] if name in texts else getattr(draft, name) for name in typed}
    # Only now: the rest of the page is as the draft only where nothing came between.
    if _holds(draft, columns):
        return draft
    return _store(session, actor, contribution, draft, columns, page)


def put_texts_aside(
    session: Session,
    actor: Actor,
    contribution_id: int,
    texts: Mapping[str, str],
    *,
    seen_version: int,
    page: str,
) -> None:
    """The same as :func:`put_aside`, of a page that sent only what it had changed."""
    seen = base_of(session, contribution_id, seen_version)
    seen = seen or EssayInput.of(session.get_one(Draft, contribution_id))
    essay = replace(seen, **_checked(texts))
    put_aside(session, actor, contribution_id, essay, seen_version=seen_version, page=page)


def _checked(texts: Mapping[str, str]) -> dict[str, Any]:
    for name, text in texts.items():
        if len(text) > TEXTS[name]:
            raise Invalid("text.too_long", field=name, limit=TEXTS[name])
    return dict(texts)


def _holds(draft: Draft, columns: Mapping[str, Any]) -> bool:
    return all(getattr(draft, name) == value for name, value in columns.items())


def _check_seen(session: Session, actor: Actor, draft: Draft, seen_version: int, page: str) -> None:
    if draft.version != seen_version and not _all_from(session, actor, draft, seen_version, page):
        raise Conflict("draft.changed_elsewhere", version=draft.version)


def _store(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    draft: Draft,
    columns: dict[str, Any],
    page: str,
) -> Draft:
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.saved_at = clock.now()
    if contribution.revision_id is None:
        _follow(session, contribution, draft)
    remember(session, actor, draft, columns, page=page)
    session.flush()
    if draft.version % THIN_EVERY == 0:
        thin(session, contribution.id)
    return draft


def _follow(session: Session, contribution: Contribution, draft: Draft) -> None:
    """Be known by what is being written; once handed in, it is known by what was handed in."""
    contribution.title = draft.title
    contribution.language = draft.language
    if contribution.question_id != draft.question_id:
        contribution.question_id = draft.question_id
        contribution.theme_id = theme_of(session, draft.question_id) or contribution.theme_id


def remember(
    session: Session, actor: Actor, draft: Draft, columns: dict[str, Any], *, page: str = ""
) -> None:
    """Add what the draft now is to its saves. A step of other operations."""
    session.add(_save(actor, draft.contribution_id, draft.version, columns, page))


def _save(
    actor: Actor, contribution_id: int, version: int, columns: dict[str, Any], page: str
) -> DraftSave:
    return DraftSave(
        contribution_id=contribution_id,
        version=version,
        account_id=actor.id,
        page=page[:PAGE_LENGTH],
        saved_at=clock.now(),
        characters=len(columns["body"]),
        content=columns,
    )


def _all_from(session: Session, actor: Actor, draft: Draft, seen_version: int, page: str) -> bool:
    """Whether every save after that version is this person's, from this very page."""
    if not page:
        return False
    later = session.execute(
        select(DraftSave.page, DraftSave.account_id).where(
            DraftSave.contribution_id == draft.contribution_id,
            DraftSave.version > seen_version,
            DraftSave.is_aside.is_(False),
        )
    ).all()
    own = (page[:PAGE_LENGTH], actor.id)
    return len(later) == draft.version - seen_version and all(tuple(row) == own for row in later)


def put_aside(
    session: Session,
    actor: Actor,
    contribution_id: int,
    essay: EssayInput,
    *,
    seen_version: int,
    page: str = "",
) -> None:
    """Keep what could not be saved since another save came between, so that it can be taken back.

    Of each open page the newest. Raises as :func:`save_draft` does.
    """
    writable(session, actor, contribution_id)
    if found := unfit(essay):
        raise Several(found)
    earlier = delete(DraftSave).where(
        DraftSave.contribution_id == contribution_id,
        DraftSave.is_aside,
        DraftSave.account_id == actor.id,
        DraftSave.page == page[:PAGE_LENGTH],
    )
    if page:
        session.execute(earlier)
    aside = _save(actor, contribution_id, seen_version, essay.columns(as_typed=True), page)
    aside.is_aside = True
    session.add(aside)
    session.flush()
    thin(session, contribution_id)


def take_back(session: Session, actor: Actor, contribution_id: int, save_id: int) -> Draft:
    """Make an earlier version the present one; the present one stays among the saves.

    Of a version that was written before the last submission, the answers to what was asked then
    stay where they are: those of today belong to today's request. Raises NotFound for a stranger or
    where there is no such save.
    """
    contribution = writable(session, actor, contribution_id)
    save = session.get(DraftSave, save_id)
    if save is None or save.contribution_id != contribution_id:
        raise NotFound("save.unknown")
    content = dict(save.content)
    # What an essay refers to may have been deleted since.
    if content["question_id"] and session.get(Question, content["question_id"]) is None:
        content["question_id"] = None
    if content["responds_to_id"] and session.get(Contribution, content["responds_to_id"]) is None:
        content["responds_to_id"] = None
    present = session.get_one(Draft, contribution_id)
    submitted = session.scalar(
        select(Revision.created_at).where(Revision.id == contribution.revision_id)
    )
    if submitted is not None and save.saved_at <= submitted:
        content |= {"note": present.note, "answers": present.answers}
    essay = essay_of(content)
    return save_draft(session, actor, contribution_id, essay, seen_version=present.version)


def essay_of(content: dict[str, Any]) -> EssayInput:
    """The essay of a save; fields that did not exist yet when it was made are empty."""
    empty = EssayInput(language=content["language"]).columns()
    return EssayInput.of(SimpleNamespace(**(empty | content)))  # type: ignore[arg-type]


def base_of(session: Session, contribution_id: int, version: int) -> EssayInput | None:
    """What that version was, or the newest kept before it: an ancestor serves a merge as well."""
    content = session.scalar(
        select(DraftSave.content)
        .where(
            DraftSave.contribution_id == contribution_id,
            DraftSave.version <= version,
            DraftSave.is_aside.is_(False),
        )
        .order_by(DraftSave.version.desc())
        .limit(1)
    )
    return None if content is None else essay_of(content)


def thin(session: Session, contribution_id: int) -> None:
    """Let go of saves nobody will look for. A step of other operations."""
    rows = session.execute(
        select(DraftSave.id, DraftSave.saved_at, DraftSave.is_aside)
        .where(DraftSave.contribution_id == contribution_id)
        .order_by(DraftSave.saved_at.desc(), DraftSave.id.desc())
    )
    saves, asides = list[tuple[int, datetime]](), list[int]()
    for id, saved_at, is_aside in rows:
        if is_aside:
            asides.append(id)
        else:
            saves.append((id, saved_at))
    gone = [*_thinned(saves), *asides[MOST_ASIDES:]]
    if gone:
        session.execute(delete(DraftSave).where(DraftSave.id.in_(gone)))


def _thinned(saves: list[tuple[int, datetime]]) -> list[int]:
    """Ids of those that go, of saves from the newest to the oldest, which stays: a base of all."""
    recent, spans, gone = clock.now() - HOURLY_FOR, set[tuple[int, ...]](), list[int]()
    for place, (id, at) in enumerate(saves[:-1]):
        span = (at.year, at.month, at.day, *((at.hour,) if at > recent else ()))
        if place >= NEWEST and span in spans:
            gone.append(id)
        spans.add(span)
    return gone
