"""The organisers' forms: they check shape; what needs the database or the clock is a rule."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.localised import pick
from app.core.policy import TrackCode
from app.editions.charter import Rules
from app.editions.choices import ASKABLE, time_zones
from app.editions.labels import CHECKS, FIELDS, LICENCES
from app.editions.models import Edition, Question, Theme, Track
from app.web.forms import (
    Form,
    MaxLength,
    SettingsForm,
    chosen,
    essay_text,
    language_options,
    offered,
    options,
    plain_line,
    plain_text,
    required,
)
from app.web.language import current
from app.web.tracks import TRACKS
from app.web.translating import TextsForm

LINE: Final = 300
PARAGRAPHS: Final = 5_000
GUIDANCE: Final = 40_000
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199
LOCAL: Final = "%Y-%m-%dT%H:%M"

#: Where most organisers are; the other zones follow in alphabetical order.
COMMON_ZONES: Final = (
    "UTC",
    "Europe/Paris",
    "Europe/London",
    "Europe/Moscow",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Riyadh",
    "Asia/Shanghai",
    "Asia/Seoul",
    "America/New_York",
    "America/Mexico_City",
    "America/Sao_Paulo",
)


def zones() -> list[Any]:
    """Time zones by group, as choices."""
    others = sorted(
        name
        for name in time_zones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/")) and name not in COMMON_ZONES
    )
    return [
        *options(((name, name) for name in COMMON_ZONES), group=_("Often used")),
        *options(((name, name) for name in others), group=_("All others")),
    ]


def line(label: Any, *more: Any) -> StringField:
    """A line that has to be filled in."""
    return StringField(label, [required(), *more, MaxLength(LINE), plain_line])


def rule_field() -> SelectField:
    """The rule of the charter that something rests on; :func:`offer_rules` fills it."""
    return SelectField(
        _l("Rule of the charter it rests on"), [offered], choices=[], validate_choice=False
    )


def offer_rules(field: SelectField, rules: Rules, kept: str = "") -> None:
    """Let one of the charter's rules be chosen, or none in particular.

    ``kept`` is one that may be left as it is although the charter has it no longer.
    """
    known = [(rule, pick(names, current().code).text) for rule, names in rules.items()]
    gone = [(kept, kept)] if kept and kept not in rules else []
    field.choices = options([("", _("No rule in particular")), *known, *gone])


def sentence(label: Any, *, optional: bool = False) -> TextAreaField:
    """A line that may be long, so that it is seen whole while it is written."""
    return TextAreaField(
        label,
        [*([] if optional else [required()]), MaxLength(LINE), plain_line],
        filters=[lambda value: " ".join(value.split()) if value else value],
        render_kw={"rows": 2},
    )


def paragraphs(label: Any) -> TextAreaField:
    """A longer text, which may be missing."""
    return TextAreaField(label, [MaxLength(PARAGRAPHS), plain_text])


def boxes(label: Any) -> SelectMultipleField:
    """Several of several."""
    return SelectMultipleField(label, widget=ListWidget(), option_widget=CheckboxInput())


def moment_in(local: datetime, zone: str) -> datetime:
    """A time of a zone's clocks as a moment. Raises ValidationError where there is none."""
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValidationError(_("Please check the year."))
    moment = local.replace(tzinfo=ZoneInfo(zone))
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != local:
        raise ValidationError(
            _("Clocks are set forward at that moment: this time does not exist there.")
        )
    return moment


def values(form: Form, *names: str) -> dict[str, Any]:
    """What an operation takes of a form, by name."""
    return {name: form[name].data for name in names}


class NewTexts(Form):
    """The first texts of something new, in one language; the others follow."""

    language = SelectField(_l("Language of these texts"), [chosen()])
    title = line(_l("Title"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"language": current().code, **kwargs})
        self.language.choices = language_options()


class NewEdition(NewTexts):
    """Begin an edition."""

    slug = line(_l("Short name in addresses"))
    prefix = line(_l("First part of the contributions’ numbers"))
    description = paragraphs(_l("Description"))


class EditionForm(SettingsForm):
    """What of an edition is the same in every language."""

    slug = line(_l("Short name in addresses"))
    prefix = line(_l("First part of the contributions’ numbers"))
    is_open = BooleanField(_l("The call is switched on"))
    time_zone = SelectField(_l("Time zone"), [chosen()])
    opens_at = DateTimeLocalField(_l("The call opens"), [Optional()], format=LOCAL)
    closes_at = DateTimeLocalField(_l("The call closes"), [Optional()], format=LOCAL)
    release_later = BooleanField(_l("Accepted essays wait until an organiser publishes them"))
    decides_together = BooleanField(_l("Authors are told of all decisions at the same time"))
    appeal_days = IntegerField(
        _l("Days to appeal against a decision"),
        [InputRequired(message=_l("Please enter a whole number."))],
    )

    def __init__(self, edition: Edition | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, data=_settings(edition) if edition else None, **kwargs)
        self.time_zone.choices = zones()

    def validate_opens_at(self, field: Field) -> None:
        """The moment exists on the clocks of the zone."""
        self._moment(field)

    validate_closes_at = validate_opens_at

    def _moment(self, field: Field) -> datetime | None:
        """A field's local time as a moment; None where it is empty or the zone is not known.

        What was entered is by the clocks of the zone it was entered beside, though somebody else
        may have changed that one meanwhile.
        """
        local: datetime | None = field.data
        beside = self.time_zone.raw_data if local is not field.object_data else None
        zone = beside[0] if beside else self.time_zone.data
        return None if local is None or zone not in time_zones() else moment_in(local, zone)

    @property
    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        return {
            "slug": self.slug.data,
            "prefix": self.prefix.data,
            "time_zone": self.time_zone.data,
            "opens_at": self._moment(self.opens_at),
            "closes_at": self._moment(self.closes_at),
            "is_open": self.is_open.data,
            "release_later": self.release_later.data,
            "decides_together": self.decides_together.data,
            "appeal_days": self.appeal_days.data,
        }


