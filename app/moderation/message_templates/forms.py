"""What organisers prepare for moderators, and how moderators choose among it."""

from collections.abc import Iterable
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from app.editions.forms import PARAGRAPHS, NewTexts, line
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.verdicts import Verdict
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.reasons.forms import VerdictsForm
from app.web.forms import MaxLength, plain_text, required
from app.web.templating import tr
from app.web.translating import TextsForm


def _text() -> TextAreaField:
    return TextAreaField(_l("Message"), [required(), MaxLength(PARAGRAPHS), plain_text])


class NewTemplate(VerdictsForm, NewTexts):
    """A message in one language; the others follow."""

    text = _text()


class TemplateTexts(TextsForm):
    """The same in one language."""

    names = ("title", "text")

    title = line(_l("Title"))
    text = _text()


def template_choices(templates: Iterable[MessageTemplate]) -> list[tuple[str, Any]]:
    """What a moderator chooses from, each with the decisions it is meant for."""
    return [("", "–"), *((str(each.id), _label(each)) for each in templates)]


def _label(template: MessageTemplate) -> str:
    title = str(tr(template.title))
    if not template.verdicts:
        return title
    named = [str(VERDICTS[Verdict(each)]) for each in template.verdicts]
    listed = format_list(named, locale=get_locale())
    return str(_("%(title)s (%(verdicts)s)", title=title, verdicts=listed))
