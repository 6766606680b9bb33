"""The organisers' volumes: put together, worded, built, published; and lists taken away as ZIP."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.editions import queries as editions
from app.moderation.search.forms import SearchForm
from app.proceedings import build_queries, contents, export, operations, queries
from app.proceedings.forms import (
    BuildForm,
    EntryForm,
    NewSectionForm,
    SectionTexts,
    VolumeForm,
    VolumeTexts,
)
from app.proceedings.models import Volume
from app.web import translating
from app.web.acts import done, saved
from app.web.database import db, transaction
from app.web.language import PREFIX, current
from app.web.people import actor, organisers
from app.web.templating import tr

DESK = f"{PREFIX}/organise/volumes/"
ONE = f"{DESK}<slug>/"
Answer = Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class EditorPage:
    """A volume as its organisers see it."""

    volume: Volume
    sections: tuple[queries.SectionView, ...]
    missing: int
    builds: list[build_queries.BuildView]

    @property
    def is_building(self) -> bool:
        return any(build.is_pending for build in self.builds)


def register(blueprint: Blueprint) -> None:
    """Add the desk's pages."""
    for rule, view, methods in (
        (DESK, organise_volumes, ["GET", "POST"]),
        (ONE, organise_volume, ["GET"]),
        (f"{ONE}texts", texts, ["GET", "POST"]),
        (f"{ONE}fill", fill, ["POST"]),
        (f"{ONE}entries", add_entry, ["POST"]),
        (f"{ONE}entries/<int:entry_id>/move", move_entry, ["POST"]),
        (f"{ONE}entries/<int:entry_id>/remove", remove_entry, ["POST"]),
        (f"{ONE}entries/<int:entry_id>/pin", update_pin, ["POST"]),
        (f"{ONE}sections", add_section, ["POST"]),
        (f"{ONE}sections/<int:section_id>", section, ["GET", "POST"]),
        (f"{ONE}sections/<int:section_id>/move", move_section, ["POST"]),
        (f"{ONE}sections/<int:section_id>/remove", remove_section, ["POST"]),
        (f"{ONE}publish", publish, ["POST"]),
        (f"{ONE}unpublish", unpublish, ["POST"]),
        (f"{ONE}builds", request_build, ["POST"]),
        (f"{ONE}builds/table", builds, ["GET"]),
        (f"{PREFIX}/organise/contributions.zip", export_list, ["GET"]),
    ):
        endpoint = "export" if view is export_list else view.__name__
        blueprint.add_url_rule(rule, endpoint, organisers(view), methods=methods)


# --- Volumes --------------------------------------------------------------------------------------


def organise_volumes() -> Answer:
    """All volumes, and the form that begins one."""
    form = VolumeForm()
    form.offer(editions.editions(db))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                edition = editions.edition_by_slug(session, form.edition.data) or abort(404)
                title = {current().code: form.title.data or ""}
                slug = form.slug.data or ""
                operations.create_volume(session, actor(), edition, slug, title)
        except Invalid as error:
            form.reject(error)
        else:
            flash(_("The volume has been created. Now add essays to it."), "success")
            return _to(slug)
    rows = queries.volumes(db, only_published=False)
    return render_template(
        "proceedings/organise_volumes.html", form=form, volumes=rows
    ), form.status


def organise_volume(slug: str) -> Answer:
    """One volume: its contents, its builds, and all that can be done with them."""
    return _editor(slug)


def _editor(
    slug: str,
    *,
    adding: NewSectionForm | None = None,
    building: BuildForm | None = None,
    entering: EntryForm | None = None,
) -> Answer:
    volume = queries.volume(db, slug)
    missing = queries.missing(db, volume)
    sections = queries.contents(db, volume)
    page = EditorPage(volume, sections, len(missing), build_queries.builds(db, volume))
    entering = entering or EntryForm(formdata=None)
    entering.offer(missing, sections)
    html = render_template(
        "proceedings/organise_volume.html",
        page=page,
        adding=adding or NewSectionForm(formdata=None),
        building=building or BuildForm(formdata=None),
        entering=entering,
    )
    return html, 422 if request.method == "POST" else 200


def _to(slug: str, anchor: str | None = None) -> Response:
    address = url_for("proceedings.organise_volume", slug=slug, _anchor=anchor)
    return redirect(address, 303)


def _step(
    slug: str, do: Callable[[Session, Volume], object], said: str, anchor: str | None = None
) -> Response:
    """One press of a button: do it, say so, and show the volume again where it was pressed."""
    if done(lambda session: do(session, queries.volume(session, slug))):
        flash(said, "success")
    return _to(slug, anchor)


def _number(name: str) -> int:
    value = request.form.get(name, type=int)
    if value is None or abs(value) > 1_000_000:
        abort(400)
    return value


# --- Contents -------------------------------------------------------------------------------------


def fill(slug: str) -> Response:
    """Put in what was accepted since."""
    with transaction() as session:
        count = contents.fill(session, actor(), queries.volume(session, slug))
    flash(
        ngettext("%(num)s essay has been added.", "%(num)s essays have been added.", count),
        "success",
    )
    return _to(slug, "contents")


