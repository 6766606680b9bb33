"""What people do at the site, step by step, whatever the language of the page."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from tests.serving.site import PATIENCE_SECONDS

CHECKED: set[tuple[int, str]] = set()
"""The pages axe-core has been over in this run, by the window's width: none is gone over twice.

Pages that differ by numbers alone (ids, moments, counts, tokens) are one.
"""

PASSWORD = "a good long password"
DEMONSTRATION = "demonstration"
NUMBERS = re.compile(r'name="csrf_token"[^>]*|data-token="[^"]*"|\d+')


def fits_and_is_accessible(page: Page) -> None:
    """No words run out of the window, and axe-core finds nothing."""
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{page.url} is {overflow} pixels too wide"
    known = (page.evaluate("window.innerWidth"), NUMBERS.sub("0", page.content()))
    if known in CHECKED:
        return
    found = Axe().run(page)
    CHECKED.add(known)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@contextmanager
def measurable(page: Page) -> Iterator[Page]:
    """The page as it is without scripts, in a context that can be asked about it by script."""
    browser, size, written = page.context.browser, page.viewport_size, page.content()
    assert browser is not None
    assert size is not None

    def answer(route: Route) -> None:
        match route.request.resource_type:
            case "document":
                route.fulfill(body=written, content_type="text/html; charset=utf-8")
            case "script":
                route.abort()
            case _:
                route.continue_()

    with browser.new_context(viewport=size) as context:
        context.add_cookies(page.context.cookies())
        copy = context.new_page()
        copy.route("**/*", answer)
        copy.goto(page.url)
        yield copy


class Person:
    """Somebody at a browser, who reads the pages in one language.

    Every page that is opened is checked with axe-core and for words that run out of the window.
    """

    def __init__(self, page: Page, language: str, *, javascript: bool = True) -> None:
        self.page = page
        self.language = language
        self.javascript = javascript

    def open(self, path: str) -> None:
        """Open a page of the language."""
        answer = self.page.goto(f"/{self.language}{path}")
        assert answer is not None
        assert answer.status == 200, (answer.status, path)
        self.check()

    def check(self) -> None:
        """The page says its language and direction, fits the window, and axe-core finds nothing."""
        root = self.page.locator("html")
        expect(root).to_have_attribute("lang", {"zh": "zh-Hans"}.get(self.language, self.language))
        expect(root).to_have_attribute("dir", "rtl" if self.language == "ar" else "ltr")
        if self.javascript:
            fits_and_is_accessible(self.page)
        else:
            with measurable(self.page) as copy:
                fits_and_is_accessible(copy)

    def click(self, selector: str) -> None:
        """Press something that leads to another page, and check that page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.check()

    def register(self, name: str, email: str) -> None:
        """Create an account and confirm its address by the link in the mail."""
        self.open("/register")
        self.page.fill("#name", name)
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.click("main form button")
        link = self.mailed(email, "/confirm/")
        self.page.goto(link)
        self.check()
        self.sign_in(email, PASSWORD)

    def sign_in(self, email: str, password: str = DEMONSTRATION) -> None:
        """Through the sign-in page, unless signed in already."""
        if self.page.locator("form[action$='/logout']").count():
            return
        self.open("/login")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.click("main form:has(#password) button")

    def mailed(self, email: str, part: str) -> str:
        """The newest link with that part in a mail to that address, once the worker has sent it."""
        link = self.page.locator(f"main article:has-text('{email}') a[href*='{part}']").first
        self.until(f"/{self.language}/mailbox/", link)
        return str(link.get_attribute("href"))

    def until(self, path: str, shown: Locator) -> None:
        """Open a page again and again until the worker has done what it is to show."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        self.page.goto(path)
        while not shown.count():
            assert time.monotonic() < deadline, (path, self.page.inner_text("main"))
            self.page.wait_for_timeout(200)
            self.page.goto(path)

    def write(self, track: str, essay: dict[str, str]) -> str:
        """Begin, write, look at, save and submit an essay; its number."""
        self.open(f"/contribute/{track}/")
        self.page.select_option("#question", index=1)
        self.page.select_option("#language", self.language)
        self.click("main form button")
        self.write_plainly()
        for name, text in essay.items():
            self.page.fill(f"#{name}", text)
        if self.javascript:
            self.page.click("[data-toolbar] button:last-child")
            self.page.keyboard.type("note")
            expect(self.page.locator("#body")).to_have_value(re.compile(r"\[\^2\]: note$"))
        self.page.check("input[name=licence][value='CC-BY-4.0']")
        self.page.check("#consent_publication")
        self.click(".panel button[value=preview]")
        expect(self.page.locator("#preview [role=doc-noteref]").first).to_be_visible()
        self.click(".panel button[value=save]")
        assert self.page.input_value("#title") == essay["title"]
        self.click(".panel button[value=submit]")
        shown = self.page.inner_text("main")
        found = re.search(r"S-[JD]-\d{3}", shown)
        assert found, shown
        return found[0]

    def write_plainly(self) -> None:
        """The essay as plain text, once its editor is there."""
        switch = self.page.locator("#formatted-switch")
        if not self.javascript or not switch.count():
            return
        expect(switch).to_be_visible()
        if not self.page.locator("#body").is_visible():
            switch.click()
        expect(self.page.locator("#body")).to_be_visible()

    def decide(self, number: str, verdict: str, words: str = "", points: str = "") -> None:
        """Find an essay in the queue, take it in hand, decide."""
        letter = "jurist" if "-J-" in number else "digital_actor"
        self.open(f"/moderation/?track={letter}&lang={self.language}")
        self.click(f"main a:has-text('{number}'), main li:has-text('{number}') h2 a")
        self.click("main form[action$='/claim'] button")
        self.page.check(f"input[name=verdict][value={verdict}]")
        reason = "relevant" if verdict == "accept" else "sources"
        self.page.check(f"input[name=reasons][value={reason}]")
        self.page.fill("#words", words)
        self.page.fill("#points", points)
        self.click("#decision form button:not([name])")

    def build(self, slug: str, title: str, form: str) -> str:
        """Create a volume (once), fill it, build it; the name of the file."""
        self.open("/organise/volumes/")
        if not self.page.locator(f"a[href$='/organise/volumes/{slug}/']").count():
            self.page.select_option("#edition", "standing")
            self.page.fill("#title", title)
            self.page.fill("#slug", slug)
            self.click("main form:has(#slug) button")
        self.open(f"/organise/volumes/{slug}/")
        if self.page.locator("form[action$='/fill']").count():
            self.click("form[action$='/fill'] button")
        self.page.select_option("form:has(#format) #language", self.language)
        self.page.select_option("#format", form)
        self.click("form:has(#format) button")
        file = self.page.locator(f"#builds-table a[href$='.{form}']").first
        self.until(f"/{self.language}/organise/volumes/{slug}/", file)
        return str(file.get_attribute("href"))

    def download(self, address: str, into: Path) -> Path:
        """A file of the site."""
        answer = self.page.request.get(address)
        assert answer.status == 200
        into.write_bytes(answer.body())
        return into
