"""What happens at the moderators' desk of the standing edition, counted back from today."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import operations as writing
from app.contributions.models import Contribution
from app.core.policy import NOBODY, TrackCode
from app.demonstration.content import Essay, essays
from app.demonstration.essays import write
from app.demonstration.plan import call, rules
from app.demonstration.sampled import ALL, SOME, drawn, looked_at
from app.demonstration.spam import cleared
from app.demonstration.stage import Stage
from app.editions import operations as organising
from app.editions.models import Theme, Track
from app.moderation.appeals import operations as appealing
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.conflicts import operations as conflicts
from app.moderation.conflicts.models import ConflictKind
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import tracks
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint
from app.moderation.signs import looking
from app.moderation.talk import operations as talking

#: How many days ago each of the essays was handed in.
HANDED_IN: Final = {
    "en/the-night-the-clinic-went-offline": 60,
    "zh/diligence-of-small-states": 34,
    "fr/remarques-sur-un-colloque": 30,
    "en/a-glossary-for-counsel": 21,
    "it/una-settimana-senza-password": 18,
    "fr/un-recours-pour-les-victimes": 16,
    "fr/le-secret-et-la-preuve": 12,
    "ar/small-teams-security-by-design": 9,
    "zh/duties-of-suppliers-again": 6,
}
#: What ``zh/duties-of-suppliers-again`` says again.
REPEATED: Final = "zh/duties-of-suppliers"


def play(session: Session, stage: Stage) -> None:
    """All scenes, those that need another one after it."""
    _hand_in(session, stage)
    _taken_down(session, stage)
    _reported(session, stage)
    drawn(session, stage, ALL, days=26)
    looked_at(session, stage)
    _appeals(session, stage)
    _moved(session, stage)
    _talk(session, stage)
    _decided_together(session, stage)
    _second_opinion(session, stage)
    _conflict(session, stage)
    cleared(session, stage)
    _in_hand(session, stage)
    drawn(session, stage, SOME, days=0.1)


def _hand_in(session: Session, stage: Stage) -> None:
    written = {essay.name: essay for essay in essays("desk")}
    looking.inspect(session, stage.essay(REPEATED))
    for name, days in HANDED_IN.items():
        essay = written[name]
        author = stage.people["jurist" if essay.track == TrackCode.JURIST else "actor"]
        with stage.ago(days):
            hand_in = _import if essay.by_mail else _write
            stage.brought[name] = hand_in(session, stage, essay, author)
            # All others are the worker's; by these somebody decides before it has had its turn.
            looking.inspect(session, stage.essay(name))


def _write(session: Session, stage: Stage, essay: Essay, author: Account) -> Contribution:
    question = stage.questions[essay.question]
    return write(session, stage.edition, question, essay, author.actor, stage.store)


def _import(session: Session, stage: Stage, essay: Essay, author: Account) -> Contribution:
    """What came by mail, shorter than its track asks for."""
    question = stage.questions[essay.question]
    contribution, _warnings = writing.import_essay(
        session,
        stage.actor("organiser"),
        stage.edition,
        essay.track,
        session.get_one(Theme, question.theme_id),
        replace(essay.content, question_id=question.id),
        owner=author,
    )
    return contribution


def _decide(
    session: Session, stage: Stage, who: str, name: str, verdict: Verdict, **said: Any
) -> Decision:
    """Somebody takes an essay in hand and decides on its first revision."""
    claiming.claim(session, stage.actor(who), stage.essay(name))
    return deciding.decide(
        session, stage.actor(who), stage.essay(name), verdict, revision_seen=1, **said
    )


def _taken_down(session: Session, stage: Stage) -> None:
    """Published, reported by somebody it concerns, taken down; its author appeals."""
    name, said = "en/the-night-the-clinic-went-offline", stage.words["removed"]
    with stage.ago(57):
        _decide(session, stage, "moderator", name, Verdict.ACCEPT, reasons=[Reason.RELEVANT])
    with stage.ago(20):
        report = reporting.file(
            session,
            NOBODY,
            stage.brought[name].number or "",
            Complaint.PRIVACY,
            words=said["report"],
            language=said["language"],
            email="colleague@example.org",
        )
    with stage.ago(19):
        case = reporting.remove(
            session,
            stage.actor("moderator"),
            report.case_id,
            reason=said["reason"],
            words=said["words"],
            language=said["language"],
            rule=said["rule"],
        )
    with stage.ago(8):
        appealing.file_against_take_down(
            session,
            stage.actor("actor"),
            case.take_down_id or 0,
            words=said["appeal"],
            language=said["language"],
        )


def _reported(session: Session, stage: Stage) -> None:
    """Two readers, one case that is open."""
    number = stage.brought["fr/la-diligence-entre-norme-et-obligation"].number or ""
    for days, said in zip((8, 6), stage.words["reports"], strict=True):
        with stage.ago(days):
            reporting.file(
                session,
                NOBODY,
                number,
                Complaint(said["reason"]),
                words=said["words"],
                language=said["language"],
                email=said["email"],
            )


def _appeals(session: Session, stage: Stage) -> None:
    """One dismissed, one granted, so that its essay waits again, one that waits."""
    dismissed = session.scalars(
        select(Decision).where(
            Decision.contribution_id == stage.essay("ru/osmotritelnost-internet-magazina")
        )
    ).one()
    told = (stage.today - dismissed.decided_at) / timedelta(days=1)
    appeal = _appeal(session, stage, told - 6, dismissed, "appeal_upheld")
    _answer(session, stage, told - 15, "moderator-zh", appeal, Outcome.UPHELD)

    decision = _rejected(
        session, stage, 24, "moderator-zh", "zh/diligence-of-small-states", "appeal_granted"
    )
    appeal = _appeal(session, stage, 20, decision, "appeal_granted")
    _answer(session, stage, 12, "moderator", appeal, Outcome.GRANTED)

    decision = _rejected(
        session, stage, 15, "moderator-fr", "fr/remarques-sur-un-colloque", "appeal_open"
    )
    _appeal(session, stage, 9, decision, "appeal_open")


def _rejected(
    session: Session, stage: Stage, days: float, who: str, name: str, scene: str
) -> Decision:
    said = stage.words[scene]
    with stage.ago(days):
        return _decide(
            session,
            stage,
            who,
            name,
            Verdict.REJECT,
            reasons=[Reason.UNCLEAR],
            words=said["decision"],
            words_language=said["language"],
        )


def _appeal(session: Session, stage: Stage, days: float, decision: Decision, scene: str) -> Appeal:
    said = stage.words[scene]
    with stage.ago(days):
        return appealing.file(
            session,
            stage.actor("jurist"),
            decision.id,
            words=said["words"],
            language=said["language"],
        )


def _answer(
    session: Session, stage: Stage, days: float, who: str, appeal: Appeal, outcome: Outcome
) -> None:
    with stage.ago(days):
        appealing.claim(session, stage.actor(who), appeal.id)
        appealing.answer(
            session,
            stage.actor(who),
            appeal.id,
            outcome,
            reply=stage.words[f"appeal_{outcome.value}"]["reply"],
            language=appeal.language,
        )


def _moved(session: Session, stage: Stage) -> None:
    """Proposed for the other track; its author agrees, and it waits there."""
    name, said = "fr/un-recours-pour-les-victimes", stage.words["moved"]
    with stage.ago(11):
        _decide(
            session,
            stage,
            "moderator",
            name,
            Verdict.WRONG_TRACK,
            words=said["words"],
            words_language=said["language"],
        )
    with stage.ago(8):
        tracks.move_to_track(session, stage.actor("actor"), stage.essay(name))


def _talk(session: Session, stage: Stage) -> None:
    """Notes of a moderator and an organiser; a message to an author, and the answer."""
    noted = stage.essay("fr/ce-qu-un-exercice-apprend-d-une-norme")
    for days, who, said in zip(
        (3, 2.5), ("moderator", "organiser"), stage.words["notes"], strict=True
    ):
        with stage.ago(days):
            talking.note(session, stage.actor(who), noted, said["words"], language=said["language"])
    asked, said = stage.essay("ar/due-diligence-capacity"), stage.words["message"]
    with stage.ago(3):
        talking.write_to_author(
            session, stage.actor("moderator"), asked, said["words"], language=said["language"]
        )
    with stage.ago(2):
        talking.answer(
            session, stage.actor("jurist"), asked, said["answer"], language=said["language"]
        )


def _decided_together(session: Session, stage: Stage) -> None:
    """For two days decisions were kept: these wait until an organiser announces them."""
    organiser, slug = stage.actor("organiser"), stage.edition.slug
    with stage.ago(5):
        organising.change_edition(
            session, organiser, stage.edition, **call(slug), decides_together=True
        )
    said = stage.words["kept_changes"]
    with stage.ago(4):
        _decide(
            session,
            stage,
            "moderator",
            "es/del-compromiso-al-procedimiento",
            Verdict.ACCEPT,
            reasons=[Reason.RELEVANT],
        )
        _decide(
            session,
            stage,
            "moderator",
            "it/una-settimana-senza-password",
            Verdict.CHANGES,
            reasons=[Reason.SOURCES, Reason.OFF_TOPIC],
            words=said["words"],
            words_language=said["language"],
            points=said["points"],
        )
    with stage.ago(3):
        organising.change_edition(session, organiser, stage.edition, **call(slug))


def _second_opinion(session: Session, stage: Stage) -> None:
    """From now on two jurists' moderators have to agree before anything is rejected."""
    slug, said = stage.edition.slug, stage.words["proposed"]
    track = session.scalars(
        select(Track).where(
            Track.edition_id == stage.edition.id, Track.code == TrackCode.JURIST.value
        )
    ).one()
    with stage.ago(3):
        organising.change_track(
            session,
            stage.actor("organiser"),
            track,
            **rules(slug, TrackCode.JURIST),
            wants_second_opinion=True,
        )
    with stage.ago(2):
        _decide(
            session,
            stage,
            "moderator-zh",
            "en/a-glossary-for-counsel",
            Verdict.REJECT,
            reasons=[Reason.OFF_TOPIC],
            words=said["words"],
            words_language=said["language"],
        )


def _conflict(session: Session, stage: Stage) -> None:
    with stage.ago(4):
        conflicts.declare(
            session,
            stage.actor("moderator-zh"),
            stage.essay("zh/duties-of-suppliers-again"),
            ConflictKind.PROFESSIONAL,
            words=stage.words["conflict"]["words"],
        )


def _in_hand(session: Session, stage: Stage) -> None:
    """Two moderators have something to do: handed over by a colleague, given by an organiser."""
    moderator, name = stage.actor("moderator"), "ko/graduated-standard-of-proof"
    with stage.ago(0.2):
        claiming.claim(session, moderator, stage.essay(name))
        handing.hand_over(
            session,
            moderator,
            stage.essay(name),
            to=stage.people["moderator-zh"].id,
            note=stage.words["handed_over"]["words"],
        )
    with stage.ago(0.1):
        handing.assign(
            session,
            stage.actor("organiser"),
            stage.essay("fr/le-secret-et-la-preuve"),
            to=stage.people["moderator-fr"].id,
            note=stage.words["assigned"]["words"],
            holder_seen=None,
        )