def add_entry(slug: str) -> Answer:
    """Put one essay in."""
    form = EntryForm()
    volume = queries.volume(db, slug)
    form.offer(queries.missing(db, volume), queries.contents(db, volume))
    if not form.validate_on_submit():
        return _editor(slug, entering=form)
    into = int(form.section.data) if form.section.data else None
    return _step(
        slug,
        lambda session, volume: contents.add_entry(
            session, actor(), volume, form.contribution.data, into
        ),
        _("The essay has been added."),
        "contents",
    )


def move_entry(slug: str, entry_id: int) -> Response:
    """Put an entry elsewhere."""
    into, position = _number("section"), _number("position")
    return _step(
        slug,
        lambda session, volume: contents.move_entry(
            session, actor(), volume, entry_id, section_id=into, position=position
        ),
        _("The essay has been moved."),
        f"entry-{entry_id}",
    )


def remove_entry(slug: str, entry_id: int) -> Response:
    """Take an entry out."""
    return _step(
        slug,
        lambda session, volume: contents.remove_entry(session, actor(), volume, entry_id),
        _("The essay has been removed from the volume."),
        "contents",
    )


def update_pin(slug: str, entry_id: int) -> Response:
    """Let an entry follow its essay's newest revision."""
    return _step(
        slug,
        lambda session, volume: contents.update_pin(session, actor(), volume, entry_id),
        _("The volume now has the newest revision of this essay."),
        f"entry-{entry_id}",
    )


def add_section(slug: str) -> Answer:
    """Add a section at the end."""
    form = NewSectionForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                volume = queries.volume(session, slug)
                title = form.title.data or ""
                made = contents.add_section(session, actor(), volume, current().code, title)
        except Invalid as error:
            form.reject(error)
        else:
            flash(_("The section has been added."), "success")
            return _to(slug, f"section-{made.id}")
    return _editor(slug, adding=form)


def section(slug: str, section_id: int) -> Answer:
    """A section's title, one language at a time."""
    volume = queries.volume(db, slug)

    def save(session: Session, language: str, entered: dict[str, str]) -> None:
        volume = queries.volume(session, slug)
        contents.write_section(session, actor(), volume, section_id, language, **entered)

    return translating.edit(
        SectionTexts,
        queries.section(db, volume, section_id),
        save,
        "proceedings/texts.html",
        heading=_("Title of the section"),
        crumbs=[_all_volumes(), _crumb(volume)],
    )


def move_section(slug: str, section_id: int) -> Response:
    """Put a section elsewhere."""
    position = _number("position")
    return _step(
        slug,
        lambda session, volume: contents.move_section(
            session, actor(), volume, section_id, position=position
        ),
        _("The section has been moved."),
        f"section-{section_id}",
    )


def remove_section(slug: str, section_id: int) -> Response:
    """Take an empty section out."""
    return _step(
        slug,
        lambda session, volume: contents.remove_section(session, actor(), volume, section_id),
        _("The section has been removed."),
        "contents",
    )


# --- Texts ----------------------------------------------------------------------------------------


def _all_volumes() -> tuple[str, str]:
    return _("Volumes"), url_for("proceedings.organise_volumes")


def _crumb(volume: Volume) -> tuple[str, str]:
    return str(tr(volume.title)), url_for("proceedings.organise_volume", slug=volume.slug)


def texts(slug: str) -> Answer:
    """The volume's own texts, one language at a time."""
    volume = queries.volume(db, slug)

    def save(session: Session, language: str, entered: dict[str, str]) -> None:
        volume = queries.volume(session, slug)
        operations.write_volume(session, actor(), volume, language, **entered)

    return translating.edit(
        VolumeTexts,
        volume,
        save,
        "proceedings/texts.html",
        heading=_("Title and foreword"),
        crumbs=[_all_volumes(), _crumb(volume)],
    )


# --- Publication and builds -----------------------------------------------------------------------


def publish(slug: str) -> Response:
    """Open the volume's public page."""
    return _step(
        slug,
        lambda session, volume: operations.publish(session, actor(), volume),
        _("The volume now has its public page."),
    )


def unpublish(slug: str) -> Response:
    """Close the volume's public page."""
    return _step(
        slug,
        lambda session, volume: operations.unpublish(session, actor(), volume),
        _("The volume no longer has a public page."),
    )


def request_build(slug: str) -> Answer:
    """Ask for the volume as a file."""
    form = BuildForm()

    def ask(session: Session) -> None:
        volume = queries.volume(session, slug)
        operations.request_build(session, actor(), volume, form.language.data, form.format.data)

    if form.validate_on_submit() and saved(form, ask):
        flash(_("The volume is being built. Its progress is shown below."), "success")
        return _to(slug, "builds")
    return _editor(slug, building=form)


def builds(slug: str) -> str:
    """The table of builds alone, for the script that keeps it fresh."""
    volume = queries.volume(db, slug)
    page = EditorPage(volume, (), 0, build_queries.builds(db, volume))
    return render_template("proceedings/builds.html", page=page)


# --- Archive --------------------------------------------------------------------------------------


def export_list() -> Response:
    """The organisers' list of contributions as one ZIP, narrowed as the list is."""
    form = SearchForm.of(request.args)
    if form.errors:
        abort(422)
    with transaction() as session:
        export.note_download(session, actor(), form.search)
    pieces = export.archive(
        export.rows(db, actor(), form.search), current_app.extensions["jsi_store"]
    )
    response = current_app.response_class(stream_with_context(pieces), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="contributions.zip")
    return response
