"""One action on all that a search finds: chosen, confirmed, watched, stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from limits import parse
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.core.errors import DomainError, Invalid, Several
from app.core.policy import Role
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import VERDICTS, Action, can_ask, offered
from app.moderation.bulk.forms import BulkForm
from app.moderation.bulk.labels import ACTIONS, ITEM_STATES, MEANINGS, RUN_STATES, TONES
from app.moderation.bulk.queries import ItemLine
from app.moderation.claims.queries import moderators
from app.moderation.decisions.labels import REASONS
from app.moderation.labels import NAMES
from app.moderation.search.language import EVERYTHING, Search
from app.web import limits
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, needs, signed_in

ALL: Final = f"{PREFIX}/moderation/all/"
RUNS: Final = f"{ALL}runs/"
ONE_RUN: Final = f"{RUNS}<int:run_id>/"
STARTS: Final = parse("60 per hour")
DESK: Final = (Role.MODERATOR, Role.ORGANISER, Role.ADMINISTRATOR)
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A search as it was typed, or as it writes itself, and what of it can't be understood."""

    search: Search
    text: str
    errors: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Line":
        try:
            search = Search.parse(text)
        except Several as error:
            return cls(EVERYTHING, text, tuple(words(each) for each in error.errors))
        return cls(search, str(search))


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=bulk, methods=["GET", "POST"])
    add(RUNS, view_func=bulk_runs)
    add(ONE_RUN, view_func=bulk_run)
    add(f"{ONE_RUN}stop", view_func=stop_bulk_run, methods=["POST"])


@needs(*DESK)
def bulk() -> Answer:
    """Choose what to do to all that is found; then see what that means, and confirm it."""
    search = Line.of(request.args.get("q", ""))
    form = _form()
    if form.validate_on_submit() and not search.errors and not form.changed.data:
        try:
            if form.confirmed.data:
                return _start(search, form)
            return _confirm(search, form)
        except Invalid as error:
            form.reject(error)
    ids = [] if search.errors else queries.found(db, actor(), search.search)
    page = render_template(
        "moderation/bulk/choose.html",
        search=search,
        form=form,
        number=len(ids),
        most=queries.MOST,
        found=queries.titles(db, ids),
        decides=any(action in VERDICTS for action in offered(actor())),
        gives=can_ask(actor(), Action.ASSIGN),
        **_labels(),
    )
    shown_again = form.is_submitted() and not form.changed.data
    return page, 422 if search.errors or shown_again else 200


def _form() -> BulkForm:
    form = BulkForm()
    asked = offered(actor())
    people = moderators(db) if Action.ASSIGN in asked else ()
    form.offer(asked, [(each.id, each.name or each.email) for each in people])
    if not form.is_submitted():
        form.words_language.data = actor().ui_language
    return form


def _confirm(search: Line, form: BulkForm) -> str:
    """What will be done to how many, before anything is."""
    action = Action(form.action.data)
    chosen = operations.chosen(action, form.chosen)
    ids = queries.found(db, actor(), search.search)
    if not ids:
        raise Invalid("bulk.nothing")
    if len(ids) > queries.MOST:
        raise Invalid("bulk.too_many", limit=queries.MOST)
    return render_template(
        "moderation/bulk/confirm.html",
        search=search,
        form=form,
        action=action,
        chosen=chosen,
        moderator=form.receiver,
        number=len(ids),
        found=queries.titles(db, ids),
        **_labels(),
    )


def _start(search: Line, form: BulkForm) -> Response:
    limits.spend(STARTS, "bulk", actor().id)
    with transaction() as session:
        run = operations.start(
            session,
            actor(),
            Action(form.action.data),
            search.search,
            form.chosen,
            number_seen=form.seen,
        )
        run_id = run.id
    return redirect(url_for("moderation.bulk_run", run_id=run_id), 303)


@needs(*DESK)
def bulk_runs() -> str:
    """What one has had done to many at once."""
    return render_template("moderation/bulk/runs.html", runs=queries.runs(db, actor()), **_labels())


@signed_in
def bulk_run(run_id: int) -> str:
    """How far one's run is, and what was answered; with ``part`` only that, to keep it fresh."""
    run = queries.run(db, actor(), run_id)
    name = "progress" if "part" in request.args else "run"
    return render_template(
        f"moderation/bulk/{name}.html",
        run=run,
        items=queries.items(db, run_id),
        said=_said,
        **_labels(),
    )


@signed_in
def stop_bulk_run(run_id: int) -> Response:
    """Do no more of it."""
    with transaction() as session:
        was_open = operations.stop(session, actor(), run_id)
    if was_open:
        flash(_("It has been stopped. What was done until then stays done."), "success")
    return redirect(url_for("moderation.bulk_run", run_id=run_id), 303)


def _said(item: ItemLine) -> str:
    """The answer to one contribution, in words."""
    data: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name == "until" else value
        for name, value in item.data.items()
    }
    return words(DomainError(item.code, **data))


def _labels() -> dict[str, Any]:
    return {
        "actions": ACTIONS,
        "meanings": MEANINGS,
        "run_states": RUN_STATES,
        "tones": TONES,
        "item_states": ITEM_STATES,
        "reasons": REASONS,
        "names": NAMES,
        "tracks": TRACKS,
    }
