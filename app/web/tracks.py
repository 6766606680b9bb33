"""How the two tracks are called, in the reader's language."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.policy import TrackCode

TRACKS: Final[dict[TrackCode, LazyString]] = {
    TrackCode.JURIST: _l("Jurists"),
    TrackCode.DIGITAL_ACTOR: _l("Digital actors"),
}
