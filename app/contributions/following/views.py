"""Following a contribution: taking back and up again, more time, versions beside each other."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions import policy, queries
from app.contributions.figures.queries import files
from app.contributions.following import operations as lifecycle
from app.contributions.following import queries as revision_queries
from app.contributions.following.comparing import CHANGES, KINDS, Comparison, comparison, sides
from app.contributions.following.forms import ExtensionForm, WithdrawalForm
from app.contributions.labels import REVISION_KINDS
from app.contributions.models import Contribution, Draft, Revision
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.moderation.conflicts.queries import is_apart
from app.moderation.organising import operations as organising
from app.moderation.organising.policy import UNFINISHED
from app.moderation.organising.queries import readable
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in

OWN = f"{PREFIX}/my/contributions/<int:contribution_id>/"
ORGANISED = f"{PREFIX}/organise/contributions/<int:contribution_id>/"
Crumbs = list[tuple[str, str]]


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{OWN}withdraw", view_func=withdraw, methods=["GET", "POST"])
    add(f"{OWN}revive", view_func=revive, methods=["POST"])
    add(f"{OWN}compare", view_func=compare_own)
    add(f"{ORGANISED}compare", view_func=compare_organised)
    add(f"{ORGANISED}revisions/<int:number>/", view_func=revision_organised)
    add(f"{PREFIX}/organise/extensions/", view_func=extensions)
    add(
        f"{PREFIX}/organise/extensions/<int:contribution_id>",
        view_func=extend,
        methods=["GET", "POST"],
    )


@signed_in
def withdraw(contribution_id: int) -> Response | tuple[str, int]:
    """Take it back, with a word on why if one likes."""
    form = WithdrawalForm()

    def take_back(session: Session) -> None:
        lifecycle.withdraw(session, actor(), contribution_id, reason=form.reason.data or "")

    if form.validate_on_submit() and saved(form, take_back):
        flash(_("Your contribution has been withdrawn."), "success")
        return _to_own(contribution_id)
    contribution = queries.own(db, actor(), contribution_id)
    if not policy.can_withdraw(actor(), contribution):
        return _to_own(contribution_id)
    page = render_template("contributions/withdraw.html", contribution=contribution, form=form)
    return page, form.status


@signed_in
def revive(contribution_id: int) -> Response:
    """Take up again what was withdrawn."""
    with transaction() as session:
        lifecycle.revive(session, actor(), contribution_id)
    flash(_("Your contribution is a draft again. Edit it, then submit it."), "success")
    return _to_own(contribution_id)


def _to_own(contribution_id: int) -> Response:
    return redirect(url_for("contributions.show", contribution_id=contribution_id), 303)


@signed_in
def compare_own(contribution_id: int) -> str:
    """Two versions of one's own, what is being written included."""
    contribution = queries.own(db, actor(), contribution_id)
    may_write = policy.can_write(actor(), contribution)
    crumbs = [
        (url_for("contributions.mine"), _("My contributions")),
        (
            url_for("contributions.show", contribution_id=contribution_id),
            contribution.number or _("Draft"),
        ),
    ]
    return compare_page(
        contribution,
        crumbs,
        "contributions.revision",
        draft=db.get_one(Draft, contribution_id) if may_write else None,
    )


@organisers
def compare_organised(contribution_id: int) -> str:
    """Two revisions of anybody's."""
    contribution = readable(db, actor(), contribution_id)
    crumbs = organised_crumbs(contribution)
    return compare_page(contribution, crumbs, "contributions.revision_organised")


@organisers
def revision_organised(contribution_id: int, number: int) -> str:
    """One revision of anybody's, as it was."""
    contribution = readable(db, actor(), contribution_id)
    return revision_page(contribution, number, organised_crumbs(contribution))


def organised_crumbs(contribution: Contribution) -> Crumbs:
    """The way to an organiser's page of one contribution."""
    return [
        (url_for("organise.desk"), _("Organisers’ desk")),
        (url_for("contributions.organise"), _("All contributions")),
        (
            url_for("contributions.organise_one", contribution_id=contribution.id),
            contribution.number or "",
        ),
    ]


def compare_page(
    contribution: Contribution,
    crumbs: Crumbs,
    revision_endpoint: str,
    draft: Draft | None = None,
    *,
    with_authors: bool = True,
) -> str:
    """The page of two versions beside each other, for whoever may see them.

    ``with_authors`` says whether they may be told who wrote it.
    """
    marks = revision_queries.marks(db, contribution.id)
    asked = (request.args.get("from", ""), request.args.get("to", ""))
    pair = sides(db, contribution, marks, asked, draft)
    found: Comparison | None = None
    if pair:
        found = comparison(db, contribution, *pair, with_authors=with_authors)
    return render_template(
        "contributions/compare.html",
        contribution=contribution,
        crumbs=crumbs,
        revision_endpoint=revision_endpoint,
        marks=marks,
        has_draft=draft is not None,
        found=found,
        kinds=REVISION_KINDS,
        block_kinds=KINDS,
        changes=CHANGES,
    )


def revision_page(
    contribution: Contribution, number: int, crumbs: Crumbs, *, with_authors: bool = True
) -> str:
    """The page of one revision as it was, for whoever may see it.

    ``with_authors`` says whether they may be told who wrote it.
    """
    shown = queries.revision(db, contribution.id, number)
    return render_template(
        "contributions/revision.html",
        contribution=contribution,
        crumbs=crumbs,
        revision=shown,
        html=revision_html(db, shown),
        abstract=render_paragraphs(shown.abstract),
        references=render_paragraphs(shown.reference_list),
        kinds=REVISION_KINDS,
        with_authors=with_authors,
    )


def revision_html(session: Session, shown: Revision) -> str:
    """Its text as readers would see it."""
    return render(
        shown.body,
        language=shown.language,
        prefix="r-",
        labels=NOTE_LABELS[shown.language],
        figures=files(session, shown.contribution_id, shown.body),
    )


@organisers
def extensions() -> str:
    """Whose call may be prolonged: what one person has begun or withdrawn, without its text."""
    email = request.args.get("author", "").strip().lower()
    found = revision_queries.unfinished(db, actor(), email, is_apart()) if email else []
    return render_template("contributions/extensions.html", email=email, found=found)


@organisers
def extend(contribution_id: int) -> Response | tuple[str, int]:
    """Give one contribution more time."""
    contribution = revision_queries.extendable(db, contribution_id)
    organising.must_have_a_say(db, actor(), contribution)
    if contribution.state not in UNFINISHED:
        abort(404)
    form, email = ExtensionForm(contribution.edition.time_zone), contribution.owner.email

    def prolong(session: Session) -> None:
        until, reason = form.moment(), form.reason.data or ""
        organising.extend(session, actor(), contribution_id, until=until, reason=reason)

    if form.validate_on_submit():
        if saved(form, prolong):
            flash(_("More time has been given. The author is being told."), "success")
            return redirect(url_for("contributions.extensions", author=email), 303)
        contribution = revision_queries.extendable(db, contribution_id)
    page = render_template("contributions/extend.html", contribution=contribution, form=form)
    return page, form.status
