"""A real browser in front of the real site: web and worker as ``make run`` starts them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.config import ROOT

REQUIRED = "browser" in os.environ.get("JSI_TEST_REQUIRE", "").split()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 1000}, {"width": 390, "height": 800}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, headless; without one the tests are skipped, except where they are required."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if REQUIRED:
            pytest.fail("chromium is not installed, and the browser tests are required here")
        pytest.skip("chromium is not installed: the browser tests were not run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole site with the demonstration in it, at that address."""
    folder: Path = tmp_path_factory.mktemp("site")
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JSI_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.serve"],
            cwd=ROOT,
            env=kept | {"JSI_DATA_DIR": str(folder), "JSI_DEMO": "1", "PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.25)
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


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
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()
