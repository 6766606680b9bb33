"""One visit to the editor: what the form shows, and what each of its buttons does."""

import re
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from limits import parse
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.contributions import operations, queries
from app.contributions.checks.advice import Advice
from app.contributions.essay import LICENCES, EssayInput, unfit
from app.contributions.figures import queries as figure_queries
from app.contributions.forms import EssayForm
from app.contributions.labels import length_of
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.references.formatted import Formatted
from app.contributions.saving import operations as saving
from app.contributions.saving.merge_page import MergePage
from app.core.errors import Conflict, Forbidden, Invalid, Several
from app.core.languages import LANGUAGES
from app.core.policy import TrackCode
from app.documents.labels import NOTE_LABELS
from app.documents.measure import count
from app.documents.render import render, render_paragraphs
from app.documents.text import problems
from app.editions import queries as editions
from app.editions.models import Track
from app.moderation.organising import operations as organising
from app.web import limits
from app.web.database import db, transaction
from app.web.messages import words
from app.web.people import actor
from app.web.templating import tr

#: Buttons that save, and lead on to another page of the draft.
_TARGETS: Final = {"references": "contributions.references", "upload": "contributions.upload"}
_PAGE: Final = re.compile("[0-9a-f]{32}")
PREVIEWS: Final = parse("60 per minute")


