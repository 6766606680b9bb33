"""The tracks have one name in each language: on pages, in new editions, in the demonstration."""

import tomllib

import pytest
from flask import Flask
from flask_babel import force_locale

from app.config import ROOT
from app.contributions.labels import TRACKS
from app.core.languages import CODES
from app.core.policy import TrackCode
from app.editions.choices import TRACK_TITLES

CONTENT = ROOT / "app/demonstration/content"


@pytest.mark.parametrize("code", CODES)
def test_tracks_are_called_alike_everywhere(app: Flask, code: str) -> None:
    site = tomllib.loads((CONTENT / code / "site.toml").read_text("utf-8"))
    for track in TrackCode:
        with app.test_request_context(), force_locale(code):
            said = str(TRACKS[track])
        assert TRACK_TITLES[track][code] == said
        assert site["tracks"][track.value]["title"] == said
