"""The words of mails about several essays that their templates can't make by themselves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from app.contributions.labels import TRACKS
from app.core.languages import LANGUAGES, Language
from app.core.policy import TrackCode
from app.web.templating import ago, number

_NUMBERS: Final = (
    "held_more",
    "old_appeals",
    "cases",
    "old_cases",
    "old_appeals_everywhere",
    "stranded",
    "stranded_essays",
)

#: Whether there are more than that number, at which counting stopped.
_MORE: Final = (
    "more_appeals",
    "more_old_appeals",
    "more_cases",
    "more_old_cases",
    "more_old_appeals_everywhere",
)

Apart = Callable[[str], str]


def words(data: Mapping[str, Any], apart: Apart, link: Callable[[int], str]) -> dict[str, Any]:
    """What the template is given: ``apart`` keeps a text apart, ``link`` is an essay's address."""
    return {
        "lanes": [
            (
                TRACKS[TrackCode(each["track"])],
                apart(LANGUAGES[each["language"]].name),
                number(each["number"]),
                each["more"],
            )
            for each in data["lanes"]
        ],
        "oldest": [
            _named(each, apart)
            | {
                "overdue": each["overdue"],
                "span": ago(datetime.fromisoformat(each["since"])),
                "link": link(each["id"]),
            }
            for each in data["oldest"]
        ],
        "held": [
            _named(each, apart) | {"until": datetime.fromisoformat(each["until"])}
            for each in data["held"]
        ],
        "ageing": [
            (
                TRACKS[TrackCode(each["track"])],
                apart(LANGUAGES[each["language"]].name),
                number(each["number"]),
                ago(datetime.fromisoformat(each["since"])),
                each["served"],
            )
            for each in data.get("ageing", ())
        ],
        # A mail that was owed before there was this says nothing of it.
        **{name: data.get(name, 0) for name in _NUMBERS},
        **{name: data.get(name, False) for name in _MORE},
        "moderates": data.get("moderates", True),
        "organises": data.get("organises", False),
    }


def words_of_given(
    data: Mapping[str, Any], apart: Apart, link: Callable[[int], str]
) -> dict[str, Any]:
    """The same of a mail about essays that were given to somebody at once."""
    essays = [_named(each, apart) | {"link": link(each["id"])} for each in data["essays"]]
    return {"essays": essays, "more": data["number_given"] - len(essays)}


def _named(essay: Mapping[str, Any], apart: Apart) -> dict[str, Any]:
    return {"number": apart(essay["number"]), "title": apart(essay["title"])}


def languages(data: Mapping[str, Any]) -> dict[str, Language]:
    """The language of each title."""
    essays = [each for name in ("oldest", "held", "essays") for each in data.get(name, ())]
    titles = {each["title"]: LANGUAGES[each["language"]] for each in essays}
    names = {
        LANGUAGES[each["language"]].name: LANGUAGES[each["language"]]
        for each in (*data.get("lanes", ()), *data.get("ageing", ()))
    }
    return names | titles
