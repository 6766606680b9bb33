"""The site's own pages, and what machines read."""

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.core.languages import CODES
from app.editions.models import Edition, Page
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.library.conftest import publish, tree


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
