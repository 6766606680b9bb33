"""The conversation about an essay: at the moderators' desk, at the organisers', for its authors."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from limits import parse as limit
from werkzeug.wrappers import Response

from app.contributions.following.views import Crumbs, organised_crumbs
from app.core.errors import Invalid
from app.moderation.addresses import ONE
from app.moderation.item.queries import item
from app.moderation.letters import Letter
from app.moderation.message_templates.queries import offered
from app.moderation.organising.queries import readable
from app.moderation.talk import operations, queries
from app.moderation.talk.forms import AnswerForm, DeskForm
from app.moderation.talk.models import Audience
from app.moderation.talk.queries import author_language
from app.web import limits
from app.web.acts import saved
from app.web.database import db
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in

HOW_OFTEN: Final = limit("30 per hour")


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    for address, view in (
        (f"{ONE}messages/", messages),
        (
            f"{PREFIX}/organise/contributions/<int:contribution_id>/messages/",
            messages_organised,
        ),
        (f"{PREFIX}/my/contributions/<int:contribution_id>/messages/", my_messages),
    ):
        blueprint.add_url_rule(address, view_func=view, methods=["GET", "POST"])


@signed_in
def messages(contribution_id: int) -> Response | tuple[str, int]:
    """Notes and messages, for the essay's moderators."""
    contribution = item(db, actor(), contribution_id).contribution
    here = url_for("moderation.item", contribution_id=contribution_id)
    crumbs = [(url_for("moderation.queue"), _("Moderation")), (here, contribution.number or "")]
    return _at_desk(contribution_id, crumbs)


@organisers
def messages_organised(contribution_id: int) -> Response | tuple[str, int]:
    """The same for organisers."""
    contribution = readable(db, actor(), contribution_id)
    return _at_desk(contribution_id, organised_crumbs(contribution))


def _at_desk(contribution_id: int, crumbs: Crumbs) -> Response | tuple[str, int]:
    form = DeskForm()
    form.offer_templates(offered(db, contribution_id))
    letter = None
    # What was kept over a sign-in is only shown: the button is for its writer to press again.
    if form.is_submitted() and (form.insert.data or form.preview.data):
        letter = _helped(contribution_id, form)
    elif form.validate_on_submit() and _send(contribution_id, form, Audience(form.audience.data)):
        return redirect(f"{request.path}#newest", 303)
    page = render_template(
        "moderation/talk/desk.html",
        talk=queries.at_desk(db, actor(), contribution_id),
        crumbs=crumbs,
        form=form,
        letter=letter,
    )
    return page, form.status


def _helped(contribution_id: int, form: DeskForm) -> Letter | None:
    """Put the chosen template into the form, or say what the author would read."""
    talk = queries.at_desk(db, actor(), contribution_id)
    try:
        form.must_not_be_note()
        if form.insert.data:
            language = author_language(db, talk.contribution, sees_authors=talk.sees_authors)
            form.put_template(form.message, form.message_language, talk.contribution, language)
            form.address_author()
            return None
        form.address_author()
        if form.validate():
            words, language = form.message.data or "", form.message_language.data or ""
            mail = operations.foresee(db, actor(), talk, words, language=language)
            return Letter.of(mail, guessed=not talk.sees_authors)
    except Invalid as error:
        form.reject(error)
    return None


@signed_in
def my_messages(contribution_id: int) -> Response | tuple[str, int]:
    """What moderators have written to the authors, and the authors to them."""
    talk = queries.of_author(db, actor(), contribution_id)
    form = AnswerForm()
    if form.validate_on_submit() and _send(contribution_id, form, Audience.FROM_AUTHOR):
        return redirect(f"{request.path}#newest", 303)
    page = render_template("moderation/talk/mine.html", talk=talk, form=form)
    return page, form.status


def _send(contribution_id: int, form: AnswerForm, audience: Audience) -> bool:
    """Keep what was written; whether that was done. What is wrong is put into the form."""
    send = {
        Audience.MODERATORS: operations.note,
        Audience.AUTHOR: operations.write_to_author,
        Audience.FROM_AUTHOR: operations.answer,
    }[audience]
    limits.spend(HOW_OFTEN, "message", actor().id)
    words, language = form.message.data or "", form.message_language.data or ""
    if not saved(
        form, lambda session: send(session, actor(), contribution_id, words, language=language)
    ):
        return False
    noted = audience is Audience.MODERATORS
    flash(_("The note has been saved.") if noted else _("Your message has been sent."), "success")
    return True
