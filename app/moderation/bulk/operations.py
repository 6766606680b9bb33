"""A run's life: prepared, confirmed, taken by a worker, done one by one, stopped.

What is confirmed is a list that was looked at: which contributions, and which revision of each.
What comes in later isn't in it; what has changed by its turn is left alone, and reported.

Each contribution is a transaction of its own, in which it is marked as done and done: whatever
happens to a worker, none is done twice, and those that wait are found again. Who may do what is
asked for each of them when its turn comes, of the account as it is then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.moves import lock
from app.core import clock, queue
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Several
from app.core.languages import CODES
from app.core.policy import Actor
from app.documents.text import normalise, unkeepable
from app.moderation.bulk.acts import GIVING, NOTED, VERDICTS, Action, Seen, act, can_ask
from app.moderation.bulk.models import (
    KEPT_EXPIRED,
    KEPT_UNCONFIRMED,
    BulkItem,
    BulkRun,
    ItemState,
    RunState,
)
from app.moderation.bulk.queries import MOST, as_items, is_found, is_takeable
from app.moderation.bulk.tracks import of_run
from app.moderation.claims.handing import GIVEN, LONGEST_NOTE, tell_of_many
from app.moderation.claims.models import Claim
from app.moderation.decisions.verdicts import Verdict
from app.moderation.decisions.written import Written
from app.moderation.search.language import Search

BULK_JOB: Final = "moderation.bulk"
FORGET_JOB: Final = "moderation.forget_bulk"
LEASE: Final = timedelta(seconds=60)
"""A worker renews it with each contribution, which takes much less."""

LONGEST_WORDS: Final = 5_000
_OPEN: Final = (RunState.WAITING.value, RunState.RUNNING.value)
FAILED: Final = "bulk.failed"


def prepare(
    session: Session, actor: Actor, action: Action, search: Search, choices: Mapping[str, Any]
) -> BulkRun:
    """Write down what the search finds at this moment, for the actor to look at and confirm.

    ``choices`` are ``reasons, points, words, words_language`` of a decision or a message, ``to``
    (an account's id) of who is given it, ``note`` for moderators. Raises Forbidden where the actor
    may not ask for that at all; Invalid where the search finds nothing or too much
    (``bulk.too_many``); Several for what the action lacks.
    """
    if not can_ask(actor, action):
        raise Forbidden("forbidden")
    kept = chosen(action, choices)
    run = BulkRun(
        account_id=actor.id,
        search=str(search),
        action=action.value,
        choices=kept,
        asked_at=clock.now(),
    )
    session.add(run)
    session.flush()
    columns = ["run_id", "contribution_id", "revision", "decision_id", "state", "code", "data"]
    items = insert(BulkItem).from_select(columns, as_items(actor, search, run.id))
    counted = session.execute(items, execution_options={"preserve_rowcount": True})
    number = cast(CursorResult[Any], counted).rowcount
    if not number:
        raise Invalid("bulk.nothing")
    if number > MOST:
        raise Invalid("bulk.too_many", limit=MOST)
    if action in VERDICTS:
        _must_be_offered(session, run, VERDICTS[action])
    return run


def _must_be_offered(session: Session, run: BulkRun, verdict: Verdict) -> None:
    """Raises Invalid for a reason that none of its tracks offers for that decision."""
    reasons = [each for track in of_run(session, run.id) for each in track.reasons]
    if not {*run.choices["reasons"]} <= {each.code for each in reasons if each.fits(verdict)}:
        raise Invalid("bulk.reason_not_offered", field="reasons")


def leave_out(session: Session, actor: Actor, run_id: int, ids: Iterable[int]) -> None:
    """Take contributions out of what is not confirmed yet. Raises NotFound for a stranger."""
    run = _own(session, actor, run_id)
    if run.confirmed_at is None and run.state == RunState.WAITING.value:
        session.execute(
            delete(BulkItem).where(BulkItem.run_id == run_id, BulkItem.contribution_id.in_(ids))
        )


def confirm(session: Session, actor: Actor, run_id: int) -> bool:
    """Have it done, to nothing but what was found then; False where that was said already.

    Raises NotFound for a stranger, Invalid (``bulk.nothing``) where everything was left out,
    Conflict (``bulk.too_old``) where it was found longer than :data:`KEPT_UNCONFIRMED` ago.
    """
    run = _own(session, actor, run_id)
    if run.confirmed_at is not None or run.state != RunState.WAITING.value:
        return False
    if run.asked_at <= clock.now() - KEPT_UNCONFIRMED:
        raise Conflict("bulk.too_old")
    items = select(func.count()).select_from(BulkItem).where(BulkItem.run_id == run_id)
    number = session.scalars(items).one()
    if not number:
        raise Invalid("bulk.nothing")
    run.confirmed_at = clock.now()
    record(session, actor, AuditAction.BULK_STARTED, run_id, what=run.action, number=number)
    queue.request(session, BULK_JOB, run_id)
    return True


def _own(session: Session, actor: Actor, run_id: int) -> BulkRun:
    """The run, locked. Raises NotFound for a stranger."""
    run = session.get(BulkRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or actor.id is None or run.account_id != actor.id:
        raise NotFound("bulk.unknown")
    return run


def expired(session: Session) -> Sequence[int]:
    """Ids of the runs nobody confirmed, that expired :data:`KEPT_EXPIRED` ago."""
    return session.scalars(select(BulkRun.id).where(_is_expired()).order_by(BulkRun.id)).all()


def forget(session: Session, run_id: int) -> None:
    """Remove a run that expired :data:`KEPT_EXPIRED` ago, with its list; any other stays."""
    session.execute(delete(BulkRun).where(BulkRun.id == run_id, _is_expired()))


def _is_expired() -> ColumnElement[bool]:
    return and_(
        BulkRun.state == RunState.WAITING.value,
        BulkRun.confirmed_at.is_(None),
        BulkRun.asked_at <= clock.now() - KEPT_UNCONFIRMED - KEPT_EXPIRED,
    )


def chosen(action: Action, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What of the choices belongs to the action. Raises Several for what it lacks."""
    kept: dict[str, Any] = {}
    wrong: list[Invalid] = []
    if action in GIVING:
        kept["to"] = choices.get("to")
        if not kept["to"]:
            wrong.append(Invalid("required", field="to"))
    if action in NOTED:
        kept["note"] = normalise(choices.get("note", "")).strip()
        wrong += _unfit(kept["note"], "note", needed=action not in GIVING)
    if action in VERDICTS:
        written = _written(VERDICTS[action], choices)
        kept |= {"reasons": [*written.reasons], "points": [*written.points]}
        kept |= {"words": written.words, "words_language": written.language}
        wrong += written.lacks() if action is not Action.SPAM else []
    if action is Action.MESSAGE:
        kept["words"] = normalise(choices.get("words", "")).strip()
        kept["words_language"] = choices.get("words_language", "")
        wrong += _unfit(kept["words"], "words", needed=True)
        if kept["words_language"] not in CODES:
            wrong.append(Invalid("language.unknown", field="words_language"))
    if wrong:
        raise Several(wrong)
    return kept


def _written(verdict: Verdict, choices: Mapping[str, Any]) -> Written:
    if verdict is Verdict.SPAM:
        return Written(verdict)
    words = normalise(choices.get("words", "")).strip()
    asked = choices.get("points", ()) if verdict is Verdict.CHANGES else ()
    points = tuple(point for each in asked if (point := " ".join(normalise(each).split())))
    return Written(
        verdict,
        reasons=tuple(choices.get("reasons", ())),
        words=words,
        language=choices.get("words_language", "") if words or points else "",
        points=points,
    )


def _unfit(words: str, field: str, *, needed: bool) -> list[Invalid]:
    if needed and not words:
        return [Invalid("required", field=field)]
    limit = LONGEST_WORDS if needed else LONGEST_NOTE
    if len(words) > limit:
        return [Invalid("text.too_long", field=field, limit=limit)]
    return [
        Invalid(each.code, field=field, line=each.line, **each.data)
        for each in unkeepable(words)[:1]
    ]


def stop(session: Session, actor: Actor, run_id: int) -> bool:
    """Do no more of it; False where it was over already. Raises NotFound for a stranger."""
    run = _own(session, actor, run_id)
    if run.state not in _OPEN:
        return False
    run.state, run.finished_at = RunState.STOPPED.value, clock.now()
    record(session, actor, AuditAction.BULK_STOPPED, run_id)
    _tell_receiver(session, run)
    return True


def due(session: Session) -> Sequence[int]:
    """Ids of the runs that wait, or whose worker has fallen silent."""
    wanted = select(BulkRun.id).where(is_takeable(clock.now())).order_by(BulkRun.id)
    return session.scalars(wanted).all()


def take(session: Session, run_id: int) -> bool:
    """Begin with a run, or take it up again; False where there is nothing to take."""
    taken = session.execute(
        update(BulkRun)
        .where(BulkRun.id == run_id, is_takeable(clock.now()))
        .values(state=RunState.RUNNING.value, leased_until=clock.now() + LEASE)
        .returning(BulkRun.id)
    )
    return taken.first() is not None


def next_item(session: Session, run_id: int) -> int | None:
    """Id of the contribution whose turn it is; None when the run is over."""
    return session.scalar(
        select(BulkItem.contribution_id)
        .join(BulkRun, BulkRun.id == BulkItem.run_id)
        .where(
            BulkItem.run_id == run_id,
            BulkItem.state == ItemState.WAITING.value,
            BulkRun.state == RunState.RUNNING.value,
        )
        .order_by(BulkItem.contribution_id)
        .limit(1)
    )


def do(session: Session, run_id: int, contribution_id: int) -> None:
    """Do it to one contribution, and mark it as done, unless that has happened or it was stopped.

    Raises what the operation raises, and Conflict (``decision.newer_revision``) where it isn't what
    was seen any more; the transaction is to be rolled back then, and the refusal noted by
    :func:`refuse`.
    """
    begun = _begin_item(session, run_id, contribution_id, {"state": ItemState.DONE.value})
    if begun is None:
        return
    run, seen = begun
    account = session.get(Account, run.account_id, populate_existing=True)
    if account is None or not account.active:
        raise Forbidden("forbidden")
    _must_be_as_seen(session, account.actor, seen)
    act(session, account.actor, seen, Action(run.action), run.choices)


def _must_be_as_seen(session: Session, actor: Actor, seen: Seen) -> None:
    """Of what they may not see any more, they aren't told that either: the operation says so."""
    contribution = lock(session, seen.contribution_id)
    number = session.scalar(select(Revision.number).where(Revision.id == contribution.revision_id))
    if (number or 0) != seen.revision and is_found(session, actor, seen.contribution_id):
        raise Conflict("decision.newer_revision", number=number)


def refuse(session: Session, run_id: int, contribution_id: int, error: DomainError | None) -> None:
    """Note why it could not be done to one; None: for no reason that was foreseen."""
    if isinstance(error, Several):
        error = error.errors[0]
    values = {
        "state": ItemState.REFUSED.value,
        "code": error.code if error else FAILED,
        "data": {name: _plain(value) for name, value in error.data.items()} if error else {},
    }
    _begin_item(session, run_id, contribution_id, values)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _begin_item(
    session: Session, run_id: int, contribution_id: int, values: dict[str, Any]
) -> tuple[BulkRun, Seen] | None:
    """Write an item's answer while the run goes on; None where that isn't to be done any more.

    The run's row is held until the end of the transaction, so that two workers who both think it
    theirs do one after the other, and whoever stops it waits for the one that is being done.
    """
    run = session.scalar(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING.value)
        .values(leased_until=clock.now() + LEASE)
        .returning(BulkRun)
        .execution_options(populate_existing=True)
    )
    if run is None:
        return None
    written = session.execute(
        update(BulkItem)
        .where(
            BulkItem.run_id == run_id,
            BulkItem.contribution_id == contribution_id,
            BulkItem.state == ItemState.WAITING.value,
        )
        .values(**values)
        .returning(BulkItem.contribution_id, BulkItem.revision, BulkItem.decision_id)
    ).one_or_none()
    return (run, Seen(*written)) if written is not None else None


