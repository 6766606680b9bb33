"""The moderators' desk: the queue, one essay in it, and the decision."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.figures.queries import files
from app.contributions.following.views import Crumbs, compare_page, revision_page
from app.contributions.labels import EXTRA_FIELDS, STATES, TRACKS
from app.contributions.models import Contribution
from app.contributions.publishing import LIST_SEPARATORS
from app.contributions.queries import number_of
from app.contributions.states import State
from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.languages import LANGUAGES, Language
from app.core.policy import Role, TrackCode
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.moderation import operations, policy, queries
from app.moderation.answers import Answered, answered
from app.moderation.forms import DecisionForm, RevisionForm
from app.moderation.labels import REASONS, VERDICTS
from app.moderation.queries import Count, Item, Place, QueueItem
from app.moderation.verdicts import Reason, Verdict
from app.web import parking
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, needs, signed_in
from app.web.templating import ago

ONE: Final = f"{PREFIX}/moderation/<int:contribution_id>/"
DONE: Final[dict[Verdict, LazyString]] = {
    Verdict.ACCEPT: _l("The essay has been accepted. Its author is being told."),
    Verdict.CHANGES: _l("Changes have been requested. The author is being told."),
    Verdict.REJECT: _l("The essay has been rejected. Its author is being told."),
    Verdict.SPAM: _l("It has been marked as spam. No mail is sent."),
}
#: The languages' own names, marked as what they are.
NAMES: Final[dict[str, Markup]] = {
    each.code: Markup('<span lang="{}" dir="{}">{}</span>').format(
        each.tag, each.direction, each.name
    )
    for each in LANGUAGES.values()
}
#: The essay's own fields; what asks the author "your role" speaks of the author's here.
EXTRA_LABELS: Final[dict[str, LazyString]] = {
    **EXTRA_FIELDS,
    "role": _l("The author’s role in the sector"),
}

blueprint = Blueprint("moderation", __name__)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """How many essays wait in one language of a track."""

    language: Language
    count: Count


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue, and in words how long it has waited."""

    item: QueueItem
    waited: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue as its page shows it."""

    lines: list[Line]
    after: Place | None
    total: Count
    waiting: dict[TrackCode, list[LaneCount]]
    track: str | None
    language: str | None
    tracks: list[TrackCode]
    languages: list[Language]
    is_continued: bool


@blueprint.get(f"{PREFIX}/moderation/")
@needs(Role.MODERATOR)
def queue() -> str:
    """What waits for this moderator, longest waiting first."""
    me = actor()
    track, language = _among(me.serves, "track"), _among(me.reads, "language")
    after = Place.parse(request.args.get("after", ""))
    numbers = queries.counts(db, me)
    waiting: dict[TrackCode, list[LaneCount]] = {}
    for (code, tongue), count in numbers.items():
        waiting.setdefault(code, []).append(LaneCount(LANGUAGES[tongue], count))
    page = queries.queue(db, me, track=track, language=language, after=after)
    view = QueueView(
        lines=list(_lines(page.items)),
        after=page.after,
        total=Count(
            sum(count.number for count in numbers.values()),
            and_more=any(count.and_more for count in numbers.values()),
        ),
        waiting=waiting,
        track=track,
        language=language,
        tracks=[code for code in TrackCode if code in me.serves],
        languages=[each for each in LANGUAGES.values() if each.code in me.reads],
        is_continued=after is not None,
    )
    labels = {code: escape(label) for code, label in TRACKS.items()}
    return render_template("moderation/queue.html", view=view, tracks=labels, names=NAMES)


def _lines(items: list[QueueItem]) -> Iterator[Line]:
    # The same few spans come again and again: each sentence is made once.
    sentences: dict[str, str] = {}
    for item in items:
        span = ago(item.waiting_since)
        if span not in sentences:
            sentences[span] = _("Waiting for %(time)s", time=span)
        yield Line(item, sentences[span])


def _among(allowed: frozenset[Any], name: str) -> str | None:
    """The address's argument of that name, where it is one of these."""
    value = request.args.get(name)
    return value if value in allowed else None


