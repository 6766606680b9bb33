"""An essay with everybody around it, and what is given to whoever tries something."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import AuthorAffiliation, Contribution, TakeDown
from app.contributions.states import State
from app.core import clock
from app.core.policy import NOBODY, Actor, Role
from app.editions.models import Edition
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.verdicts import Verdict
from app.moderation.reports.models import CaseOutcome, ReportCase
from app.moderation.sampling.models import SecondLook
from app.moderation.talk.models import Audience, Message
from tests.factories import Cast, make_account, make_contribution

NOWHERE: Final = 999_999

ORGANISERS: Final = ("organiser", "administrator")
#: ``moderator`` made the last decision there is.
MODERATORS: Final = ("moderator", "jurist_moderator")
#: Moderators of its language and track, each with a conflict of interest of another kind;
#: ``overruled`` decided before an appeal that was granted.
CONFLICTED: Final = ("co_author", "asked_co_author", "declared", "affiliated", "overruled")
#: ``former`` moderated, and has it in hand.
OUTSIDERS: Final = ("stranger", "visitor", "wrong_language", "wrong_track", "former")
PEOPLE: Final = ("author", *MODERATORS, *ORGANISERS, *CONFLICTED, *OUTSIDERS)


@dataclass(frozen=True)
class Scene:
    """An essay, the last decision on it (None where nothing was handed in), and who is there."""

    essay: Contribution
    made: Decision | None
    people: dict[str, Actor]
    colleague: int

    @property
    def id(self) -> int:
        return self.essay.id

    @property
    def decision(self) -> int:
        return self.made.id if self.made else NOWHERE


Given = Callable[[Session, Actor, Scene], int]


def nothing(_session: Session, _who: Actor, _it: Scene) -> int:
    return NOWHERE


def in_hand(session: Session, who: Actor, it: Scene) -> int:
    """It is in the hands of whoever tries."""
    if who.id is not None:
        claiming.give(session, it.id, who.id, clock.now() + timedelta(minutes=5))
    return NOWHERE


def proposed(session: Session, who: Actor, it: Scene) -> int:
    in_hand(session, who, it)
    return decided(session, it, standing=Standing.PROPOSED)


def another_track(session: Session, _who: Actor, it: Scene) -> int:
    return decided(session, it, verdict=Verdict.WRONG_TRACK, new_track="digital_actor")


def told(session: Session, _who: Actor, it: Scene) -> int:
    return decided(session, it)


def decided(session: Session, it: Scene, **changes: Any) -> int:
    """Another decision by the same moderator, which counts at once unless changed."""
    if it.made is None:
        return NOWHERE
    values = {"standing": Standing.FINAL, **changes}
    return rejected(session, it.essay, it.made.moderator_id, **values).id


def appealed(session: Session, _who: Actor, it: Scene) -> int:
    if it.made is None:
        return NOWHERE
    made = Appeal(contribution_id=it.id, decision_id=it.decision, words="Non.", language="fr")
    session.add(made)
    session.flush()
    return made.id


def drawn(session: Session, _who: Actor, it: Scene) -> int:
    """The last decision waits for a second look, which nobody may appeal against."""
    if it.made is None:
        return NOWHERE
    session.get_one(Edition, it.essay.edition_id).appeal_days = 0
    session.add(SecondLook(decision_id=it.decision, track=it.essay.track))
    session.flush()
    return it.decision


def appeal_in_hand(session: Session, who: Actor, it: Scene) -> int:
    in_hand(session, who, it)
    return appealed(session, who, it)


def addressed(session: Session, _who: Actor, it: Scene) -> int:
    session.add(
        Message(
            contribution_id=it.id,
            audience=Audience.AUTHOR.value,
            sender_id=it.people["moderator"].id,
            words="Hm?",
            language="fr",
        )
    )
    return NOWHERE


def reported(session: Session, _who: Actor, it: Scene) -> int:
    if it.made is None:
        return NOWHERE
    case = ReportCase(contribution_id=it.id)
    session.add(case)
    session.flush()
    return case.id


def taken_down(session: Session, _who: Actor, it: Scene) -> int:
    """By that case, if it is down."""
    if it.made is None:
        return NOWHERE
    case = ReportCase(
        contribution_id=it.id, outcome=CaseOutcome.REMOVED.value, closed_at=clock.now()
    )
    case.take_down_id = take_down(session, it)
    session.add(case)
    session.flush()
    return case.id


def take_down(session: Session, it: Scene) -> int | None:
    """Id of the taking down of it, if it is down."""
    return session.scalar(select(TakeDown.id).where(TakeDown.contribution_id == it.id))


def down(session: Session, _who: Actor, it: Scene) -> int:
    return take_down(session, it) or NOWHERE


def everybody(session: Session, cast: Cast) -> dict[str, Account]:
    """All :data:`PEOPLE` who have an account, and an organiser who has declared a conflict.

    What the latter may do is tried for every kind of conflict in ``tests/moderation/organising``.
    """
    make = partial(make_account, session)
    found = {
        "author": cast.author,
        **{name: getattr(cast, name) for name in (*MODERATORS, *ORGANISERS)},
        **{name: make(f"{name}@example.org", Role.MODERATOR) for name in CONFLICTED},
        "stranger": cast.stranger,
        "wrong_language": make("arabic@example.org", Role.MODERATOR, reads=["ar"]),
        "wrong_track": make("digital@example.org", Role.MODERATOR, serves=["digital_actor"]),
        "former": make("former@example.org"),
        "organiser_apart": make("organiser.apart@example.org", Role.ORGANISER),
    }
    # Moderates, too, but never an essay of their own.
    found["author"].roles = list({*cast.author.roles, *cast.moderator.roles})
    found["author"].reads, found["author"].serves = ["fr"], ["jurist"]
    found["former"].reads, found["former"].serves = ["fr"], ["jurist"]
    found["affiliated"].affiliation = "Université de Genève"
    return found


def scene(
    session: Session, cast: Cast, edition: Edition, state: State, accounts: dict[str, Account]
) -> Scene:
    """The author's essay in that state, which the moderator rejected, pending."""
    essay = make_contribution(session, cast.author, edition=edition, state=state)
    into_conflict(session, cast, essay, accounts)
    made = None
    if essay.revision_id is not None:
        made = rejected(session, essay, cast.moderator.id)
    session.flush()
    people = {name: account.actor for name, account in accounts.items()}
    return Scene(essay, made, people | {"visitor": NOBODY}, cast.other_moderator.id)


