"""What organisers say about a track's reasons."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from app.editions.forms import boxes, line, rule_field, sentence
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.verdicts import Verdict
from app.web.forms import Form, chosen, language_options, options
from app.web.language import current
from app.web.translating import TextsForm

#: Spam says its reason by itself, and its author hears nothing.
SPOKEN: Final = tuple(verdict for verdict in Verdict if verdict is not Verdict.SPAM)


class VerdictsForm(Form):
    """For which decisions something is offered; nothing chosen means all."""

    verdicts = boxes(_l("Only for these decisions"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdicts.choices = options((each.value, VERDICTS[each]) for each in SPOKEN)


class NewReason(VerdictsForm):
    """A reason of the track's own, in one language; the others follow."""

    code = line(_l("Short name in searches"))
    language = SelectField(_l("Language of these words"), [chosen()])
    text = sentence(_l("Wording"))
    rule = rule_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"language": current().code, **kwargs})
        self.language.choices = language_options()


class OfferForm(VerdictsForm):
    """When something is offered to moderators."""

    is_offered = BooleanField(_l("Moderators can choose it"))

    def __init__(self, verdicts: Sequence[str], is_offered: bool, *args: Any, **more: Any) -> None:
        super().__init__(*args, data={"verdicts": [*verdicts], "is_offered": is_offered, **more})


class OwnOfferForm(OfferForm):
    """The same of a reason of the track's own, which rests on a rule that can be chosen."""

    rule = rule_field()


class ReasonTexts(TextsForm):
    """A reason in one language."""

    names = ("text",)

    text = sentence(_l("Wording"))


class StandardTexts(ReasonTexts):
    """The same of a standard one, which has words in any case."""

    text = sentence(_l("Wording"), optional=True)
