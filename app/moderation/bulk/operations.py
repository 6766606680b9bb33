"""A run's life: asked for, taken by a worker, done one by one, stopped.

Each contribution is a transaction of its own, in which it is marked as done and done: whatever
happens to a worker, none is done twice, and those that wait are found again. Who may do what is
asked for each of them when its turn comes, of the account as it is then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core import clock, queue
from app.core.audit import AuditAction, record
from app.core.errors import DomainError, Forbidden, Invalid, NotFound, Several
from app.core.policy import Actor
from app.documents.text import normalise
from app.moderation.bulk.acts import VERDICTS, Action, act, can_ask
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.bulk.queries import MOST, found, is_takeable
from app.moderation.decisions.verdicts import NEEDS_WORDS, Reason
from app.moderation.search.language import Search

BULK_JOB: Final = "moderation.bulk"
LEASE: Final = timedelta(seconds=60)
"""A worker renews it with each contribution, which takes much less."""

LONGEST_WORDS: Final = 5_000
_OPEN: Final = (RunState.WAITING.value, RunState.RUNNING.value)
FAILED: Final = "bulk.failed"


def start(
    session: Session,
    actor: Actor,
    action: Action,
    search: Search,
    choices: Mapping[str, Any],
    *,
    number_seen: int,
) -> BulkRun:
    """Ask for it: what the search finds at this moment is what it will be done to.

    ``choices`` are ``reasons, words, words_language`` of a decision, ``to`` (an account's id) of
    who is given it. Raises Forbidden where the actor may not ask for that at all; Invalid where the
    search finds nothing, too much (``bulk.too_many``), or not as many as were seen before
    (``bulk.changed``); Several for what a decision lacks.
    """
    if not can_ask(actor, action):
        raise Forbidden("forbidden")
    kept = chosen(action, choices)
    ids = found(session, actor, search)
    if not ids:
        raise Invalid("bulk.nothing")
    if len(ids) > MOST:
        raise Invalid("bulk.too_many", limit=MOST)
    if len(ids) != number_seen:
        raise Invalid("bulk.changed")
    run = BulkRun(
        account_id=actor.id,
        search=str(search),
        action=action.value,
        choices=kept,
        asked_at=clock.now(),
    )
    session.add(run)
    session.flush()
    session.execute(insert(BulkItem), [{"run_id": run.id, "contribution_id": id} for id in ids])
    record(session, actor, AuditAction.BULK_STARTED, run.id, what=action.value, number=len(ids))
    queue.request(session, BULK_JOB, run.id)
    return run


def chosen(action: Action, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What of the choices belongs to the action. Raises Several for what it lacks."""
    if action is Action.ASSIGN:
        if not choices.get("to"):
            raise Several([Invalid("required", field="to")])
        return {"to": choices["to"]}
    if action not in VERDICTS:
        return {}
    verdict = VERDICTS[action]
    words = normalise(choices.get("words", "")).strip() if action is not Action.SPAM else ""
    reasons = [] if action is Action.SPAM else list(choices.get("reasons", ()))
    wrong = []
    if action is not Action.SPAM and not reasons:
        wrong.append(Invalid("decision.reasons_needed", field="reasons"))
    if verdict in NEEDS_WORDS and not words:
        wrong.append(Invalid("decision.words_needed", field="words"))
    if len(words) > LONGEST_WORDS:
        wrong.append(Invalid("text.too_long", field="words", limit=LONGEST_WORDS))
    if wrong:
        raise Several(wrong)
    return {
        "reasons": [Reason(code).value for code in reasons],
        "words": words,
        "words_language": choices.get("words_language", ""),
    }


def stop(session: Session, actor: Actor, run_id: int) -> bool:
    """Do no more of it; False where it was over already. Raises NotFound for a stranger."""
    run = session.get(BulkRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or actor.id is None or run.account_id != actor.id:
        raise NotFound("bulk.unknown")
    if run.state not in _OPEN:
        return False
    run.state, run.finished_at = RunState.STOPPED.value, clock.now()
    record(session, actor, AuditAction.BULK_STOPPED, run_id)
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

    Raises what the operation raises; the transaction is to be rolled back then, and the refusal
    noted by :func:`refuse`.
    """
    run = _begin_item(session, run_id, contribution_id, {"state": ItemState.DONE.value})
    if run is not None:
        account = session.get(Account, run.account_id, populate_existing=True)
        if account is None or not account.active:
            raise Forbidden("forbidden")
        act(session, account.actor, contribution_id, Action(run.action), run.choices)


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
) -> BulkRun | None:
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
        .returning(BulkItem.contribution_id)
    )
    return run if written.first() is not None else None


def finish(session: Session, run_id: int) -> None:
    """All have had their turn: the run is over."""
    waits = exists().where(BulkItem.run_id == run_id, BulkItem.state == ItemState.WAITING.value)
    session.execute(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING.value, ~waits)
        .values(state=RunState.DONE.value, finished_at=clock.now(), leased_until=None)
        .execution_options(synchronize_session=False)
    )
