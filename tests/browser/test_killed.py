"""No word is lost either when the server or the browser is killed."""

from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import CHROMIUM, FLAGS, TIMEOUT
from tests.browser.drafts import (
    AUTHOR,
    WORDS,
    begin,
    expect_state,
    kept,
    stored,
    write,
    write_and_save,
)
from tests.browser.person import Person
from tests.required import program
from tests.serving.site import Site, free_port, until

pytestmark = pytest.mark.browser

# A copy that can be read is on the disk: a reader waits for the writer before it, which is strict.
ON_DISK = """text => new Promise((done, fail) => {
  const asked = indexedDB.open("drafts");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const all = asked.result.transaction("kept").objectStore("kept").getAll();
    all.onerror = () => fail(all.error);
    all.onsuccess = () => {
      asked.result.close();
      done(all.result.some((copy) => copy.includes(text)));
    };
  };
})"""


def test_a_server_that_is_killed_and_started_again_costs_nothing(
    chromium: Browser, tmp_path: Path
) -> None:
    def start(port: int) -> Site:
        return Site(tmp_path / "data", JSI_DEMO="1", PORT=str(port)).ready()

    port = free_port()
    with start(port) as first:
        context = chromium.new_context(base_url=first.address)
        page = context.new_page()
        begin(page, "fr")
        write_and_save(page, WORDS["fr"][0])
    write(page, WORDS["fr"][1])
    expect_state(page, "offline")
    with start(port):
        page.bring_to_front()
        expect_state(page, "saved")
        for text in WORDS["fr"]:
            assert text in stored(page)
        context.close()


def test_a_browser_that_is_killed_costs_nothing(
    chromium: Browser, site: str, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"

    def launch() -> BrowserContext:
        context = chromium.browser_type.launch_persistent_context(
            str(profile), executable_path=program("browser", *CHROMIUM), args=FLAGS, base_url=site
        )
        context.set_default_timeout(TIMEOUT)
        return context

    page = launch().new_page()
    begin(page, "ko")
    address = page.url
    page.route("**/autosave", lambda route: route.abort())
    write(page, WORDS["ko"][0])
    expect_state(page, "offline")
    page.keyboard.insert_text(WORDS["ko"][1])
    # Not wait_for_function, which takes the promise itself for a yes.
    until(lambda: bool(page.evaluate(ON_DISK, WORDS["ko"][1])), "the browser has kept it")
    for process in _running(profile):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    until(lambda: not _running(profile), "chromium is gone")
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (profile / name).unlink(missing_ok=True)

    context = launch()
    page = context.new_page()
    person = Person(page, "ko")
    person.open("/")  # the session is there still if it reached the disk
    person.sign_in(AUTHOR)
    page.goto(address)
    assert WORDS["ko"][0] not in page.input_value("#body")
    expect(page.locator("main .notice blockquote")).to_contain_text("".join(WORDS["ko"]))
    person.check()
    with page.expect_navigation():
        page.click("[data-act=restore]")
    for text in WORDS["ko"]:
        assert text in page.input_value("#body")
    expect_state(page, "saved")
    for text in WORDS["ko"]:
        assert text in stored(page)
    assert kept(page) == []
    context.close()


def _running(profile: Path) -> list[psutil.Process]:
    """The browser's processes."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if f"--user-data-dir={profile}" in process.cmdline():
                found.append(process)
    return found
