"""What the controls of a search offer, on every list that can be searched."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString, pgettext
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.labels import STATES, TRACKS
from app.contributions.queries import theme_titles
from app.contributions.states import State
from app.core.languages import LANGUAGES, Language
from app.core.localised import Localised
from app.core.policy import Actor
from app.editions.models import Edition, Question, Theme
from app.moderation.policy import PRIVATE
from app.moderation.reasons.labels import known_reasons
from app.moderation.search.forms import AGES, FLAGS, SearchForm
from app.web.templating import tr

HANDED_IN: Final = frozenset(State) - PRIVATE


@dataclass(frozen=True, slots=True)
class Filters:
    """By value, the label of each thing that can be chosen.

    Attributes:
        questions: those of each edition, by its slug.
        all_tracks, all_languages, all_states: what is said of no choice.
    """

    editions: Mapping[str, Localised]
    tracks: Mapping[str, LazyString]
    themes: Mapping[str, Localised]
    questions: Mapping[str, Mapping[str, Localised]]
    languages: list[Language]
    states: Mapping[str, LazyString]
    reasons: Mapping[str, str]
    all_tracks: str
    all_languages: str
    all_states: str
    ages: Mapping[str, LazyString]
    flags: Mapping[str, LazyString]

    @property
    def codes(self) -> frozenset[str]:
        """Those of the languages."""
        return frozenset(each.code for each in self.languages)

    @property
    def all_questions(self) -> frozenset[str]:
        """The short names of the questions of all editions."""
        return frozenset(slug for each in self.questions.values() for slug in each)


def filters(
    session: Session,
    actor: Actor,
    form: SearchForm,
    *,
    everywhere: bool = False,
    states: Collection[State] = HANDED_IN,
    all_states: str = "",
) -> Filters | None:
    """What the actor chooses among, in their own lanes or ``everywhere``; None where it is hidden.

    ``states`` are those the list can hold. Four queries.
    """
    if not form.is_wide:
        return None
    rows = session.execute(
        select(Edition.slug, Edition.title).order_by(Edition.position.desc(), Edition.id.desc())
    ).all()
    return Filters(
        editions={row.slug: tr(row.title) for row in rows},
        tracks={
            code: label for code, label in TRACKS.items() if everywhere or code in actor.serves
        },
        themes={code: tr(title) for code, title in theme_titles(session).items()},
        questions=_questions(session),
        languages=[each for each in LANGUAGES.values() if everywhere or each.code in actor.reads],
        states={code.value: label for code, label in STATES.items() if code in states},
        reasons=known_reasons(session, actor),
        all_tracks=_("Both tracks") if everywhere else pgettext("tracks", "All assigned to me"),
        all_languages=_("All languages")
        if everywhere
        else pgettext("languages", "All assigned to me"),
        all_states=all_states or _("All states"),
        ages=AGES,
        flags=FLAGS,
    )


def _questions(session: Session) -> dict[str, dict[str, Localised]]:
    rows = session.execute(
        select(Edition.slug.label("edition"), Question.slug, Question.title)
        .join(Theme, Theme.id == Question.theme_id)
        .join(Edition, Edition.id == Theme.edition_id)
        .order_by(
            Edition.position.desc(),
            Edition.id.desc(),
            Theme.position,
            Question.position,
            Question.id,
        )
    )
    found: dict[str, dict[str, Localised]] = {}
    for row in rows:
        found.setdefault(row.edition, {})[row.slug] = tr(row.title)
    return found
