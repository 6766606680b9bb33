"""What moderation holds of a person."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.personal import as_json, columns
from app.contributions.models import Contribution
from app.core.personal import NOTHING, Answer, Keeper, Part
from app.moderation.appeals.models import Appeal
from app.moderation.bulk.models import BulkRun
from app.moderation.claims.models import Claim
from app.moderation.conflicts.models import Conflict
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.queries import is_told
from app.moderation.looks.models import Look
from app.moderation.reports.models import Report, ReportCase
from app.moderation.sampling.models import SecondLook
from app.moderation.talk.models import Audience, Message

TABLES: Final[Mapping[str, Answer]] = {
    "claim": Answer(
        "what a moderator has in hand", "not: it lasts an hour or so", "the moderator’s are deleted"
    ),
    "decision": Answer(
        "verdicts and words to authors; the moderator’s account",
        "`decisions.json` (to the author, without the moderator), `decisions-made.json`",
        "kept: the record of what was decided; the moderator’s number has no name any more",
    ),
    "appeal": Answer(
        "an author’s words against a decision, and who answered",
        "`appeals.json` (the author’s), `appeals-answered.json`",
        "kept: part of the record; the accounts’ numbers have no name any more",
    ),
    "bulk_item": NOTHING,
    "coded_reason": NOTHING,
    "bulk_run": Answer(
        "what somebody had done to many contributions at once",
        "`bulk.json`",
        "kept with the account’s number",
    ),
    "conflict": Answer(
        "conflicts of interest somebody declared as a moderator or an organiser",
        "`conflicts.json`",
        "deleted",
    ),
    "decision_mark": Answer(
        "who released, seconded or undid a decision, and why",
        "`decision-marks.json`",
        "kept: a number without a name",
    ),
    "inspection": NOTHING,
    "look": Answer(
        "when a moderator last looked at an essay, the time before, and what was there",
        "`looks.json`",
        "deleted",
    ),
    "message_template": NOTHING,
    "message": Answer(
        "notes of moderators, messages to and from an author",
        "`messages.json` (one’s own, and those to one as an author)",
        "kept: part of the record; the account’s number has no name any more",
    ),
    "report": Answer(
        "what a reader reported, who it was, where they want an answer until the case is closed",
        "`reports.json`",
        "the report stays without its sender and address",
    ),
    "report_case": Answer(
        "who closed a case, and their words",
        "`cases-closed.json`",
        "kept: the account’s number has no name any more",
    ),
    "resemblance": NOTHING,
    "second_look": Answer(
        "who looked at a decision a second time, what they would have decided, and why",
        "`second-looks.json`",
        "kept: the account’s number has no name any more",
    ),
    "sketch": NOTHING,
    "transparency_report": NOTHING,
}


def collect(session: Session, account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """What was decided on one's essays, and what one has decided as a moderator."""
    found = session.execute(
        select(Decision, Contribution.owner_id, Contribution.number)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            or_(
                and_(Contribution.owner_id == account_id, is_told()),
                Decision.moderator_id == account_id,
            )
        )
        .order_by(Decision.id)
    ).all()
    # Authors are not told who decided.
    hidden = frozenset({"moderator_id"})
    own = [
        {**columns(each, without=hidden), "number": number}
        for each, owner_id, number in found
        if owner_id == account_id
    ]
    made = [
        {**columns(each), "number": number}
        for each, _owner_id, number in found
        if each.moderator_id == account_id
    ]
    yield Part("decisions.json", as_json(own))
    if made:
        yield Part("decisions-made.json", as_json(made))
    for name, statement, without in _parts(account_id):
        if rows := session.scalars(statement).all():
            yield Part(name, as_json([columns(row, without=without) for row in rows]))


def _parts(account_id: int) -> Iterator[tuple[str, Select[Any], frozenset[str]]]:
    """Name of a file, the rows in it, and the columns that aren't the person's to see."""
    own = select(Contribution.id).where(Contribution.owner_id == account_id)
    written = Message.sender_id == account_id
    told = and_(Message.contribution_id.in_(own), Message.audience == Audience.AUTHOR)
    for name, model, mine, without in (
        ("appeals.json", Appeal, Appeal.contribution_id.in_(own), {"answered_by_id"}),
        ("appeals-answered.json", Appeal, Appeal.answered_by_id == account_id, set()),
        ("bulk.json", BulkRun, BulkRun.account_id == account_id, set()),
        ("cases-closed.json", ReportCase, ReportCase.closed_by_id == account_id, set()),
        ("conflicts.json", Conflict, Conflict.account_id == account_id, set()),
        ("decision-marks.json", DecisionMark, DecisionMark.account_id == account_id, set()),
        ("looks.json", Look, Look.moderator_id == account_id, set()),
        ("messages.json", Message, or_(written, told), {"sender_id"}),
        ("reports.json", Report, Report.reporter_id == account_id, set()),
        ("second-looks.json", SecondLook, SecondLook.looked_by_id == account_id, set()),
    ):
        yield name, select(model).where(mine), frozenset(without)


def erase(session: Session, account_id: int, _anonymous: bool) -> None:
    """Let go of what the moderator has in hand, saw and declared, and of a report's sender."""
    session.execute(delete(Claim).where(Claim.moderator_id == account_id))
    session.execute(delete(Look).where(Look.moderator_id == account_id))
    session.execute(delete(Conflict).where(Conflict.account_id == account_id))
    session.execute(
        update(Report).where(Report.reporter_id == account_id).values(reporter_id=None, email="")
    )


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)
