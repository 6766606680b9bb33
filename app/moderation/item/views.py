"""One essay at the moderators' desk, and the decision on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.essay import TELLING
from app.contributions.figures.queries import files
from app.contributions.following.views import Crumbs, compare_page, revision_page
from app.contributions.labels import EXTRA_FIELDS, STATES, TRACKS
from app.contributions.models import Contribution
from app.contributions.publishing import LIST_SEPARATORS
from app.contributions.queries import number_of
from app.contributions.states import State
from app.core import clock
from app.core.errors import Conflict, Invalid
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.moderation import policy
from app.moderation.addresses import ONE, came_by, to_item, to_queue
from app.moderation.appeals.authors import AuthorsAppeal, of_author
from app.moderation.appeals.models import Appeal
from app.moderation.appeals.queries import may_answer
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.forms import ConflictForm
from app.moderation.decisions import operations
from app.moderation.decisions.answers import Answered, answered
from app.moderation.decisions.forms import DecisionForm, RevisionForm
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.models import Standing
from app.moderation.decisions.policy import can_undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.item import preparing, queries
from app.moderation.item.preparing import Preview
from app.moderation.item.queries import Item
from app.moderation.labels import NAMES
from app.moderation.looks import operations as noting
from app.moderation.looks import queries as looks
from app.moderation.looks.queries import Since
from app.moderation.message_templates.queries import offered
from app.moderation.reasons.queries import of_contribution
from app.moderation.signs.queries import Noticed, key_of, noticed
from app.moderation.talk.forms import DeskForm
from app.moderation.talk.queries import Talk, at_desk
from app.web.acts import done
from app.web.database import db, transaction
from app.web.headers import is_opened
from app.web.language import current
from app.web.people import actor, signed_in

DONE: Final[dict[Verdict, LazyString]] = {
    Verdict.ACCEPT: _l("The essay has been accepted. Its author is being told."),
    Verdict.CHANGES: _l("Changes have been requested. The author is being told."),
    Verdict.REJECT: _l("The essay has been rejected. Its author is being told."),
    Verdict.DUPLICATE: _l("The essay has been rejected as a duplicate. Its author is being told."),
    Verdict.WRONG_TRACK: _l(
        "The author is being asked whether the essay may move to the other track."
    ),
    Verdict.SPAM: _l("It has been marked as spam. No e-mail is sent."),
}
#: What is said instead where the decision doesn't count at once.
LATER: Final[dict[str, LazyString]] = {
    Standing.PENDING: _l("The decision is kept until the organisers announce it."),
    Standing.PROPOSED: _l("You have proposed to reject the essay. It waits for a second opinion."),
}
#: The essay's own fields; what asks the author "your role" speaks of the author's here.
EXTRA_LABELS: Final[dict[str, LazyString]] = {
    **EXTRA_FIELDS,
    "role": _l("The author’s role in the sector"),
}


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ONE, view_func=item, methods=["GET", "POST"])
    add(f"{ONE}compare", view_func=compare)
    add(f"{ONE}revisions/<int:number>/", view_func=revision)
    add(f"{ONE}spam", view_func=spam, methods=["POST"])


@dataclass(frozen=True, slots=True)
class ItemView:
    """One essay as it will look, and what this moderator can do about it.

    Attributes:
        authors: those that may be named: none in a blind track. ``byline``: their names.
        extra: label and value of the track's own fields.
        answers: to the points of the last request for changes.
        responds_to: number of the contribution it answers, or "".
        to_answer: id of the appeal that waits for this moderator, or 0.
        talk: notes and messages. ``since``: what is new since this moderator last looked.
        form: the decision's, where it is to be shown.
        kept_words: what was written for a decision that can't be made any more.
        proposal: id of a rejection that waits for a second opinion, or 0. ``is_own_proposal``:
            whether it is this moderator's, who can do no more about the essay than undo it.
    """

    item: Item
    noticed: Noticed
    authors: list[dict[str, Any]]
    byline: str
    html: str
    abstract: str
    summary: str
    references: str
    extra: list[tuple[LazyString, str]]
    responds_to: str
    answers: tuple[Answered, ...]
    appeals: list[AuthorsAppeal]
    to_answer: int
    talk: Talk
    since: Since | None
    form: DecisionForm | None
    kept_words: str
    is_waiting: bool
    can_claim: bool
    can_decide: bool
    proposal: int
    is_own_proposal: bool
    undoable: int


def _view(item: Item, form: DecisionForm) -> ItemView:
    there = noticed(db, actor(), item.contribution)
    talk = at_desk(db, actor(), item.contribution.id)
    contribution, revision, now = item.contribution, item.revision, clock.now()
    form.revision_seen.data = str(revision.number)
    proposal = next((each for each in item.history if each.is_open_proposal), None)
    is_own_proposal = proposal is not None and proposal.moderator_id == actor().id
    can_claim = not is_own_proposal and policy.can_claim(actor(), contribution, item.claim, now)
    can_decide = policy.can_decide(actor(), contribution, item.claim, now)
    shows_form = can_decide or (can_claim and form.was_filled)
    authors = revision.authors if item.sees_authors else []
    # Nobody appeals before something was decided.
    appeals = of_author(db, contribution) if item.history else []
    comma = LIST_SEPARATORS.get(revision.language, ", ")
    return ItemView(
        item=item,
        noticed=there,
        authors=authors,
        byline=comma.join(author["name"] for author in authors),
        html=render(
            revision.body,
            language=revision.language,
            prefix="essay",
            labels=NOTE_LABELS[revision.language],
            figures=files(db, contribution.id, revision.body),
        ),
        abstract=render_paragraphs(revision.abstract),
        summary=render_paragraphs(revision.summary),
        references=render_paragraphs(revision.reference_list),
        extra=[
            (EXTRA_LABELS[name], value)
            for name, value in revision.extra.items()
            if value and (item.sees_authors or name not in TELLING)
        ],
        responds_to=number_of(db, revision.responds_to_id),
        answers=answered(item.history, revision.number, revision.answers),
        appeals=appeals,
        to_answer=_to_answer(contribution, appeals),
        talk=talk,
        since=_since(item, talk, there),
        form=form if shows_form else None,
        kept_words="" if shows_form else form.written,
        is_waiting=contribution.state == State.SUBMITTED,
        can_claim=can_claim,
        can_decide=can_decide,
        proposal=proposal.id if proposal else 0,
        is_own_proposal=is_own_proposal,
        undoable=_undoable(item),
    )


def _to_answer(contribution: Contribution, appeals: list[AuthorsAppeal]) -> int:
    found = next((each.id for each in appeals if each.is_open), 0)
    if not found or not may_answer(db, actor(), db.get_one(Appeal, found), contribution):
        return 0
    return found


def _since(item: Item, talk: Talk, there: Noticed) -> Since | None:
    """What has happened since the moderator looked before; None for nothing."""
    id, number = item.contribution.id, item.revision.number
    newest = looks.look(db, actor(), id)
    seen = looks.seen_before(db, actor(), id, newest, number, _decided_at(item))
    if seen is None:
        return None
    new = looks.since(
        actor(), seen, revision=number, history=item.history, said=talk.said, signs=there.keys
    )
    return new or None


def _note(view: ItemView) -> None:
    """Keep that it was looked at, once the page is there; asking for it changes nothing else."""
    id, revision = view.item.contribution.id, view.item.revision.number
    newest, decided_at = looks.look(db, actor(), id), _decided_at(view.item)
    if is_opened() and not looks.is_same(newest, revision, decided_at):
        with transaction() as session:
            noting.note(session, actor(), id, revision=revision, signs=view.noticed.keys)


def _decided_at(item: Item) -> datetime | None:
    return item.history[-1].decided_at if item.history else None


def _undoable(item: Item) -> int:
    """Id of the last decision, if the moderator may take it back or, of what is published, is told
    why they may not; 0 for none.
    """
    last = item.history[-1] if item.history else None
    if last is None or last.undone_at:
        return 0
    if item.contribution.state == State.PUBLISHED:
        return last.id if last.moderator_id == actor().id else 0
    allowed = can_undo(
        actor(),
        item.contribution,
        last.moderator_id,
        last.verdict,
        is_proposed=last.is_open_proposal,
        # To them, it would not be there.
        conflicted=False,
    )
    return last.id if allowed else 0


@signed_in
def item(contribution_id: int) -> Response | tuple[str, int]:
    """One essay in the queue; posting to it decides (or, with ``renew``, holds it longer)."""
    form = DecisionForm()
    templates = offered(db, contribution_id)
    form.offer(of_contribution(db, contribution_id), templates)
    is_new = request.method == "GET" and not form.restored
    if is_new:
        form.words_language.data = current().code
    if form.is_submitted() and _handle(contribution_id, form):
        return to_queue()
    foreseen = _foreseen(contribution_id, form) if form.preview.data else None
    talk_form = DeskForm(formdata=None)
    talk_form.offer_templates(templates)
    shown = queries.item(db, actor(), contribution_id)
    reworked = is_new and preparing.begin_anew(form, shown)
    view = _view(shown, form)
    page = render_template(
        "moderation/item.html",
        view=view,
        tracks=TRACKS,
        names=NAMES,
        states=STATES,
        verdicts=VERDICTS,
        foreseen=foreseen,
        conflict=ConflictForm(formdata=None),
        talk_form=talk_form,
        came_by=came_by(),
        key_of=key_of,
        reworked=reworked,
    )
    _note(view)
    return page, form.status


@signed_in
def compare(contribution_id: int) -> str:
    """Two revisions of an essay beside each other."""
    shown = queries.item(db, actor(), contribution_id)
    return compare_page(
        shown.contribution,
        _crumbs(shown.contribution),
        "moderation.revision",
        with_authors=shown.sees_authors,
    )


@signed_in
def revision(contribution_id: int, number: int) -> str:
    """An earlier revision, as it was."""
    shown = queries.item(db, actor(), contribution_id)
    crumbs = _crumbs(shown.contribution)
    return revision_page(shown.contribution, number, crumbs, with_authors=shown.sees_authors)


def _crumbs(contribution: Contribution) -> Crumbs:
    here = url_for("moderation.item", contribution_id=contribution.id)
    return [(url_for("moderation.queue"), _("Moderation")), (here, contribution.number or "")]


def _handle(contribution_id: int, form: DecisionForm) -> bool:
    """Do what was posted; whether a decision was made. What is wrong is put into the form."""
    try:
        if form.renew.data:
            with transaction() as session:
                claiming.claim(session, actor(), contribution_id)
            return False
        if form.insert.data:
            preparing.insert(contribution_id, form)
            return False
        if not form.validate() or form.preview.data:
            return False
        with transaction() as session:
            decision = operations.decide(
                session,
                actor(),
                contribution_id,
                **preparing.decision_of(form),
                revision_seen=form.number_seen,
            )
    except Invalid as error:
        form.reject(error)
        return False
    except Conflict as error:
        form.refuse(error)
        return False
    flash(str(LATER.get(decision.standing) or DONE[Verdict(decision.verdict)]), "success")
    return True


def _foreseen(contribution_id: int, form: DecisionForm) -> Preview | None:
    """What the author would read; None where something is wrong with the form."""
    # What was kept over a sign-in, or only held longer, has not been looked through yet.
    if not form.is_submitted() or not form.validate():
        return None
    try:
        return preparing.preview(contribution_id, form)
    except Invalid as error:
        form.reject(error)
        return None


@signed_in
def spam(contribution_id: int) -> Response:
    """Mark as spam: no reasons, no words, no mail."""
    form = RevisionForm()

    def decide(session: Session) -> None:
        operations.decide(
            session, actor(), contribution_id, Verdict.SPAM, revision_seen=form.number_seen
        )

    if not done(decide):
        return to_item(contribution_id)
    flash(str(DONE[Verdict.SPAM]), "success")
    return to_queue()
