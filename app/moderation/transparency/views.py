"""The public page of moderation in numbers, and its files."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import chain
from app.moderation.transparency import queries
from app.moderation.transparency.charts import as_csv, as_dict, charts
from app.moderation.transparency.queries import Counted
from app.moderation.transparency.suppressing import LEAST_TOTAL, SMALL
from app.web import headers
from app.web.database import db
from app.web.language import PREFIX

ONE = f"{PREFIX}/transparency/<slug>"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{PREFIX}/transparency/", view_func=transparency)
    add(f"{ONE}/", view_func=transparency_of)
    add(f"{ONE}/figures.json", view_func=transparency_json)
    add(f"{ONE}/figures.csv", view_func=transparency_csv)


def transparency() -> ResponseReturnValue:
    """The figures of the newest edition that has any."""
    editions = queries.editions(db)
    if editions:
        return redirect(url_for("moderation.transparency_of", slug=editions[0][0]))
    return headers.public(render_template("moderation/transparency/none.html"))


def transparency_of(slug: str) -> ResponseReturnValue:
    """One edition's figures."""
    counted = _counted(slug)
    length, last = chain.head(db)
    page = render_template(
        "moderation/transparency/figures.html",
        counted=counted,
        charts=charts(counted),
        days=counted.figures["days"],
        editions=queries.editions(db),
        small=SMALL,
        least=LEAST_TOTAL,
        length=length,
        last=last,
    )
    return headers.public(page)


def transparency_json(slug: str) -> Response:
    """The same for programs."""
    return jsonify(as_dict(_counted(slug)))


def transparency_csv(slug: str) -> Response:
    """The same for spreadsheets."""
    answer = Response(as_csv(_counted(slug)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="moderation-{slug}.csv"'
    return answer


def _counted(slug: str) -> Counted:
    counted = queries.counted(db, slug)
    if counted is None:
        abort(404)
    return counted
