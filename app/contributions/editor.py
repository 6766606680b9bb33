"""One visit to the editor: what the form shows, and what each of its buttons does."""

from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from limits import parse
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.contributions import figure_queries, operations, publishing, queries
from app.contributions.essay import LICENCES, EssayInput
from app.contributions.forms import EssayForm
from app.contributions.models import Contribution, Draft, Revision
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.languages import LANGUAGES
from app.core.policy import TrackCode
from app.documents.labels import NOTE_LABELS
from app.documents.measure import count
from app.documents.references.formatting import reference_list
from app.documents.render import render, render_paragraphs
from app.documents.text import problems
from app.editions import queries as editions
from app.editions.models import Track
from app.web import limits, parking
from app.web.database import db, transaction
from app.web.messages import words
from app.web.people import actor
from app.web.templating import tr

PREVIEWS: Final = parse("60 per minute")


class Editor:
    """The editor of one draft.

    Attributes:
        source: what is shown at first.
        form: as shown. ``track``: whose rules apply.
        preview: the text as readers would see it, when that was asked for.
        other: the draft as somebody (perhaps the writer, in another tab) saved it meanwhile.
    """

    def __init__(
        self, contribution: Contribution, source: Draft | Revision, *, points: int = 0
    ) -> None:
        self.contribution = contribution
        self.source = source
        self.track = _track(contribution)
        questions = editions.questions_of(db, contribution.edition, contribution.track)
        self.preview: Markup | None = None
        self.preview_abstract: Markup | None = None
        self.preview_references = Markup()
        self.other: Draft | None = None
        self.status = 200
        kept = parking.kept()
        self.form = EssayForm(*kept)
        self.form.offer(
            TrackCode(contribution.track),
            self.track.licences or LICENCES,
            [(str(each.id), str(tr(each.title))) for each in questions],
        )
        self.restored = bool(kept)
        if request.method == "GET" and not self.restored:
            self.form.show(source, queries.number_of(db, source.responds_to_id))
            self.form.note.data = source.note if isinstance(source, Draft) else ""
        elif not self.form.authors.entries:
            self.form.authors.append_entry()
        self.form.ask(points, source.answers if isinstance(source, Draft) else [])

    @property
    def language(self) -> str:
        """Of the text being written."""
        chosen = self.form.language.data
        return chosen if chosen in LANGUAGES else self.source.language

    @property
    def needed(self) -> frozenset[str]:
        """Names of the fields without which this track takes no essay."""
        return frozenset(self.track.required_fields)

    @property
    def length(self) -> int:
        """Of the body, in the language's own unit."""
        return count(self.form.body.data or "", self.language)

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the most the track asks for, in that unit."""
        if LANGUAGES[self.language].counts_characters:
            return self.track.min_characters, self.track.max_characters
        return self.track.min_length, self.track.max_length

    def handle(self) -> Response | None:
        """Do what the pressed button says; None where the page is to be shown again."""
        action = request.form.get("action", "save")
        if self.form.change_authors(action):
            return None
        if not self.form.validate_on_submit():
            self.status = 422
            return None
        if action == "preview":
            limits.spend(PREVIEWS, "preview", actor().id)
            self._look()
            return None
        return self._keep(submit=action == "submit")

    def _look(self) -> None:
        body, language = self.form.body.data or "", self.language
        self.preview = Markup(  # noqa: S704 - the renderer cleans
            render(
                body,
                language=language,
                prefix="p-",
                labels=NOTE_LABELS[language],
                figures=figure_queries.files(db, self.contribution.id, body),
            )
        )
        self.preview_abstract = Markup(  # noqa: S704 - the renderer cleans
            render_paragraphs(self.form.abstract.data or "")
        )
        listed = reference_list(
            self.source.bibliography,
            language=language,
            style=operations.STYLES[TrackCode(self.contribution.track)],
        )
        self.preview_references = Markup(render_paragraphs(listed))  # noqa: S704 - as above
        for problem in problems(body):
            error = Invalid(problem.code, field="body", line=problem.line, **problem.data)
            self.form.reject(error)
        for missing in figure_queries.problems(db, self.contribution.id, body):
            self.form.reject(missing)

    def _keep(self, *, submit: bool) -> Response | None:
        """Save; then hand in, if asked to. Whatever is refused, the text stays on the page."""
        try:
            essay = self._essay()
            with transaction() as session:
                kept = operations.save_draft(
                    session,
                    actor(),
                    self.contribution.id,
                    essay,
                    seen_version=self.form.seen_version,
                )
            self.form.version.data = str(kept.version)
            if submit:
                with transaction() as session:
                    operations.submit(
                        session, actor(), self.contribution.id, note=self.form.note.data or ""
                    )
        except Invalid as error:
            self.form.reject(error)
            self.status = 422
            return None
        except Forbidden as error:
            flash(words(error), "error")
            self.status = 403
            return None
        except Conflict as error:
            return self._conflict(error)
        return self._done(submit=submit)

    def _essay(self) -> EssayInput:
        number = (self.form.responds_to.data or "").strip()
        responds_to_id = queries.published_id(db, number) if number else None
        if number and responds_to_id is None:
            raise Invalid("responds_to.unknown", field="responds_to", number=number)
        return self.form.essay(responds_to_id)

    def _conflict(self, error: Conflict) -> Response | None:
        if error.code != "draft.changed_elsewhere":
            # Two clicks on the same button: the first one has done it.
            return redirect(
                url_for("contributions.show", contribution_id=self.contribution.id), 303
            )
        db.rollback()
        self.other = db.get_one(Draft, self.contribution.id, populate_existing=True)
        self.form.version.data = str(self.other.version)
        self.status = 409
        return None

    def _done(self, *, submit: bool) -> Response:
        if submit:
            flash(_("Thank you. Your contribution has been submitted."), "success")
            target = "contributions.show"
        else:
            flash(_("Your draft has been saved."), "success")
            to_references = request.form.get("action") == "references"
            target = "contributions.references" if to_references else "contributions.edit"
        return redirect(url_for(target, contribution_id=self.contribution.id), 303)


class Correction(Editor):
    """The editor of a published text, for organisers."""

    def _keep(self, *, submit: bool) -> Response | None:
        try:
            essay = self._essay()
            with transaction() as session:
                publishing.correct(
                    session, actor(), self.contribution.id, essay, note=self.form.note.data or ""
                )
        except Invalid as error:
            self.form.reject(error)
            self.status = 422
            return None
        flash(_("The correction is published."), "success")
        return redirect(
            url_for("contributions.organise_one", contribution_id=self.contribution.id), 303
        )


def _track(contribution: Contribution) -> Track:
    track = editions.track(db, contribution.edition, contribution.track)
    assert track is not None, "an edition has both tracks"  # noqa: S101
    return track
