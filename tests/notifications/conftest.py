"""An application that hands its mail to a real server in the test's process."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from tests.notifications.smtp import Postbox, Server


@pytest.fixture
def server() -> Iterator[Server]:
    """An SMTP server."""
    with Server() as server:
        yield server


@pytest.fixture
def postbox(server: Server) -> Postbox:
    """What it has taken."""
    return server.postbox


@pytest.fixture
def settings(settings: Settings, server: Server) -> Settings:
    """The usual settings, with that server."""
    return replace(settings, mail_url=server.url, base_url="https://site.example")


@pytest.fixture
def demo(settings: Settings) -> Iterator[Flask]:
    """The same application in demonstration mode, without a mail server."""
    app = create_app(replace(settings, demo=True, mail_url=""))
    yield app
    app.extensions["jsi_engine"].dispose()
