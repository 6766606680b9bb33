"""The authors of an essay: stored, checked, ordered, shown."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.contributions import byline, operations, orcid
from app.contributions.byline import Author
from app.contributions.essay import EssayInput
from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.core.errors import Several
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]
NUMBER = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        "0000000218250097",
        "https://orcid.org/0000-0002-1825-0097",
        "http://www.orcid.org/0000-0002-1825-0097/",
        " orcid.org/0000 0002 1825 0097 ",
    ],
)
def test_canonical_takes_every_way_to_write_it(written: str) -> None:
    assert orcid.canonical(written) == NUMBER


def test_canonical_takes_an_x_at_the_end() -> None:
    assert orcid.canonical("0000-0002-9079-593x") == "0000-0002-9079-593X"


@pytest.mark.parametrize(
    "written",
    [
        "0000-0002-1825-0098",
        "0000-0002-1825-009",
        "0000-0002-1825-00977",
        "https://evil.example/0000-0002-1825-0097",
        "X000-0002-1825-0097",
        "٠٠٠٠-٠٠٠٢-١٨٢٥-٠٠٩٧",
        "",
    ],
)
def test_canonical_refuses_what_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="ORCID"):
        orcid.canonical(written)


def test_one_author_is_corresponding_and_only_that_ones_address_is_kept() -> None:
    stored = byline.columns(
        (
            Author("Amina", contact="amina@example.org"),
            Author("王芳", corresponding=True, contact=" wang@example.org ", orcid=f"{NUMBER}/"),
            Author("  "),
        )
    )
    assert [each["corresponding"] for each in stored] == [False, True]
    assert [each["contact"] for each in stored] == ["", "wang@example.org"]
    assert stored[1]["orcid"] == NUMBER
    (first, _) = byline.columns((Author("Amina"), Author("王芳")))
    assert first["corresponding"]


def test_keys_stay_and_differ() -> None:
    once = byline.columns((Author("Amina", key="owner"), Author("Li"), Author("Li")))
    keys = [each["key"] for each in once]
    assert keys[0] == "owner"
    assert len(set(keys)) == 3
    again = byline.columns(tuple(Author(**each) for each in reversed(once)))
    assert [each["key"] for each in again] == keys[::-1]
    (forged, other) = byline.columns((Author("A", key="owner"), Author("B", key="owner")))
    assert forged["key"] != other["key"]


def test_authors_of_older_rows_are_read(session: Session, cast: Cast) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session))
    draft = session.get_one(Draft, essay.id)
    draft.authors = [{"name": "Amina", "latin": "", "sort_key": "", "affiliation": "I"}]
    session.flush()
    session.expire(draft)
    (author,) = EssayInput.of(draft).authors
    assert (author.name, author.orcid, author.corresponding) == ("Amina", "", False)


def test_submit_refuses_wrong_numbers_and_two_corresponding_authors(
    session: Session, cast: Cast
) -> None:
    edition = make_edition(session)
    authors = (
        Author("A", corresponding=True, affiliation="I", orcid="0000-0002-1825-0098"),
        Author("B", corresponding=True, affiliation="I", contact="nowhere"),
    )
    essay = make_contribution(
        session, cast.author, edition=edition, state=State.DRAFT, authors=authors
    )
    with pytest.raises(Several) as refused:
        operations.submit(session, cast.author.actor, essay.id)
    assert {error.code for error in refused.value.errors} == {
        "orcid.form",
        "authors.several_corresponding",
        "email.form",
    }


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    made = make_contribution(
        db,
        people.author,
        edition=make_edition(db),
        state=State.DRAFT,
        authors=(Author("Amina"), Author("王芳", "Wang Fang"), Author("Zoé")),
    )
    db.commit()
    return made


def names(person: Browser) -> list[str]:
    return [
        str(value)
        for value in person.tree.xpath(
            "//input[starts-with(@name,'authors-') and substring(@name, 10)='-name']/@value"
        )
    ]


def test_authors_are_moved_without_scripts_and_nothing_is_lost(
    browser: Open, people: Cast, draft: Contribution, db: Session
) -> None:
    person = browser(people.author.email)
    person.get(f"/en/my/contributions/{draft.id}/edit")
    before = names(person)
    assert before == ["Amina", "王芳", "Zoé"]
    person.submit({"authors-1-orcid": NUMBER, "action": "move_author_up-1"}, form="/edit")
    assert names(person) == ["王芳", "Amina", "Zoé"]
    assert person.tree.xpath("//input[@name='authors-0-orcid']/@value") == [NUMBER]
    person.submit({"action": "move_author_down-1"}, form="/edit")
    assert names(person) == ["王芳", "Zoé", "Amina"]
    for odd in ("move_author_up-0", "move_author_down-2", "move_author_up-" + "9" * 50):
        person.submit({"action": odd}, form="/edit")
        assert names(person) == ["王芳", "Zoé", "Amina"]
    assert person.submit({"action": "save"}, form="/edit").status_code in {200, 303}
    db.rollback()
    saved = db.get_one(Draft, draft.id, populate_existing=True)
    assert [each["name"] for each in saved.authors] == ["王芳", "Zoé", "Amina"]
    assert saved.authors[0]["latin"] == "Wang Fang"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"authors-0-orcid": "0000-0002-1825-0098"}, "authors-0-orcid"),
        ({"authors-0-contact": "a@example.org"}, "authors-0-contact"),
        ({"authors-0-contact": "a", "authors-0-corresponding": "y"}, "authors-0-contact"),
        ({"authors-0-biography": "x" * 1001}, "authors-0-biography"),
    ],
)
def test_what_is_wrong_with_an_author_stands_beside_the_field(
    browser: Open, people: Cast, draft: Contribution, fields: dict[str, str], place: str
) -> None:
    person = browser(people.author.email)
    person.get(f"/en/my/contributions/{draft.id}/edit")
    without = {"authors-0-corresponding": ""} if "authors-0-corresponding" not in fields else {}
    assert person.post(
        f"/en/my/contributions/{draft.id}/edit",
        {"authors-0-name": "Amina", "language": "fr", "version": "2"} | without | fields,
    ).status_code in {422, 200}
    assert person.tree.xpath(f"//details[@open]//*[@id='{place}-error']")


def test_what_more_is_asked_of_an_author_is_open_where_it_is_filled(
    browser: Open, people: Cast, draft: Contribution
) -> None:
    person = browser(people.author.email)
    person.get(f"/en/my/contributions/{draft.id}/edit")

    more = person.tree.xpath("//details[@class='more-fields']")
    shown = ["open" in each.attrib for each in more]
    filled = [
        bool(each.xpath(".//input[@type='text' and @value!=''] | .//*[@checked]")) for each in more
    ]
    assert len(more) == 3
    assert shown == filled
    person.submit({"action": "add_author"}, form="/edit")
    assert "open" not in person.tree.xpath("//details[@class='more-fields']")[3].attrib


def page(client: FlaskClient, number: str | None) -> Any:
    return html.document_fromstring(client.get(f"/en/contributions/{number}/").text)


def test_readers_see_orcid_biography_and_the_address_that_was_given(
    client: FlaskClient, db: Session, people: Cast, app: Flask
) -> None:
    authors = (
        Author(
            "آمنة",
            "Amina",
            orcid=NUMBER,
            biography="Teaches <b>law</b>.",
            corresponding=True,
            contact="amina@example.org",
        ),
        Author("Zoé", contact="zoe@example.org"),
    )
    essay = make_contribution(
        db, people.author, edition=make_edition(db), state=State.PUBLISHED, authors=authors
    )
    db.commit()
    shown = page(client, essay.number)
    assert shown.xpath("//ul[@class='authors']//a/@href") == [f"https://orcid.org/{NUMBER}"]
    (about,) = shown.xpath("//section[@class='biographies']")
    assert "Teaches <b>law</b>." in about.text_content()
    assert about.xpath(".//a/@href") == ["mailto:amina@example.org"]
    assert "zoe@example.org" not in html.tostring(shown, encoding="unicode")
    metas = shown.xpath("//meta[@name='citation_author_orcid']/@content")
    assert metas == [f"https://orcid.org/{NUMBER}"]
    data = json.loads(shown.xpath("//script[@type='application/ld+json']/text()")[0])
    assert data["author"][0]["@id"] == f"https://orcid.org/{NUMBER}"


def test_no_address_is_published_unless_given(
    client: FlaskClient, db: Session, people: Cast
) -> None:
    essay = make_contribution(
        db,
        people.author,
        edition=make_edition(db),
        state=State.PUBLISHED,
        authors=(Author("Amina", biography="Teaches."),),
        summary=make_essay().summary,
    )
    db.commit()
    assert "@example.org" not in client.get(f"/en/contributions/{essay.number}/").text
