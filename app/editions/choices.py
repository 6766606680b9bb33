"""What a track may ask for and offer, and what an edition's tracks are called to begin with."""

from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from app.core.policy import TrackCode


class Licence(StrEnum):
    """On what terms an author lets readers use an essay; SPDX names where there are any."""

    CC_BY = "CC-BY-4.0"
    CC_BY_SA = "CC-BY-SA-4.0"
    CC_BY_NC_ND = "CC-BY-NC-ND-4.0"
    PERMISSION = "permission"


class AskedField(StrEnum):
    """A field of an essay that a track may insist on."""

    ABSTRACT = "abstract"
    SUMMARY = "summary"
    KEYWORDS = "keywords"
    QUESTION = "question"
    AFFILIATION = "affiliation"
    FIELD_OF_LAW = "field_of_law"
    JURISDICTION = "jurisdiction"
    SECTOR = "sector"
    ROLE = "role"


class Check(StrEnum):
    """A check before submission that a track may insist on; otherwise it only advises."""

    LANGUAGE = "language"
    LINKS = "links"
    SIMILAR = "similar"
    CO_AUTHORS = "co_authors"


_COMMON: Final = (
    AskedField.ABSTRACT,
    AskedField.SUMMARY,
    AskedField.KEYWORDS,
    AskedField.QUESTION,
    AskedField.AFFILIATION,
)

#: By track: the fields its form has, beside those that are always needed.
ASKABLE: Final[dict[TrackCode, tuple[AskedField, ...]]] = {
    TrackCode.JURIST: (*_COMMON, AskedField.FIELD_OF_LAW, AskedField.JURISDICTION),
    TrackCode.DIGITAL_ACTOR: (*_COMMON, AskedField.SECTOR, AskedField.ROLE),
}

#: What a new edition's tracks are called until an organiser renames them.
TRACK_TITLES: Final[dict[TrackCode, dict[str, str]]] = {
    TrackCode.JURIST: {
        "de": "Juristinnen und Juristen",
        "en": "Jurists",
        "ar": "الحقوقيون",
        "zh": "法律界人士",
        "ko": "법률가",
        "es": "Juristas",
        "fr": "Juristes",
        "it": "Giuristi",
        "pt": "Juristas",
        "ru": "Юристы",
    },
    TrackCode.DIGITAL_ACTOR: {
        "de": "Andere digitale Akteure",
        "en": "Digital actors",
        "ar": "الجهات الرقمية الفاعلة",
        "zh": "数字行为体",
        "ko": "디지털 주체",
        "es": "Actores digitales",
        "fr": "Autres acteurs du numérique",
        "it": "Altri attori digitali",
        "pt": "Atores digitais",
        "ru": "Участники цифровой среды",
    },
}


@cache
def time_zones() -> frozenset[str]:
    """The IANA names of all time zones."""
    return frozenset(available_timezones())
