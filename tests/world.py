"""A site with one of everything, put back as it was after each request."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.models import Contribution, DraftSave
from app.contributions.states import State
from app.contributions.uploads import operations as upload_operations
from app.core import outbox
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY, SYSTEM, Role, TrackCode
from app.editions import pages
from app.moderation.appeals import operations as appeals
from app.moderation.bulk import operations as bulk
from app.moderation.bulk.acts import Action
from app.moderation.claims import operations as claiming
from app.moderation.conflicts import operations as conflicts
from app.moderation.conflicts.models import ConflictKind
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.message_templates import operations as templates
from app.moderation.reports import operations as reports
from app.moderation.reports.models import Complaint
from app.moderation.sampling.models import SecondLook
from app.moderation.search.language import EVERYTHING
from app.moderation.transparency import counting
from app.proceedings import contents, operations
from tests.factories import Cast, make_account, make_contribution, make_edition
from tests.factories.volumes import make_volume


class World:
    """A site with one of everything, put back as it was after each request."""

    def __init__(self, app: Flask, db: Session, people: Cast, path: Path) -> None:
        self.app, self.path = app, path
        make_account(
            db,
            "strange.moderator@example.org",
            Role.MODERATOR,
            reads=["fr"],
            serves=["digital_actor"],
        )
        edition = make_edition(db)
        make = {"edition": edition, "track": TrackCode.JURIST, "language": "fr"}
        states = (
            State.DRAFT,
            State.SUBMITTED,
            State.ACCEPTED,
            State.PUBLISHED,
            State.REMOVED,
            State.WITHDRAWN,
        )
        essays = {each: make_contribution(db, people.author, state=each, **make) for each in states}
        appeal, appealable, drawn = self._turned_down(db, people, make)
        case = self._reported(db, people, essays[State.PUBLISHED])
        decision = Decision(
            contribution_id=essays[State.SUBMITTED].id,
            revision_id=essays[State.SUBMITTED].revision_id,
            moderator_id=people.moderator.id,
            verdict="changes",
            reasons=["unclear"],
        )
        db.add(decision)
        volume = make_volume(db, people)
        section = contents.add_section(db, SYSTEM, volume, "en", "Empty")
        operations.publish(db, SYSTEM, volume)
        pages.save(db, SYSTEM, "about", "en", title="About", body="About us.")
        waiting = essays[State.SUBMITTED].id
        claiming.claim(db, people.actor("moderator"), waiting)
        conflicts.declare(
            db, people.actor("other_moderator"), waiting, ConflictKind.OTHER, words="Related."
        )
        mail = outbox.put(
            db,
            MailKind.RECEIPT,
            key="x",
            recipient="author@example.org",
            recipient_id=None,
            language="en",
            data={},
        )
        upload = upload_operations.receive(
            db, people.actor("author"), essays[State.DRAFT].id, filename="essay.docx", size=1
        )
        upload.state, upload.body = "ready", "Text."
        db.flush()
        theirs = make_contribution(
            db,
            people.stranger,
            state=State.DRAFT,
            authors=(Author("S", key="owner"), Author("A", key="guest")),
            **make,
        )
        asked = invitations.invite(
            db,
            people.stranger.actor,
            theirs.id,
            "guest",
            email=people.author.email,
            language="en",
            may_edit=False,
        )
        token = db.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
        entry_id = db.connection().exec_driver_sql("SELECT min(id) FROM volume_entry").scalar()
        counting.refresh(db, edition.id)
        run = bulk.prepare(db, people.actor("moderator"), Action.RELEASE, EVERYTHING, {})
        jurists = next(track for track in edition.tracks if track.code == "jurist")
        template = templates.create_template(
            db, people.actor("organiser"), jurists, language="en", title="Thanks", text="Thank you."
        )
        self.values = {
            "lang": "en",
            "filename": "site.css",
            "part": 0,
            "token": "none",
            "slug": edition.slug,
            "code": "prevention",
            "track": "jurist",
            "number": 1,
            "reference": "ref-1",
            "account_id": people.stranger.id,
            "contribution_id": essays[State.SUBMITTED].id,
            "decision_id": decision.id,
            "invitation_id": asked.id,
            "other_id": essays[State.PUBLISHED].id,
            "run_id": run.id,
            "mail_id": mail.id,
            "appeal_id": appeal,
            "case_id": case,
            "entry_id": entry_id,
            "section_id": section.id,
        }
        saves = select(DraftSave.id).where(DraftSave.contribution_id == essays[State.DRAFT].id)
        saved = {"contribution_id": essays[State.DRAFT].id, "save_id": db.scalars(saves).first()}
        uploaded = {"contribution_id": essays[State.DRAFT].id, "upload_id": upload.id}
        question = {"slug": "standing-prevention"}
        published = {"contribution_id": essays[State.PUBLISHED].id}
        self.special: dict[str, dict[str, Any]] = {
            "moderation.lift_conflict": {"account_id": people.other_moderator.id},
            "library.contribution": {"number": essays[State.PUBLISHED].number},
            "moderation.report": {"number": essays[State.PUBLISHED].number},
            "moderation.file_appeal": {"contribution_id": appealable},
            "moderation.second_look": {"decision_id": drawn},
            "library.question": question,
            "library.page": {"slug": "about"},
            "pages.edit": {"slug": "about"},
            "proceedings.download": {"filename": "2017-fr-1.epub"},
            "organise.track_rules": {"code": "jurist"},
            "organise.track_texts": {"code": "jurist"},
            "moderation.track_reasons": {"code": "jurist"},
            "moderation.new_reason": {"code": "jurist"},
            **{
                f"moderation.{name}": {"code": "jurist", "reason": "unclear"}
                for name in ("reason_offer", "reason_texts", "move_reason")
            },
            **{
                f"moderation.{name}": {"code": "jurist", "template_id": template.id}
                for name in (
                    *("message_templates", "new_template"),
                    *("template_offer", "template_texts", "move_template"),
                )
            },
            "contributions.edit": {"contribution_id": essays[State.DRAFT].id},
            "contributions.discard": {"contribution_id": essays[State.DRAFT].id},
            "contributions.versions": saved,
            "contributions.version": saved,
            "contributions.take_back": saved,
            "autosave.save": saved,
            "contributions.upload": {"contribution_id": essays[State.DRAFT].id},
            "contributions.uploaded": uploaded,
            "contributions.take_upload": uploaded,
            "contributions.discard_upload": uploaded,
            "contributions.revive": {"contribution_id": essays[State.WITHDRAWN].id},
            "contributions.extend": {"contribution_id": essays[State.DRAFT].id},
            **{
                f"contributions.{name}": {"contribution_id": essays[State.DRAFT].id}
                for name in ("figures", "upload_figure", "append_figure", "remove_figure")
            },
            **{
                f"contributions.{name}": {"token": token.data["link"].split("/")[3]}
                for name in ("invitation", "decline_invitation")
            },
            "contributions.figure": {"digest": "0" * 32, "kind": "png"},
            "contributions.organise_one": published,
            "contributions.correct": published,
            "contributions.correct_references": published,
            "contributions.remove": published,
            "contributions.release": {"contribution_id": essays[State.ACCEPTED].id},
            "contributions.restore": {"contribution_id": essays[State.REMOVED].id},
            **{
                rule.endpoint: question
                for rule in app.url_map.iter_rules()
                if "/organise/questions/" in rule.rule
            },
        }
        self.volume = volume.slug
        db.commit()
        self.kept = self._read()
        # Its number changes whenever another connection has written, which most requests don't.
        self.watching = sqlite3.connect(self.path)
        self.version = self._version()

    def _turned_down(self, db: Session, people: Cast, make: dict[str, Any]) -> tuple[int, int, int]:
        """An appeal of the author, an essay that can be appealed for, and the decision on that,
        which was drawn for a second look; others decided.
        """
        reject = {"reasons": [Reason.OFF_TOPIC], "words": "No."}
        other = people.other_moderator.actor
        essays = [make_contribution(db, people.author, **make).id for _ in range(2)]
        made = [
            deciding.claim_and_decide(db, other, each, Verdict.REJECT, **reject).id
            for each in essays
        ]
        appeal = appeals.file(db, people.author.actor, made[0], words="Why?", language="en")
        db.add(SecondLook(decision_id=made[1], track=TrackCode.JURIST.value))
        return appeal.id, essays[1], made[1]

    def _reported(self, db: Session, people: Cast, essay: Contribution) -> int:
        """A case of reports on that essay."""
        made = reports.file(
            db, NOBODY, essay.number or "", Complaint.OTHER, words="Hm.", language="en"
        )
        return made.case_id

    def address(self, rule: Rule) -> str:
        values = self.values | self.special.get(rule.endpoint, {})
        if rule.endpoint.startswith("proceedings.") and "slug" in rule.arguments:
            values = values | {"slug": self.volume}
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})

    def _version(self) -> int:
        return int(self.watching.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self.watching.close()

    def _read(self) -> bytes:
        with closing(sqlite3.connect(self.path)) as database:
            return database.serialize()

    def changes(self) -> list[str]:
        """Tables in which anything is different; parked forms are anybody's to leave."""
        if self._version() == self.version:
            return []
        with closing(sqlite3.connect(":memory:")) as before:
            before.deserialize(_unlogged(self.kept))
            with closing(sqlite3.connect(self.path)) as now:
                names = [name for (name,) in now.execute(_TABLES) if name != "parked_form"]
                return [name for name in names if _rows(before, name) != _rows(now, name)]

    def restore(self) -> None:
        """Put everything back as it was."""
        if self._version() == self.version:
            return
        with closing(sqlite3.connect(":memory:")) as before:
            before.deserialize(_unlogged(self.kept))
            with closing(sqlite3.connect(self.path)) as now:
                before.backup(now)
        self.version = self._version()


_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


def _rows(database: sqlite3.Connection, name: str) -> list[Any]:
    return database.execute(f"SELECT * FROM {name}").fetchall()


def _unlogged(content: bytes) -> bytes:
    """The same database for use in memory, where there is no write-ahead log (bytes 18 and 19)."""
    return content[:18] + b"\1\1" + content[20:]
