"""The reading room, as visitors meet it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.contributions import publishing
from app.contributions.byline import Author
from app.contributions.models import Contribution, PublishedText
from app.contributions.states import State
from app.core.languages import CODES, LANGUAGES
from app.core.policy import SYSTEM, TrackCode
from app.editions.models import Edition, Question, Theme
from app.library.models import Page
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution, make_essay


def publish(db: Session, people: Cast, edition: Edition, **changes: Any) -> Contribution:
    made = make_contribution(db, people.author, edition=edition, state=State.PUBLISHED, **changes)
    db.commit()
    return made


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    made = make_edition(db)
    db.commit()
    return made


def tree(page: Any) -> html.HtmlElement:
    assert page.status_code in {200, 410}, page.text
    return html.document_fromstring(page.text)


def numbers(page: Any) -> list[str]:
    return tree(page).xpath("//ol[@class='entries']//bdi[@class='reference']/text()")


# --- home and questions


@pytest.mark.parametrize("code", CODES)
def test_home_in_every_language(client: FlaskClient, edition: Edition, code: str) -> None:
    page = tree(client.get(f"/{code}/"))
    assert page.get("lang") == LANGUAGES[code].tag
    assert page.get("dir") == LANGUAGES[code].direction
    ways = page.xpath("//section[contains(@class, 'ways')]//h2/a/@href")
    assert ways == [f"/{code}/contribute/jurist/", f"/{code}/contribute/digital_actor/"]


def test_home_shows_call_questions_and_newest_five(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    edition.closes_at = datetime(2099, 3, 4, 12, 30, tzinfo=UTC)
    made = [publish(db, people, edition, title=f"Essai {n}") for n in range(6)]
    page = tree(client.get("/en/"))
    moment = page.xpath("//p[@class='call open']//time")[0]
    assert moment.get("datetime") == "2099-03-04T12:30:00+00:00"
    assert "4 March 2099" in moment.text
    assert "/en/questions/standing-prevention/" in page.xpath("//h4/a/@href")
    shown = page.xpath("//bdi[@class='reference']/text()")
    assert shown == [each.number for each in reversed(made[1:])]


def test_home_without_edition_or_essay(client: FlaskClient) -> None:
    text = client.get("/en/").text
    assert "No call is open at the moment." in text
    assert "Nothing has been published yet." in text


def test_home_of_a_closed_call_says_so(client: FlaskClient, db: Session, people: Cast) -> None:
    make_edition(db, "2017", closes_at=datetime(2017, 3, 1, tzinfo=UTC))
    db.commit()
    text = client.get("/en/").text
    assert "The call of Edition 2017 is closed." in text


def test_questions_count_their_essays(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    publish(db, people, edition)
    publish(db, people, edition)
    page = tree(client.get("/en/questions/"))
    items = page.xpath("//li[h4/a[@href='/en/questions/standing-prevention/']]")
    assert "2 essays" in items[0].text_content()
    assert "How can conflict" in items[0].text_content()
    others = page.xpath("//li[h4/a[@href='/en/questions/standing-response/']]")
    assert "No essay yet" in others[0].text_content()


def test_question_shows_theme_context_and_essays_by_track(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    jurist = publish(db, people, edition, title="Du droit")
    actor = publish(db, people, edition, title="Du code", track=TrackCode.DIGITAL_ACTOR)
    page = tree(client.get("/fr/questions/standing-prevention/"))
    text = page.xpath("//main")[0].text_content()
    assert text.index("Prévention") < text.index("Comment prévenir") < text.index("Sur prevention.")
    assert "Ce que l’on sait." in text
    by_track = {
        section.get("aria-labelledby"): section.xpath(".//bdi[@class='reference']/text()")
        for section in page.xpath("//section[starts-with(@aria-labelledby, 'answers-')]")
    }
    assert by_track == {
        "answers-jurist": [jurist.number],
        "answers-digital_actor": [actor.number],
    }
    assert page.xpath("//a[contains(@class, 'button')]/@href") == [
        f"/fr/contribute/{track}/?edition=standing&question=standing-prevention"
        for track in ("jurist", "digital_actor")
    ]


def test_question_of_a_closed_call_invites_nobody(
    client: FlaskClient, db: Session, people: Cast
) -> None:
    make_edition(db, "2017", is_open=False)
    db.commit()
    page = client.get("/en/questions/2017-prevention/")
    assert "/contribute/" not in page.text
    assert "The call for answers to this question is closed." in page.text


def test_question_unknown_is_404(client: FlaskClient) -> None:
    assert client.get("/fr/questions/nothing/").status_code == 404


# --- the list


def test_list_narrows_by_every_filter_and_keeps_them_in_the_address(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    older = make_edition(db, "2017")
    response = db.scalars(select(Question).where(Question.slug == "standing-response")).one()
    first = publish(db, people, edition)
    arabic = publish(db, people, edition, language="ar", title="في السلام")
    actor = publish(db, people, edition, track=TrackCode.DIGITAL_ACTOR)
    other = publish(db, people, edition, question=response)
    past = publish(db, people, older)
    everything = [past, other, actor, arabic, first]

    def shown(query: str) -> list[str]:
        return numbers(client.get(f"/fr/contributions/{query}"))

    assert shown("") == [each.number for each in everything]
    assert shown("?edition=2017") == [past.number]
    assert shown("?language=ar") == [arabic.number]
    assert shown("?track=digital_actor") == [actor.number]
    assert shown("?theme=response") == [other.number]
    assert shown("?question=standing-response") == [other.number]
    assert shown("?edition=standing&track=jurist&theme=prevention&language=fr") == [first.number]
    form = tree(client.get("/fr/contributions/?track=digital_actor&edition=2017")).xpath(
        "//form[@method='get']"
    )[0]
    chosen = {name: value for name, value in form.form_values() if value}
    assert chosen == {"track": "digital_actor", "edition": "2017"}
    for field in form.xpath(".//select"):
        assert form.xpath(f".//label[@for='{field.get('id')}']")


def test_list_without_a_match_says_so(client: FlaskClient, edition: Edition) -> None:
    assert "Nothing has been published yet." in client.get("/en/contributions/").text
    assert "No published essay matches" in client.get("/en/contributions/?language=ko").text


@pytest.mark.parametrize(
    "query",
    [
        "edition=none",
        "track=none",
        "theme=none",
        "language=xx",
        "question=none",
        "after=none",
        "after=MQ",
        "after=é",
        "after=OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ",
        "after=MS45OTk5OTk5OTk5OTk5",
        "edition=%00",
    ],
)
def test_list_with_a_value_there_is_not_is_404(
    client: FlaskClient, edition: Edition, query: str
) -> None:
    assert client.get(f"/en/contributions/?{query}").status_code == 404


def test_list_pages_neither_repeat_nor_skip_with_equal_moments(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    first = publish(db, people, edition)
    text = db.scalars(select(PublishedText)).one()
    columns = {c.name: getattr(text, c.name) for c in PublishedText.__table__.columns}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(2, 122):
        # Publication is what other tests are about: here it is the list's order, over many.
        made = Contribution(
            number=f"S-J-{n:03d}", sequence=n, edition_id=edition.id, track="jurist",
            language="fr", state="accepted", owner_id=people.author.id,
        )  # fmt: skip
        db.add(made)
        db.flush()
        same = {"id": n, "contribution_id": made.id, "number": made.number}
        db.add(PublishedText(**columns | same | {"published_at": moment}))
    db.commit()
    seen: list[str] = []
    address = "/fr/contributions/?track=jurist"
    sizes = []
    while address:
        page = client.get(address)
        sizes.append(len(numbers(page)))
        seen += numbers(page)
        following = tree(page).xpath("//a[@rel='next']/@href")
        address = following[0] if following else ""
        assert not following or "track=jurist" in address
        if len(sizes) == 1:
            # What appears meanwhile belongs to the beginning and disturbs nothing further down.
            publish(db, people, edition)
    assert sizes == [50, 50, 21]
    assert seen == [first.number, *(f"S-J-{n:03d}" for n in range(121, 1, -1))]


@pytest.mark.parametrize("essays", [1, 3])
def test_list_runs_the_same_queries_however_long(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
    essays: int,
) -> None:
    for _ in range(essays):
        publish(db, people, edition)
    expected = {
        "/fr/contributions/": 2,
        "/fr/contributions/?edition=standing&track=jurist&language=fr": 2,
        "/fr/questions/": 5,
        "/fr/questions/standing-prevention/": 3,
        "/fr/": 7,
        "/fr/feed.atom": 1,
    }
    for address, queries in expected.items():
        with count_queries(app.extensions["jsi_engine"]) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) == queries, (address, statements)


# --- an essay


def test_essay_in_its_own_language_inside_a_page_of_another(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, language="ar", title="في السلام")
    page = tree(client.get(f"/fr/contributions/{made.number}/"))
    assert (page.get("lang"), page.get("dir")) == ("fr", "ltr")
    essay = page.xpath("//article[contains(@class, 'essay')]")[0]
    assert (essay.get("lang"), essay.get("dir")) == ("ar", "rtl")
    assert essay.xpath(".//h1")[0].text == "في السلام"
    assert essay.xpath(".//section[@class='footnotes']")
    cited = page.xpath("//p[@class='citation']//span[@lang='ar'][@dir='rtl']")[0]
    assert cited.text == "في السلام"


def test_essay_shows_everything_that_belongs_to_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    authors = (
        Author("Amina Auteur", "", "Auteur", "Institut", "FR", personal_capacity=True),
        Author("李明", "Li Ming", "Li", "清华大学", "CN"),
    )
    made = publish(
        db,
        people,
        edition,
        authors=authors,
        previously_published="Revue de droit",
        licence="CC-BY-SA-4.0",
    )
    page = tree(client.get(f"/en/contributions/{made.number}/"))
    text = " ".join(page.xpath("//main")[0].text_content().split())
    for expected in (
        "An abstract.", "A summary.", "Voir la Charte.", "Institut", "France", "清华大学", "China",
        "writing in a personal capacity", "Li Ming", "peace", "law", "Revue de droit",
        "public international law", "Jurists", "Prevention", "Edition standing", "Français",
        "How can conflict in cyberspace be prevented?",
    ):  # fmt: skip
        assert expected in text, expected
    assert text.count("personal capacity") == 1
    assert page.xpath("//a[@rel='license']/@href") == [
        "https://creativecommons.org/licenses/by-sa/4.0/"
    ]


def test_essay_says_how_to_cite_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, authors=(Author("Amina Auteur"), Author("李明", "Li Ming")))
    made.published_at = datetime(2026, 2, 3, 10, tzinfo=UTC)
    db.execute(update(PublishedText).values(published_at=made.published_at))
    db.commit()
    page = tree(client.get(f"/en/contributions/{made.number}/"))
    cited = " ".join(page.xpath("//p[@class='citation']")[0].text_content().split())
    assert cited == (
        "Amina Auteur and 李明, “De la paix”, jesuisinternet, Edition standing, "
        f"no. {made.number}, 3 February 2026, http://localhost/en/contributions/{made.number}/"
    )
    meta = {
        (node.get("name"), node.get("content"))
        for node in page.xpath("//meta[starts-with(@name, 'citation_')]")
    }
    assert {
        ("citation_title", "De la paix"),
        ("citation_author", "Amina Auteur"),
        ("citation_author", "李明"),
        ("citation_publication_date", "2026/02/03"),
        ("citation_language", "fr"),
    } <= meta
    data = page.xpath("//script[@type='application/ld+json']/text()")[0]
    assert '"ScholarlyArticle"' in data


def test_essay_by_names_in_another_script_is_cited_in_latin_letters(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, language="zh", authors=(Author("李明", "Li Ming"),))
    address = f"contributions/{made.number}/"
    cited = {
        code: tree(client.get(f"/{code}/{address}")).xpath("//p[@class='citation']/bdi[1]")[0].text
        for code in ("fr", "zh", "ar")
    }
    assert cited == {"fr": "Li Ming", "zh": "李明", "ar": "李明"}


def test_essay_names_its_addresses_in_the_ten_languages(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    page = tree(client.get(f"/fr/contributions/{made.number}/"))
    base = "http://localhost"
    assert page.xpath("//link[@rel='canonical']/@href") == [
        f"{base}/fr/contributions/{made.number}/"
    ]
    alternates = {
        node.get("hreflang"): node.get("href") for node in page.xpath("//link[@hreflang]")
    }
    assert alternates == {
        **{
            each.tag: f"{base}/{each.code}/contributions/{made.number}/"
            for each in LANGUAGES.values()
        },
        "x-default": f"{base}/en/contributions/{made.number}/",
    }


def test_essay_and_its_responses_lead_to_each_other(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
) -> None:
    first = publish(db, people, edition, title="Première")
    with count_queries(app.extensions["jsi_engine"]) as statements:
        before = client.get(f"/fr/contributions/{first.number}/")
    assert len(statements) == 1
    answers = [
        publish(db, people, edition, title=f"Réponse {n}", responds_to_id=first.id)
        for n in range(3)
    ]
    hidden = make_contribution(
        db, people.author, edition=edition, title="Cachée", responds_to_id=first.id
    )
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        page = tree(
            client.get(
                f"/fr/contributions/{first.number}/",
                headers={"If-None-Match": before.headers["ETag"]},
            )
        )
    assert len(statements) == 3  # the mark, the essay, its responses
    links = page.xpath("//section[@aria-labelledby='answers']//a/@href")
    assert links == [f"/fr/contributions/{each.number}/" for each in answers]
    assert hidden.number not in page.text_content()
    page = tree(client.get(f"/fr/contributions/{answers[0].number}/"))
    assert page.xpath("//section[@aria-labelledby='responds-to']//a/@href") == [
        f"/fr/contributions/{first.number}/"
    ]


def test_essay_shows_what_people_wrote_as_text(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    nasty = "</script><script>alert(1)</script><b>\"'&"
    made = publish(
        db,
        people,
        edition,
        title=nasty,
        abstract=nasty,
        summary=nasty,
        body=nasty,
        keywords=(nasty,),
        authors=(Author(nasty, nasty, nasty, nasty, "FR"),),
        previously_published=nasty,
        extra={"field_of_law": nasty, "jurisdiction": nasty},
    )
    for address in (f"contributions/{made.number}/", "contributions/", "", "feed.atom"):
        text = client.get(f"/fr/{address}").text
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<b>" not in text


@pytest.mark.parametrize(
    "state", [state for state in State if state not in {State.PUBLISHED, State.REMOVED}]
)
def test_essay_not_published_is_404(
    client: FlaskClient, db: Session, people: Cast, edition: Edition, state: State
) -> None:
    made = make_contribution(db, people.author, edition=edition, state=state, title="Secrète")
    db.commit()
    page = client.get(f"/fr/contributions/{made.number}/")
    assert page.status_code == 404
    assert "Secrète" not in page.text
    for address in ("", "contributions/", "questions/standing-prevention/", "feed.atom"):
        assert "Secrète" not in client.get(f"/fr/{address}").text


@pytest.mark.parametrize("number", ["S-J-999", "x", "%00", "%F0%9F%98%80", "'"])
def test_essay_unknown_is_404(client: FlaskClient, edition: Edition, number: str) -> None:
    assert client.get(f"/fr/contributions/{number}/").status_code == 404


def test_address_with_a_null_character_asks_no_database(
    app: Flask, client: FlaskClient, count_queries: Any
) -> None:
    with count_queries(app.extensions["jsi_engine"]) as statements:
        for address in ("contributions/%00/", "questions/a%00/", "contributions/?edition=%00"):
            assert client.get(f"/fr/{address}").status_code == 404
    assert statements == []


def test_essay_removed_leaves_a_tombstone(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = make_contribution(
        db, people.author, edition=edition, state=State.REMOVED, title="Retirée <b>"
    )
    db.commit()
    page = client.get(f"/fr/contributions/{made.number}/")
    assert page.status_code == 410
    assert "no-store" in page.headers["Cache-Control"]
    text = tree(page).xpath("//main")[0].text_content()
    for expected in ("Retirée <b>", "Amina Auteur", "Withdrawn by its author.", made.number):
        assert expected in text
    assert tree(page).xpath("//p[@class='citation']")
    assert "La paix a besoin" not in text
    assert numbers(client.get("/fr/contributions/")) == []


# --- what may be kept of a page


def test_essay_unchanged_is_answered_by_one_small_query(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    kept = {"If-None-Match": first.headers["ETag"]}
    with count_queries(app.extensions["jsi_engine"]) as statements:
        again = client.get(address, headers=kept)
    assert (again.status_code, again.data) == (304, b"")
    assert len(statements) == 1
    assert "html" not in statements[0]
    other = client.get(f"/ar/contributions/{made.number}/", headers=kept)
    assert other.status_code == 200


def test_essay_corrected_shows_on_the_next_request(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    listed = {"If-None-Match": client.get("/fr/contributions/").headers["ETag"]}
    assert client.get("/fr/contributions/", headers=listed).status_code == 304
    essay = make_essay("fr", title="Corrigée", question_id=made.question_id)
    publishing.correct(db, people.organiser.actor, made.id, essay, note="Une faute.")
    db.commit()
    page = client.get(address, headers=kept)
    assert page.status_code == 200
    assert "Corrigée" in page.text
    assert "(corrected on" in client.get(f"/en/contributions/{made.number}/").text
    assert "Corrigée" in client.get("/fr/contributions/", headers=listed).text


def test_essay_page_follows_what_stands_around_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"

    def kept() -> dict[str, str]:
        return {"If-None-Match": client.get(address).headers["ETag"]}

    for model, name in ((Edition, "Titre A"), (Theme, "Titre B"), (Question, "Titre C")):
        before = kept()
        db.execute(update(model).values(title={"fr": name}))
        db.commit()
        assert name in client.get(address, headers=before).text
    before = kept()
    answer = publish(db, people, edition, title="Réponse", responds_to_id=made.id)
    assert "Réponse" in client.get(address, headers=before).text
    before = kept()
    publishing.remove(db, SYSTEM, answer.id, reason="Test.")
    db.commit()
    after = client.get(address, headers=before)
    assert after.status_code == 200
    assert "Réponse" not in after.text


def test_essay_of_a_person_is_never_taken_for_a_visitors(
    browser: Callable[..., Any],
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
) -> None:
    made = publish(db, people, edition)
    for address in (f"/fr/contributions/{made.number}/", "/fr/contributions/", "/fr/"):
        public = client.get(address)
        author, stranger = browser(people.author.email), browser(people.stranger.email)
        own = author.get(address)
        assert "Amina Auteur" in tree(own).xpath("//header[@class='masthead']//bdi/text()")
        assert own.headers["Cache-Control"].startswith("private")
        assert "Cookie" in public.headers["Vary"]
        assert "Cookie" in own.headers["Vary"]
        tags = {page.headers.get("ETag") for page in (public, own, stranger.get(address))}
        assert len(tags) == 3
        for reader in (author, stranger):
            page = reader.get(address, headers={"If-None-Match": public.headers["ETag"]})
            assert page.status_code == 200
        kept = client.get(address, headers={"If-None-Match": own.headers["ETag"]})
        assert kept.status_code == 200
        assert "Amina Auteur" not in tree(kept).xpath("//header[@class='masthead']//bdi/text()")


def test_message_is_shown_once_and_kept_nowhere(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    for address in (f"/fr/contributions/{made.number}/", "/fr/contributions/"):
        kept = {"If-None-Match": client.get(address).headers["ETag"]}
        with client.session_transaction() as session:
            session["_flashes"] = [("success", "Only once")]
        page = client.get(address, headers=kept)
        assert page.status_code == 200
        assert "Only once" in page.text
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in page.headers
        assert client.get(address, headers=kept).status_code == 304


# --- the site's own pages, and what machines read


def test_page_in_the_readers_language_or_marked_with_its_own(
    client: FlaskClient, db: Session
) -> None:
    db.add(
        Page(
            slug="about",
            title={"fr": "À propos", "en": "About us"},
            html={"fr": "<p>Nous.</p>", "en": "<p>We.</p>"},
        )
    )
    db.commit()
    french = tree(client.get("/fr/pages/about/"))
    assert french.xpath("//article/h1")[0].text == "À propos"
    arabic = tree(client.get("/ar/pages/about/"))
    body = arabic.xpath("//article/div")[0]
    assert (body.get("lang"), body.get("dir"), body.text_content()) == ("en", "ltr", "We.")
    assert arabic.xpath("//h1/span[@lang='en']")[0].text == "About us"
    assert client.get("/fr/pages/nothing/").status_code == 404


@pytest.mark.parametrize("address", ["/xx/", "/xx/contributions/", "/fr/nowhere/"])
def test_unknown_address_is_a_translated_404(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"Accept-Language": "ar"})
    assert page.status_code == 404
    assert html.document_fromstring(page.text).get("lang") == (
        "fr" if address.startswith("/fr") else "ar"
    )


def test_feed_lists_the_newest_in_their_own_languages(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    publish(db, people, edition)
    made = publish(db, people, edition, language="ar", title="في السلام")
    answer = client.get("/fr/feed.atom")
    assert answer.content_type.startswith("application/atom+xml")
    feed = html.etree.fromstring(answer.data)
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.xpath("a:entry", namespaces=names)
    assert len(entries) == 2
    assert entries[0].get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert entries[0].xpath("a:id/text()", namespaces=names) == [
        f"http://localhost/ar/contributions/{made.number}/"
    ]


def test_site_map_holds_every_published_essay(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    published = publish(db, people, edition, language="ar")
    make_contribution(db, people.author, edition=edition)
    db.commit()
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

    def addresses(path: str) -> list[str]:
        root = html.etree.fromstring(client.get(path).data)
        return [str(each) for each in root.xpath("//s:loc/text()", namespaces=spaces)]

    parts = addresses("/sitemap.xml")
    assert parts == [
        "http://localhost/sitemap/pages.xml",
        "http://localhost/sitemap/essays-0.xml",
    ]
    assert len(addresses("/sitemap/pages.xml")) == 3 * len(CODES)
    assert addresses("/sitemap/essays-0.xml") == [
        f"http://localhost/ar/contributions/{published.number}/"
    ]
    assert client.get("/sitemap/essays-7.xml").status_code == 404
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
