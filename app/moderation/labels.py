"""What all pages of the desk show alike."""

from typing import Final

from markupsafe import Markup

from app.core.languages import LANGUAGES

#: The languages' own names, marked as what they are.
NAMES: Final[dict[str, Markup]] = {
    each.code: Markup('<span lang="{}" dir="{}">{}</span>').format(
        each.tag, each.direction, each.name
    )
    for each in LANGUAGES.values()
}
