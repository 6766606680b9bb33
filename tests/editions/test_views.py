"""The organisers' desk over HTTP: an edition from nothing, texts in ten languages, strangers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.languages import CODES
from app.editions import queries
from app.editions.models import Edition
from app.editions.policy import CallState, call_state
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser

Open = Callable[..., Browser]
DESK = "/en/organise/"


@pytest.fixture
def organiser(browser: Open, people: Cast) -> Browser:
    return browser("organiser@example.org")


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    edition = make_edition(db)
    db.commit()
    return edition


def reread(db: Session, slug: str = "standing") -> Edition:
    db.rollback()
    db.expire_all()
    edition = queries.edition_by_slug(db, slug)
    assert edition is not None
    return edition


def headings(page: Browser) -> list[str]:
    return [item.text_content().strip() for item in page.tree.xpath("//h1|//h2|//h3|//h4")]


def test_an_edition_from_nothing_in_pages(
    browser: Open, people: Cast, db: Session, at: Callable[[Any], None]
) -> None:
    """As with JSI_DEMO=0: the first administrator makes all of it, and a call opens."""
    admin = browser("administrator@example.org")
    assert "There is no edition yet" in admin.get(DESK).text
    admin.get(f"{DESK}editions/new")
    answer = admin.submit(
        {"slug": "2027", "prefix": "2027", "language": "fr", "title": "Édition 2027"}
    )
    assert answer.status_code == 303
    admin.get(answer.location)
    assert "The call is closed." in admin.page.text

    for track in ("jurist", "digital_actor"):
        admin.get(f"{DESK}editions/2027/tracks/{track}/rules")
        rules = {"min_length": "50", "max_length": "3000", "licences": ["CC-BY-4.0"]}
        assert admin.submit(rules | {"required_fields": ["abstract"]}).status_code == 303
        admin.get(f"{DESK}editions/2027/tracks/{track}/texts?in=fr")
        guidance = {"audience": "Pour vous.", "guidance": "## Avant d’écrire\n\nLisez."}
        assert admin.submit({"title": "Une voie"} | guidance).status_code == 303

    admin.get(f"{DESK}editions/2027/themes/new")
    theme = {"code": "prevention", "language": "ar", "title": "الوقاية"}
    assert admin.submit(theme).status_code == 303
    admin.get(f"{DESK}editions/2027/themes/prevention/questions/new")
    question = {"slug": "prevenir", "language": "fr", "title": "Comment prévenir ?"}
    assert admin.submit(question | {"tracks": ["jurist"]}).status_code == 303

    admin.get(f"{DESK}editions/2027/settings")
    window = {"opens_at": "2027-01-01T09:00", "closes_at": "2027-06-30T18:00"}
    answer = admin.submit(window | {"time_zone": "Asia/Seoul", "is_open": "y"})
    assert answer.status_code == 303

    edition = reread(db, "2027")
    assert edition.opens_at == datetime(2027, 1, 1, 0, tzinfo=UTC)
    assert edition.closes_at == datetime(2027, 6, 30, 9, tzinfo=UTC)
    assert call_state(edition, datetime(2027, 3, 1, tzinfo=UTC)) is CallState.OPEN
    track = queries.track(db, edition, "jurist")
    assert track is not None
    assert (track.max_length, track.licences) == (3000, ["CC-BY-4.0"])
    assert "<h2>Avant d’écrire</h2>" in track.guidance_html["fr"]
    asked = queries.questions_of(db, edition, "jurist")
    assert [(each.slug, each.theme.code) for each in asked] == [("prevenir", "prevention")]
    assert queries.questions_of(db, edition, "digital_actor") == []

    at(datetime(2027, 3, 1, tzinfo=UTC))
    guidance = browser().get("/fr/contribute/jurist/")
    assert "Avant d’écrire" in guidance.text
    assert "Comment prévenir ?" in guidance.text


def test_desk_shows_how_things_stand(
    organiser: Browser, edition: Edition, people: Cast, db: Session
) -> None:
    make_contribution(db, people.author, edition=edition)
    db.commit()
    page = organiser.get(DESK).text
    assert "Contributions: Edition standing" in page
    submitted = organiser.tree.xpath("//tr[th='Submitted']/td")
    assert [cell.text_content().strip() for cell in submitted] == ["1", "0"]
    link = submitted[0].xpath(".//a/@href")[0]
    assert link == "/en/organise/contributions/?edition=standing&state=submitted&track=jurist"
    assert organiser.get(link).status_code == 200
    labels = [item.text for item in organiser.tree.xpath("//main//h2/a")]
    assert labels == []


def test_desk_leads_each_role_where_it_may_go(organiser: Browser, browser: Open) -> None:
    organiser.get(DESK)
    links = organiser.tree.xpath("//main//h2/a/@href")
    assert f"{DESK}editions/" in links
    assert f"{DESK}pages/" in links
    assert f"{DESK}mail/" not in links
    for link in links:
        assert organiser.get(link).status_code == 200
    admin = browser("administrator@example.org")
    admin.get(DESK)
    assert f"{DESK}mail/" in admin.tree.xpath("//main//h2/a/@href")


def test_desk_warns_of_what_nobody_moderates(organiser: Browser, people: Cast, db: Session) -> None:
    assert "Without a moderator" not in organiser.get(DESK).text
    for account in (people.moderator, people.other_moderator):
        db.merge(account).active = False
    db.commit()
    assert "Without a moderator" in organiser.get(DESK).text


ADDRESSES = (
    "",
    "editions/",
    "editions/new",
    "editions/standing/",
    "editions/standing/settings",
    "editions/standing/texts",
    "editions/standing/tracks/jurist/rules",
    "editions/standing/tracks/jurist/texts",
    "editions/standing/themes/new",
    "editions/standing/themes/response/settings",
    "editions/standing/themes/response/texts",
    "editions/standing/themes/response/questions/new",
    "questions/standing-response/settings",
    "questions/standing-response/texts",
)
BUTTONS = (
    "editions/standing/themes/response/move",
    "editions/standing/themes/response/delete",
    "questions/standing-response/move",
    "questions/standing-response/delete",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_opens_for_an_organiser(
    organiser: Browser, edition: Edition, address: str
) -> None:
    for language in ("en", "ar"):
        assert organiser.get(f"/{language}/organise/{address}").status_code == 200
        found = headings(organiser)
        assert found
        assert all(found)


def test_strangers_are_kept_out(browser: Open, edition: Edition, people: Cast, db: Session) -> None:
    visitor, stranger = browser(), browser("stranger@example.org")
    moderator = browser("moderator@example.org")
    for address in ADDRESSES:
        assert visitor.get(DESK + address).status_code == 302
        assert stranger.get(DESK + address).status_code == 403
        assert moderator.get(DESK + address).status_code == 403
    for address in ADDRESSES + BUTTONS:
        fields = {"step": "down", "title": "Mine", "slug": "mine", "code": "mine"}
        assert stranger.post(DESK + address, fields).status_code in {403, 405}
    assert db.scalars(select(AuditEntry.action)).all() == []


@pytest.mark.parametrize(
    "address",
    [
        "editions/2099/",
        "editions/2099/texts",
        "editions/standing/tracks/poet/rules",
        "editions/standing/themes/poetry/texts",
        "questions/nothing/texts",
        "editions/standing/texts?in=nl",
    ],
)
def test_what_does_not_exist_is_not_found(
    organiser: Browser, edition: Edition, address: str
) -> None:
    assert organiser.get(DESK + address).status_code == 404


def test_texts_are_edited_one_language_at_a_time(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=ar")
    title = organiser.tree.get_element_by_id("title")
    assert (title.get("lang"), title.get("dir")) == ("ar", "rtl")
    assert title.get("value") == edition.title["ar"]
    answer = organiser.submit({"title": "عنوان جديد"})
    assert answer.status_code == 303
    assert "in=ar" in answer.location
    saved = reread(db)
    assert saved.title["ar"] == "عنوان جديد"
    assert saved.title["fr"] == "Édition standing"
    assert saved.description == edition.description


def test_texts_say_which_languages_are_missing(organiser: Browser, edition: Edition) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    tabs = organiser.tree.xpath("//a[@class='tab']")
    assert len(tabs) == len(CODES)
    missing = {tab.xpath("./span[1]/@lang")[0] for tab in tabs if "missing" in tab.text_content()}
    assert missing == {"de", "zh-Hans", "ko", "es", "it", "pt", "ru"}


def test_texts_say_which_languages_are_incomplete(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    db.merge(edition).description = {"fr": "Texte"}
    db.commit()
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    tabs = organiser.tree.xpath("//a[@class='tab'][contains(., 'incomplete')]/span[1]/@lang")
    assert set(tabs) == {"en", "ar"}


def test_texts_show_a_reference_beside(organiser: Browser, edition: Edition) -> None:
    def beside() -> list[str]:
        return [
            item.get("lang") + ": " + item.text
            for item in organiser.tree.xpath("//div[@class='verbatim']")
        ]

    organiser.get("/fr/organise/editions/standing/texts?in=ko")
    assert beside()[0] == "fr: Édition standing"
    organiser.get("/de/organise/editions/standing/texts?in=ko")
    assert beside()[0] == "en: Edition standing"
    organiser.get("/fr/organise/editions/standing/texts?in=ko&from=ar")
    assert beside()[0] == "ar: دورة standing"
    # Saving keeps the language that was chosen to stand beside.
    assert "from=ar" in organiser.submit({"title": "상설"}).location
    organiser.get("/fr/organise/editions/standing/texts?in=fr&from=fr")
    assert beside()[0].startswith("en: ")


def test_texts_preview_saves_nothing(organiser: Browser, edition: Edition, db: Session) -> None:
    organiser.get(f"{DESK}editions/standing/tracks/jurist/texts?in=en")
    answer = organiser.submit(
        {"guidance": "Write **well**. <script>alert(1)</script>", "preview": "1"}
    )
    assert answer.status_code == 200
    assert "Write <strong>well</strong>." in answer.text
    assert "<script>alert" not in answer.text
    assert organiser.tree.get_element_by_id("guidance").text.strip().startswith("Write **well**")
    track = queries.track(db, reread(db), "jurist")
    assert track is not None
    assert track.guidance["en"] == "Write clearly."


def test_texts_remove_a_language(organiser: Browser, edition: Edition, db: Session) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=ar")
    assert organiser.submit({"clear": "1"}).status_code == 303
    assert set(reread(db).title) == {"en", "fr"}


def test_texts_refuse_to_remove_the_last_language(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    row = db.merge(edition)
    row.title, row.description = {"en": "Only"}, {}
    db.commit()
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    answer = organiser.submit({"clear": "1"})
    assert answer.status_code == 422
    assert "A title is needed in at least one language." in answer.text
    assert reread(db).title == {"en": "Only"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Please fill in this field."),
        ({"title": "a\u202eb"}, "invisible characters"),
        ({"title": "x" * 301}, "1 character too long"),
        ({"guidance": "A note[^1]."}, "The footnote “1” is used but has no text."),
        ({"guidance": "![x](y.png)"}, "The image in line 1 can’t be shown."),
    ],
)
def test_texts_refuse_what_is_unfit(
    organiser: Browser, edition: Edition, fields: dict[str, str], words: str
) -> None:
    organiser.get(f"{DESK}editions/standing/tracks/jurist/texts?in=en")
    answer = organiser.submit(fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_texts_survive_an_expired_session_in_their_language(
    app: Flask, browser: Open, organiser: Browser, edition: Edition
) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=it")
    with organiser.client.session_transaction() as session:
        for name in [name for name in session if name.startswith(("_user", "_fresh", "fs_"))]:
            session.pop(name)
    answer = organiser.submit({"title": "Edizione permanente"})
    assert "/login" in answer.location
    organiser.sign_in("organiser@example.org")
    organiser.get(f"{DESK}editions/standing/texts")
    title = organiser.tree.get_element_by_id("title")
    assert (title.get("value"), title.get("lang")) == ("Edizione permanente", "it")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_at": "2027-01-01T08:00"}, "The call has to close after it opens."),
        ({"opens_at": "nonsense"}, "This value can’t be used here."),
        ({"opens_at": "0001-01-01T00:00"}, "Please check the year."),
        ({"opens_at": "2027-03-28T02:30"}, "this time does not exist there"),
        ({"time_zone": "Europe/Atlantis"}, "Please choose one of those offered."),
        ({"slug": "no spaces please"}, "Please use only lower-case letters"),
        ({"slug": ""}, "Please fill in this field."),
    ],
)
def test_settings_refuse_what_is_unfit(
    organiser: Browser, edition: Edition, fields: dict[str, str], words: str
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    window = {"opens_at": "2027-01-01T09:00", "closes_at": "2027-12-01T09:00"}
    answer = organiser.submit(window | fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_settings_show_the_window_in_its_own_zone(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    row = db.merge(edition)
    row.opens_at, row.time_zone = datetime(2027, 1, 1, 0, tzinfo=UTC), "Asia/Seoul"
    db.commit()
    organiser.get(f"{DESK}editions/standing/settings")
    assert organiser.tree.get_element_by_id("opens_at").get("value") == "2027-01-01T09:00"
    assert organiser.submit({}).status_code == 303
    assert reread(db).opens_at == datetime(2027, 1, 1, 0, tzinfo=UTC)


def test_settings_without_the_box_switch_the_call_off(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    form = organiser.tree.xpath("//main//form")[-1]
    fields = {name: value for name, value in form.form_values() if name != "is_open"}
    organiser.client.post(f"{DESK}editions/standing/settings", data=fields)
    assert not reread(db).is_open
    assert "The call closed on" in organiser.get(f"{DESK}editions/standing/").text


def test_themes_are_moved_and_deleted_by_buttons(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/")
    organiser.submit({}, form="themes/governance/move")
    themes = queries.themes_with_questions(db, reread(db))
    assert [theme.code for theme in themes] == ["prevention", "governance", "response"]

    organiser.get(f"{DESK}editions/standing/")
    answer = organiser.submit({}, form="themes/response/delete", follow_redirects=True)
    assert "This theme still has questions" in answer.text
    organiser.submit({}, form="questions/standing-response/delete")
    organiser.get(f"{DESK}editions/standing/")
    organiser.submit({}, form="themes/response/delete")
    themes = queries.themes_with_questions(db, reread(db))
    assert [theme.code for theme in themes] == ["prevention", "governance"]


def test_question_that_is_answered_stays(
    organiser: Browser, edition: Edition, people: Cast, db: Session
) -> None:
    make_contribution(db, people.author, edition=edition)
    db.commit()
    organiser.get(f"{DESK}editions/standing/")
    address = "questions/standing-prevention/delete"
    answer = organiser.submit({}, form=address, follow_redirects=True)
    assert "Contributions answer this question." in answer.text
    assert queries.question_by_slug(db, "standing-prevention") is not None


def test_question_changes_its_theme_and_tracks(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}questions/standing-response/settings")
    tracks = ["digital_actor"]
    answer = organiser.submit({"slug": "respond", "theme": "governance", "tracks": tracks})
    assert answer.status_code == 303
    reread(db)
    question = queries.question_by_slug(db, "respond")
    assert question is not None
    assert (question.theme.code, question.tracks) == ("governance", ["digital_actor"])


@pytest.mark.parametrize("count", [1, 3])
def test_edition_page_takes_a_constant_number_of_queries(
    app: Flask,
    organiser: Browser,
    people: Cast,
    db: Session,
    count_queries: Callable[..., Any],
    count: int,
) -> None:
    edition = make_edition(db)
    for theme in edition.themes[count:]:
        db.delete(theme.questions[0])
        db.delete(theme)
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert organiser.get(f"{DESK}editions/standing/").status_code == 200
    # The account with its roles; the edition and its tracks; its themes and their questions.
    assert len(statements) == 5


@pytest.mark.parametrize("count", [1, 3])
def test_editions_page_takes_a_constant_number_of_queries(
    app: Flask,
    organiser: Browser,
    db: Session,
    count_queries: Callable[..., Any],
    count: int,
) -> None:
    for number in range(count):
        make_edition(db, f"e{number}")
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert organiser.get(f"{DESK}editions/").status_code == 200
    assert len(statements) == 3