class Editor:
    """The editor of one draft.

    Attributes:
        source: what is shown at first.
        form: as shown. ``track``: whose rules apply. ``advice``: what the checks found.
        preview: the text as readers would see it, when that was asked for.
        merging: what to choose from, where somebody (perhaps the writer, in another tab) saved the
            draft meanwhile. ``restored``: whether the form holds what was never saved.
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
        self.merging: MergePage | None = None
        self.status = 200
        self.form = EssayForm()
        self.form.offer(
            TrackCode(contribution.track),
            self.track.licences or LICENCES,
            [(str(each.id), str(tr(each.title))) for each in questions],
        )
        self.restored = bool(self.form.restored)
        self.advice = Advice(contribution, self.track, self.form)
        if request.method == "GET" and not self.restored:
            self.form.show(source, queries.number_of(db, source.responds_to_id))
            self.form.note.data = source.note if isinstance(source, Draft) else ""
        elif not self.form.authors.entries:
            self.form.authors.append_entry()
        self.form.ask(points, source.answers if isinstance(source, Draft) else [])

    @property
    def unsaved(self) -> bool:
        """Whether the form holds something else than the draft does."""
        return self.restored or request.method == "POST"

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
    def length(self) -> str:
        """Of the body, in words and the language's own unit."""
        body = self.form.body.data or ""
        return length_of(count(body, self.language), LANGUAGES[self.language])

    @property
    def figures(self) -> dict[str, str]:
        """Where the draft's figures are, by ID: what the editor shows."""
        return figure_queries.addresses(db, self.contribution.id)

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the most the track asks for, in that unit."""
        if LANGUAGES[self.language].counts_characters:
            return self.track.min_characters, self.track.max_characters
        return self.track.min_length, self.track.max_length

    def handle(self) -> Response | None:
        """Do what the pressed button says; None where the page is to be shown again."""
        action = request.form.get("action", "save")
        self.restored = self.restored or action == "restore"
        if action == "restore" or self.form.change_authors(action):
            return None
        if not self.form.validate_on_submit():
            self.status = 422
            return None
        if action in {"preview", "check"}:
            self._preview() if action == "preview" else self._check()
            return None
        if action in {"merge", "merged"}:
            return self._merge(save=action == "merged")
        return self._keep(submit=action == "submit")

    def _check(self) -> None:
        try:
            essay = self.essay()
            if wrong := unfit(essay):
                raise Several(wrong)
            self.advice.give(essay)
        except Invalid as error:
            self.form.reject(error)
            self.status = 422

    def _preview(self) -> None:
        limits.spend(PREVIEWS, "preview", actor().id)
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
        listed = Formatted.of(self.source.bibliography, language, self.contribution.track)
        self.preview_references = Markup(render_paragraphs(listed.text))  # noqa: S704 - as above
        for problem in problems(body):
            error = Invalid(problem.code, field="body", line=problem.line, **problem.data)
            self.form.reject(error)
        for missing in figure_queries.problems(db, self.contribution.id, body):
            self.form.reject(missing)

    def _keep(self, *, submit: bool) -> Response | None:
        """Save; then hand in, if asked to. Whatever is refused, the text stays on the page."""
        try:
            essay = self.essay()
            kept = self.save(essay)
            self.form.version.data = str(kept.version)
            if submit and self.advice.is_news(essay):
                # Saving has let go of what the page shows.
                queries.own(db, actor(), self.contribution.id)
                return None
            if submit:
                self._submit(kept)
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

    def _submit(self, draft: Draft) -> None:
        """Hand in what has just been saved; while references are formatted, nobody waits."""
        contribution, note = self.contribution, self.form.note.data or ""
        listed = Formatted.of(draft.bibliography, draft.language, contribution.track)
        with transaction() as session:
            operations.submit(session, actor(), contribution.id, note=note, references=listed)

    def essay(self) -> EssayInput:
        """What the form holds. Raises Invalid."""
        number = (self.form.responds_to.data or "").strip()
        responds_to_id = queries.published_id(db, number) if number else None
        if number and responds_to_id is None:
            raise Invalid("responds_to.unknown", field="responds_to", number=number)
        return self.form.essay(responds_to_id)

    def _conflict(self, error: Conflict) -> Response | None:
        if error.code == "references.changed":
            flash(words(error), "error")
            return redirect(
                url_for("contributions.references", contribution_id=self.contribution.id), 303
            )
        if error.code != "draft.changed_elsewhere":
            # Two clicks on the same button: the first one has done it.
            return redirect(
                url_for("contributions.show", contribution_id=self.contribution.id), 303
            )
        self.status = 409
        return self._merge(save=False)

    def save(self, essay: EssayInput, *, as_typed: bool = False) -> Draft:
        """Save that over the version the form was opened with; keep it aside on a conflict."""
        id, seen, page = self.contribution.id, self.form.seen_version, request.form.get("page", "")
        try:
            with transaction() as session:
                return saving.save_draft(
                    session, actor(), id, essay, seen_version=seen, page=page, as_typed=as_typed
                )
        except Conflict as error:
            if error.code == "draft.changed_elsewhere":
                self._put_aside(essay)
            raise

    def _put_aside(self, essay: EssayInput) -> None:
        seen, page = self.form.seen_version, request.form.get("page", "")
        with transaction() as session:
            saving.put_aside(
                session, actor(), self.contribution.id, essay, seen_version=seen, page=page
            )

    def _merge(self, *, save: bool) -> Response | None:
        """Show the stored version beside the form's; ``save`` the outcome if these were chosen."""
        try:
            mine = self.essay()
            db.rollback()
            theirs = db.get_one(Draft, self.contribution.id, populate_existing=True)
            self.merging = MergePage(theirs, self.form, mine, request.form)
            if not save and theirs.version != self.form.seen_version:
                self._put_aside(mine)
            if save and request.form.get("theirs") == str(theirs.version):
                outcome, seen = self.merging.outcome, theirs.version
                with transaction() as session:
                    saving.save_draft(
                        session, actor(), self.contribution.id, outcome, seen_version=seen
                    )
                return self._done(submit=False)
        except Invalid as error:
            self.form.reject(error)
            self.status = 422
        except Conflict:
            if not save:
                # It was handed in meanwhile; the error's page has the words.
                raise
            return self._merge(save=False)
        queries.own(db, actor(), self.contribution.id)
        return None

    def _done(self, *, submit: bool) -> Response:
        if submit:
            flash(_("Thank you. Your contribution has been submitted."), "success")
            target = "contributions.show"
        else:
            flash(_("Your draft has been saved."), "success")
            target = _TARGETS.get(request.form.get("action", ""), "contributions.edit")
        answer = redirect(url_for(target, contribution_id=self.contribution.id), 303)
        page = request.form.get("page", "")
        if _PAGE.fullmatch(page):
            # Tells the browser that it need not keep that page's text any longer (menu.js).
            answer.set_cookie("saved_page", page, max_age=600, samesite="Lax")
        return answer


class Correction(Editor):
    """The editor of a published text, for organisers."""

    def _keep(self, *, submit: bool) -> Response | None:
        try:
            essay, note = self.essay(), self.form.note.data or ""
            listed = Formatted.of(self.source.bibliography, essay.language, self.contribution.track)
            with transaction() as session:
                organising.correct(
                    session,
                    actor(),
                    self.contribution.id,
                    essay,
                    note=note,
                    seen=self.form.seen_version,
                    references=listed,
                )
        except Invalid as error:
            self.form.reject(error)
            self.status = 422
            return None
        except Conflict as error:
            flash(words(error), "error")
            self.status = 409
            if error.code == "correction.other_since":
                # Sent once more, it is meant to replace that one.
                self.form.version.data = str(error.data["number"])
            return None
        flash(_("The correction is published."), "success")
        return redirect(
            url_for("contributions.organise_one", contribution_id=self.contribution.id), 303
        )


def _track(contribution: Contribution) -> Track:
    track = editions.track(db, contribution.edition, contribution.track)
    assert track is not None, "an edition has both tracks"  # noqa: S101
    return track
