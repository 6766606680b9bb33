"""What a statement about a taking down says of readers' reports; on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY
from app.library.tombstones import tombstone
from app.moderation.organising import operations as organising
from app.moderation.reports import operations
from app.moderation.reports.models import Complaint, ReportCase
from app.moderation.reports.taken_down import standing, told
from tests.factories import Cast
from tests.moderation.reports.conftest import WORDS


@pytest.mark.parametrize("closed", [False, True])
def test_organisers_who_take_down_what_is_reported_say_so(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase, *, closed: bool
) -> None:
    made = organising.remove(session, cast.organiser.actor, essay.id, reason="Ours.", language="en")
    if closed:
        operations.remove(
            session, cast.moderator.actor, case.id, reason="", words="", language="en"
        )
    told = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.REMOVED.value)
    ).one()
    assert (told.data["reports"], told.data["complaints"]) == (1, ["privacy"])
    found = standing(session, essay.id)
    assert found is not None
    assert (found.id, found.reports, found.complaints) == (made.id, 1, (Complaint.PRIVACY,))
    assert essay.number is not None
    stays = tombstone(session, essay.number, "en")
    assert stays is not None
    assert stays.was_reported


def test_what_is_reported_after_it_was_put_back_was_no_reason_to_take_it_down(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    organiser = cast.organiser.actor
    first = organising.remove(session, organiser, essay.id, reason="Ours.", language="en")
    organising.restore(session, organiser, essay.id)
    assert essay.number is not None
    for wrong in (Complaint.HATEFUL, Complaint.FALSE):
        operations.file(session, NOBODY, essay.number, wrong, words=WORDS, language="en")
    found = told(session, first)
    assert (found.reports, found.complaints) == (1, (Complaint.PRIVACY,))
    operations.remove(
        session, cast.moderator.actor, case.id, reason="All.", words="", language="en"
    )
    again = standing(session, essay.id)
    assert again is not None
    assert again.reports == 3
    assert again.complaints == (Complaint.HATEFUL, Complaint.PRIVACY, Complaint.FALSE)
    assert told(session, first).reports == 1


def test_organisers_who_take_down_what_is_kept_do_not_speak_of_reports(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    operations.keep(session, cast.moderator.actor, case.id, words="No.", language="en")
    organising.remove(session, cast.organiser.actor, essay.id, reason="Ours.", language="en")
    found = standing(session, essay.id)
    assert found is not None
    assert (found.reports, found.complaints) == (0, ())
    assert essay.number is not None
    stays = tombstone(session, essay.number, "en")
    assert stays is not None
    assert not stays.was_reported