def _settings(edition: Edition) -> dict[str, Any]:
    """The edition's present values, its moments as its own zone's clocks show them."""
    zone = ZoneInfo(edition.time_zone)
    names = (
        *("slug", "prefix", "time_zone", "is_open"),
        *("release_later", "decides_together", "appeal_days"),
    )
    local = {
        name: moment.astimezone(zone).replace(tzinfo=None) if moment else None
        for name, moment in (("opens_at", edition.opens_at), ("closes_at", edition.closes_at))
    }
    return {name: getattr(edition, name) for name in names} | local


class EditionTexts(TextsForm):
    """An edition in one language."""

    names = ("title", "description")

    title = line(_l("Title"))
    description = paragraphs(_l("Description"))


def _number(label: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(message=_l("Please enter a whole number."))])


class TrackForm(SettingsForm):
    """A track's rules."""

    min_length = _number(_l("Minimum, in words"))
    max_length = _number(_l("Maximum, in words"))
    min_characters = _number(_l("Minimum, in characters"))
    max_characters = _number(_l("Maximum, in characters"))
    required_fields = boxes(_l("Required of authors"))
    required_checks = boxes(_l("Checks an essay has to pass"))
    licences = boxes(_l("Licences authors may choose from"))
    is_blind = BooleanField(_l("Moderators are not told who wrote an essay"))
    hides_moderators = BooleanField(_l("Authors are not told who writes to them"))
    wants_second_opinion = BooleanField(_l("A rejection needs a second moderator"))
    sampled_percent = _number(_l("Second looks, in per cent of all decisions"))

    names = (
        *("min_length", "max_length", "min_characters", "max_characters"),
        *("required_fields", "required_checks", "licences"),
        *("is_blind", "hides_moderators", "wants_second_opinion", "sampled_percent"),
    )

    def __init__(self, track: Track, *args: Any, **kwargs: Any) -> None:
        data = {name: getattr(track, name) for name in self.names}
        super().__init__(*args, data=data, **kwargs)
        asked = ASKABLE[TrackCode(track.code)]
        self.required_fields.choices = options((each.value, FIELDS[each]) for each in asked)
        self.required_checks.choices = options(
            (each.value, label) for each, label in CHECKS.items()
        )
        self.licences.choices = options((str(each), label) for each, label in LICENCES.items())

    @property
    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        return values(self, *self.names)


class TrackTexts(TextsForm):
    """A track in one language."""

    names = ("title", "audience", "guidance")
    rendered = ("guidance",)

    title = line(_l("Title"))
    audience = paragraphs(_l("For whom it is"))
    guidance = TextAreaField(_l("Guidance"), [MaxLength(GUIDANCE), essay_text])


class NewTheme(NewTexts):
    """Add a theme."""

    code = line(_l("Short name in addresses"))
    context = paragraphs(_l("Context"))


class ThemeForm(SettingsForm):
    """What of a theme is the same in every language."""

    code = line(_l("Short name in addresses"))


class ThemeTexts(TextsForm):
    """A theme in one language."""

    names = ("title", "context")

    title = line(_l("Title"))
    context = paragraphs(_l("Context"))


class NewQuestion(NewTexts):
    """Add a question."""

    slug = line(_l("Short name in addresses"))
    tracks = boxes(_l("Asked of"))
    title = sentence(_l("Question"))
    context = paragraphs(_l("Context"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"tracks": list(TrackCode), **kwargs})
        self.tracks.choices = _tracks()


class QuestionForm(SettingsForm):
    """What of a question is the same in every language."""

    slug = line(_l("Short name in addresses"))
    theme = SelectField(_l("Theme"), [chosen()])
    tracks = boxes(_l("Asked of"))

    def __init__(
        self, question: Question, themes: list[tuple[Theme, str]], *args: Any, **kwargs: Any
    ) -> None:
        data = {
            "slug": question.slug,
            "tracks": question.tracks,
            "theme": next(theme.code for theme, _title in themes if theme.id == question.theme_id),
        }
        super().__init__(*args, data=data, **kwargs)
        self.theme.choices = options((theme.code, title) for theme, title in themes)
        self.tracks.choices = _tracks()


class QuestionTexts(TextsForm):
    """A question in one language."""

    names = ("title", "context")

    title = sentence(_l("Question"))
    context = paragraphs(_l("Context"))


def _tracks() -> list[Any]:
    return options((code.value, label) for code, label in TRACKS.items())
