"""A real browser in front of the real site: web and worker as ``make run`` starts them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.config import ROOT
from tests.required import left_out, program
from tests.serving.site import Site

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 20_000
"""Milliseconds for what is bound to happen; the machine may be slow."""
WIDE, NARROW = {"width": 1280, "height": 1000}, {"width": 390, "height": 800}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, headless; without one the tests are skipped, except where they are required."""
    path = program("browser", *CHROMIUM)
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def built() -> None:
    """The formatted editor, as the site gives it out."""
    if not (ROOT / "static" / "built" / "editor.js").is_file():
        left_out("node", "the editor is not built: run `make test`")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole site with the demonstration in it, at that address."""
    with Site(tmp_path_factory.mktemp("site") / "data", JSI_DEMO="1") as site:
        yield site.ready().address
        site.stop()


@pytest.fixture
def visitor(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """``visitor(language, width=…, javascript=…)`` is a new person's first page, at ``site``."""
    contexts: list[BrowserContext] = []

    def arrive(
        language: str,
        *,
        viewport: dict[str, int] | None = None,
        javascript: bool = True,
        zone: str = "UTC",
    ) -> Page:
        options: dict[str, Any] = {
            "base_url": site,
            "locale": {"zh": "zh-CN"}.get(language, language),
            "viewport": viewport or WIDE,
            "java_script_enabled": javascript,
            "timezone_id": zone,
        }
        context = chromium.new_context(**options)
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()