@blueprint.post(f"{PREFIX}/moderation/next")
@needs(Role.MODERATOR)
def take_next() -> Response:
    """Take in hand what has waited longest."""
    with transaction() as session:
        claim = operations.claim_next(session, actor())
    if claim is None:
        flash(_("Nothing is left that nobody has in hand."), "info")
        return redirect(url_for("moderation.queue"), 303)
    return _to_item(claim.contribution_id)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One essay as it will look, and what this moderator can do about it.

    Attributes:
        extra: label and value of the track's own fields.
        answers: to the points of the last request for changes.
        responds_to: number of the contribution it answers, or "".
        form: the decision's, where it is to be shown.
        kept_words: what was written for a decision that can't be made any more.
    """

    item: Item
    byline: str
    html: str
    abstract: str
    summary: str
    references: str
    extra: list[tuple[LazyString, str]]
    responds_to: str
    answers: tuple[Answered, ...]
    form: DecisionForm | None
    kept_words: str
    is_waiting: bool
    can_claim: bool
    can_decide: bool


def _view(item: Item, form: DecisionForm) -> ItemView:
    contribution, revision, now = item.contribution, item.revision, clock.now()
    form.revision_seen.data = str(revision.number)
    can_claim = policy.can_claim(actor(), contribution, item.claim, now)
    can_decide = policy.can_decide(actor(), contribution, item.claim, now)
    shows_form = can_decide or (can_claim and form.was_filled)
    comma = LIST_SEPARATORS.get(revision.language, ", ")
    return ItemView(
        item=item,
        byline=comma.join(author["name"] for author in revision.authors),
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
        extra=[(EXTRA_LABELS[name], value) for name, value in revision.extra.items() if value],
        responds_to=number_of(db, revision.responds_to_id),
        answers=answered(item.history, revision.number, revision.answers),
        form=form if shows_form else None,
        kept_words="" if shows_form else form.written,
        is_waiting=contribution.state == State.SUBMITTED,
        can_claim=can_claim,
        can_decide=can_decide,
    )


@blueprint.route(ONE, methods=["GET", "POST"])
@signed_in
def item(contribution_id: int) -> Response | tuple[str, int]:
    """One essay in the queue; posting to it decides (or, with ``renew``, holds it longer)."""
    kept = parking.take() if request.method == "GET" else None
    form = DecisionForm(kept) if kept else DecisionForm()
    if request.method == "GET" and not kept:
        form.words_language.data = actor().ui_language
    if form.is_submitted() and _handle(contribution_id, form):
        return redirect(url_for("moderation.queue"), 303)
    page = render_template(
        "moderation/item.html",
        view=_view(queries.item(db, actor(), contribution_id), form),
        tracks=TRACKS,
        names=NAMES,
        states=STATES,
        verdicts=VERDICTS,
        reasons=REASONS,
    )
    return page, form.status


@blueprint.get(f"{ONE}compare")
@signed_in
def compare(contribution_id: int) -> str:
    """Two revisions of an essay beside each other."""
    contribution = queries.item(db, actor(), contribution_id).contribution
    return compare_page(contribution, _crumbs(contribution), "moderation.revision")


@blueprint.get(f"{ONE}revisions/<int:number>/")
@signed_in
def revision(contribution_id: int, number: int) -> str:
    """An earlier revision, as it was."""
    contribution = queries.item(db, actor(), contribution_id).contribution
    return revision_page(contribution, number, _crumbs(contribution))


def _crumbs(contribution: Contribution) -> Crumbs:
    here = url_for("moderation.item", contribution_id=contribution.id)
    return [(url_for("moderation.queue"), _("Moderation")), (here, contribution.number or "")]


def _handle(contribution_id: int, form: DecisionForm) -> bool:
    """Do what was posted; whether a decision was made. What is wrong is put into the form."""
    try:
        if form.renew.data:
            with transaction() as session:
                operations.claim(session, actor(), contribution_id)
            return False
        if not form.validate():
            return False
        with transaction() as session:
            decision = operations.decide(
                session,
                actor(),
                contribution_id,
                Verdict(form.verdict.data),
                reasons=[Reason(code) for code in form.reasons.data or ()],
                words=form.words.data or "",
                words_language=form.words_language.data or "",
                points=form.asked,
                revision_seen=form.number_seen,
            )
    except Invalid as error:
        form.reject(error)
        return False
    except Conflict as error:
        form.refuse(error)
        return False
    flash(str(DONE[Verdict(decision.verdict)]), "success")
    return True


@blueprint.post(f"{ONE}spam")
@signed_in
def spam(contribution_id: int) -> Response:
    """Mark as spam: no reasons, no words, no mail."""
    form = RevisionForm()

    def decide(session: Session) -> None:
        operations.decide(
            session, actor(), contribution_id, Verdict.SPAM, revision_seen=form.number_seen
        )

    if not _done(decide):
        return _to_item(contribution_id)
    flash(str(DONE[Verdict.SPAM]), "success")
    return redirect(url_for("moderation.queue"), 303)


@blueprint.post(f"{ONE}claim")
@signed_in
def claim(contribution_id: int) -> Response:
    """Take in hand."""
    _done(lambda session: operations.claim(session, actor(), contribution_id))
    return _to_item(contribution_id)


@blueprint.post(f"{ONE}release")
@signed_in
def release(contribution_id: int) -> Response:
    """Let go of it."""
    if not _done(lambda session: operations.release(session, actor(), contribution_id)):
        return _to_item(contribution_id)
    flash(_("The essay is back in the queue."), "success")
    return redirect(url_for("moderation.queue"), 303)


def _done(act: Callable[[Session], object]) -> bool:
    """Do it in a transaction; where somebody was quicker, say so and give False."""
    try:
        with transaction() as session:
            act(session)
    except Conflict as error:
        flash(words(error), "error")
        return False
    return True


def _to_item(contribution_id: int) -> Response:
    return redirect(url_for("moderation.item", contribution_id=contribution_id), 303)