def into_conflict(
    session: Session, cast: Cast, essay: Contribution, accounts: dict[str, Account]
) -> None:
    """Give each of those their conflict of interest with the essay."""
    for name, answer in (("co_author", Answer.CONFIRMED), ("asked_co_author", Answer.WAITING)):
        confirmed = answer is Answer.CONFIRMED
        session.add(
            Invitation(
                contribution_id=essay.id,
                author_key=name,
                email="" if confirmed else accounts[name].email,
                language="en",
                state=answer.value,
                account_id=accounts[name].id if confirmed else None,
                invited_by_id=cast.author.id,
                expires_at=clock.now() + timedelta(days=9),
            )
        )
    essay.co_authors = {str(accounts["co_author"].id): False}
    kind = ConflictKind.RIVALRY.value
    for name in ("declared", "organiser_apart"):
        declared = accounts[name].id
        session.add(Conflict(account_id=declared, contribution_id=essay.id, kind=kind))
    key = accounts["affiliated"].affiliation_key
    session.add(AuthorAffiliation(contribution_id=essay.id, key=key))
    if essay.revision_id is not None:
        before = rejected(session, essay, accounts["overruled"].id)
        session.add(
            Appeal(
                contribution_id=essay.id,
                decision_id=before.id,
                words="Non.",
                language="fr",
                outcome=Outcome.GRANTED.value,
                answered_at=clock.now(),
            )
        )
        session.add(DecisionMark(decision_id=before.id, kind=MarkKind.UNDONE.value))


def rejected(session: Session, essay: Contribution, by: int, **changes: Any) -> Decision:
    """A pending rejection by that account, unless changed."""
    values: dict[str, Any] = {
        "verdict": Verdict.REJECT,
        "standing": Standing.PENDING,
        "reasons": ["sources"],
        "words": "Citez vos sources.",
        "words_language": "fr",
        **changes,
    }
    about = {"contribution_id": essay.id, "revision_id": essay.revision_id, "moderator_id": by}
    made = Decision(**about, **values)
    session.add(made)
    session.flush()
    return made