def hand_on(session: Session, run_id: int) -> None:
    """Let any worker go on with it, after what else waits."""
    session.execute(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING.value)
        .values(leased_until=None)
    )
    queue.request(session, BULK_JOB, run_id)


def finish(session: Session, run_id: int) -> None:
    """All have had their turn: the run is over."""
    waits = exists().where(BulkItem.run_id == run_id, BulkItem.state == ItemState.WAITING.value)
    run = session.scalar(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING.value, ~waits)
        .values(state=RunState.DONE.value, finished_at=clock.now(), leased_until=None)
        .returning(BulkRun)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if run is not None:
        _tell_receiver(session, run)


def _tell_receiver(session: Session, run: BulkRun) -> None:
    """Owe who was given something one mail with all of it they still have in hand."""
    if Action(run.action) not in GIVING or run.confirmed_at is None:
        return
    receiver = session.get_one(Account, run.choices["to"])
    given = session.execute(
        select(Contribution, Claim)
        .join(BulkItem, BulkItem.contribution_id == Contribution.id)
        .join(Claim, Claim.contribution_id == Contribution.id)
        .where(
            BulkItem.run_id == run.id,
            BulkItem.state == ItemState.DONE.value,
            Claim.moderator_id == receiver.id,
            # What was theirs before this run was not given to them by it.
            Claim.expires_at >= run.confirmed_at + GIVEN,
        )
        .order_by(Contribution.waiting_since, Contribution.id)
    ).all()
    if given:
        tell_of_many(
            session,
            receiver,
            [(essay, claim) for essay, claim in given],
            run.id,
            giver_id=run.account_id,
            note=run.choices.get("note", ""),
            note_language=session.get_one(Account, run.account_id).ui_language,
        )
