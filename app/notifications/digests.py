"""The words of a moderator's digest that its template can't make by itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.contributions.labels import TRACKS
from app.core.languages import LANGUAGES, Language
from app.core.policy import TrackCode
from app.web.templating import ago, number

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
    }


def _named(essay: Mapping[str, Any], apart: Apart) -> dict[str, Any]:
    return {"number": apart(essay["number"]), "title": apart(essay["title"])}


def languages(data: Mapping[str, Any]) -> dict[str, Language]:
    """The language of each title."""
    essays = [*data["oldest"], *data["held"]]
    titles = {each["title"]: LANGUAGES[each["language"]] for each in essays}
    names = {
        LANGUAGES[each["language"]].name: LANGUAGES[each["language"]] for each in data["lanes"]
    }
    return names | titles
