"""Co-authors and leaving, in a real browser: invited in Arabic, gone in French without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW
from tests.browser.person import PASSWORD, Person

pytestmark = pytest.mark.browser


def test_a_co_author_confirms_in_arabic_and_edits(
    visitor: Callable[..., Page], tmp_path: Path
) -> None:
    owner = Person(visitor("fr"), "fr")
    owner.sign_in("jurist@demo.example")
    owner.open("/contribute/jurist/")
    owner.page.select_option("#language", "ar")
    owner.click("main form button")
    owner.page.fill("#title", "السلام في الفضاء السيبراني")
    owner.page.click(".more-fields > summary")
    owner.page.fill("#authors-0-orcid", "https://orcid.org/0000-0002-1825-0097")
    owner.click("button[value=add_author]")
    owner.page.fill("#authors-1-name", "ليلى حداد")
    owner.click("button[value=move_author_up-1]")
    expect(owner.page.locator("#authors-0-name")).to_have_value("ليلى حداد")
    expect(owner.page.locator("#authors-1-orcid")).to_have_value(
        "https://orcid.org/0000-0002-1825-0097"
    )
    owner.click(".panel button[value=save]")
    essay = owner.page.url.rstrip("/").split("/")[-2]
    owner.open(f"/my/contributions/{essay}/authors/")
    owner.page.fill("#email", "layla@example.org")
    owner.page.select_option("#language", "ar")
    owner.page.check("#may_edit")
    owner.click("main section form button")
    owner.page.screenshot(path=tmp_path / "authors-fr.png", full_page=True)

    guest = Person(visitor("ar", viewport=NARROW), "ar")
    guest.page.goto(guest.mailed("layla@example.org", "/invitations/"))
    guest.check()
    guest.page.screenshot(path=tmp_path / "invitation-ar.png", full_page=True)
    guest.register("ليلى حداد", "layla@example.org")
    guest.open("/my/contributions/")
    guest.page.screenshot(path=tmp_path / "mine-ar.png", full_page=True)
    guest.click("form[action$='/confirm'] button")
    guest.open(f"/my/contributions/{essay}/edit")
    assert guest.page.locator("button[value=submit]").count() == 0
    guest.page.fill("#title", "السلام، معًا")
    guest.click(".panel button[value=save]")
    owner.open(f"/my/contributions/{essay}/authors/")
    expect(owner.page.locator("main")).to_contain_text("السلام، معًا")
    guest.page.screenshot(path=tmp_path / "edit-ar.png", full_page=True)


def test_an_account_is_deleted_without_scripts(
    visitor: Callable[..., Page], tmp_path: Path
) -> None:
    person = Person(visitor("fr", javascript=False), "fr", javascript=False)
    person.register("Zoé Passante", "zoe@example.org")
    person.open("/account")
    person.click("main a[href$='/account/data/']")
    with person.page.expect_download() as taken:
        person.page.locator("main form button").first.click()
    assert taken.value.suggested_filename == "jesuisinternet-data.zip"
    person.click("main a[href$='/account/delete']")
    person.page.screenshot(path=tmp_path / "delete-fr.png", full_page=True)
    person.page.check("input[name=names][value=remove]")
    person.page.fill("#password", PASSWORD)
    person.click("main form button")
    person.open("/login")
    person.page.fill("#email", "zoe@example.org")
    person.page.fill("#password", PASSWORD)
    person.click("main form:has(#password) button")
    assert person.page.locator("#password").count() == 1
