"""Moments as they are written where no script puts them into the reader's own time."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.languages import CODES, LANGUAGES
from app.web.templating import moment


@pytest.mark.parametrize("code", CODES)
def test_moment_says_how_far_its_zone_is_from_utc_on_that_day(app: Flask, code: str) -> None:
    summer = datetime(2026, 6, 24, 22, 30, tzinfo=UTC)
    winter = datetime(2026, 12, 24, 22, 30, tzinfo=UTC)
    zero = {"fr": "UTC", "ar": "غرينتش"}.get(code, "GMT")
    with app.test_request_context(), force_locale(LANGUAGES[code].locale):
        assert f"0:30 {zero}+02:00" in moment(summer, "Europe/Paris")
        assert "25" in moment(summer, "Europe/Paris")
        assert f"23:30 {zero}+01:00" in moment(winter, "Europe/Paris")
        assert f"17:30 {zero}-05:00" in moment(winter, "America/New_York")
        assert "22:30 UTC" in moment(winter)
        assert "22:30 UTC" in moment(winter, "Europe/London")
