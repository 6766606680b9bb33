"""Contributions as one ZIP, on both databases."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.operations import submit
from app.contributions.references import operations as references
from app.contributions.references.formatted import Formatted
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.errors import Forbidden
from app.core.policy import SYSTEM
from app.documents.references.items import clean
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.search.language import EVERYTHING, Search
from app.proceedings import export
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution


def unpack(session: Session, search: str = "") -> zipfile.ZipFile:
    found = export.rows(session, SYSTEM, Search.parse(search))
    return zipfile.ZipFile(io.BytesIO(b"".join(export.archive(found))))


def rows_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    text = archive.read("contributions.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def essays(session: Session, cast: Cast) -> None:
    edition = make_edition(session, "2017")
    make_contribution(session, cast.author, edition=edition, language="fr", state=State.PUBLISHED)
    make_contribution(session, cast.author, edition=edition, language="ar")
    make_contribution(session, cast.author, edition=edition, language="zh", state=State.DRAFT)


@pytest.mark.usefixtures("essays")
def test_export_holds_markdown_csv_and_json_without_drafts(session: Session) -> None:
    archive = unpack(session)

    assert archive.testzip() is None
    assert archive.namelist() == [
        "contributions/2017-J-001-fr.md",
        "contributions/2017-J-002-ar.md",
        "contributions.csv",
        "contributions.json",
    ]
    text = archive.read("contributions/2017-J-001-fr.md").decode()
    assert text.startswith('---\nnumber: "2017-J-001"\n')
    assert "\n# De la paix\n" in text
    assert "La paix a besoin de règles[^1]" in text
    objects = json.loads(archive.read("contributions.json"))
    assert [each["number"] for each in objects] == ["2017-J-001", "2017-J-002"]
    assert objects[0]["authors"][0]["name"] == "Amina Auteur"
    table = rows_of(archive)
    assert [(row["number"], row["state"], row["theme"]) for row in table] == [
        ("2017-J-001", "published", "prevention"),
        ("2017-J-002", "submitted", "prevention"),
    ]
    assert archive.read("contributions.csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("essays")
@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("lang:ar", ["2017-J-002"]),
        ("state:published", ["2017-J-001"]),
        ("edition:2017 track:jurist theme:prevention", ["2017-J-001", "2017-J-002"]),
        ("theme:response", []),
        ("-state:submitted,published", []),
    ],
)
def test_export_is_narrowed_as_the_list_is(
    session: Session, search: str, numbers: list[str]
) -> None:
    archive = unpack(session, search)

    assert [row["number"] for row in rows_of(archive)] == numbers
    assert [each["number"] for each in json.loads(archive.read("contributions.json"))] == numbers


def test_export_leaves_out_what_its_organiser_is_in_conflict_with(
    session: Session, cast: Cast
) -> None:
    edition = make_edition(session, "2017")
    own, declared, free = (
        make_contribution(session, owner, edition=edition, state=State.DECIDED)
        for owner in (cast.organiser, cast.author, cast.author)
    )
    kind = ConflictKind.RIVALRY.value
    session.add(Conflict(account_id=cast.organiser.id, contribution_id=declared.id, kind=kind))
    session.flush()
    for name, expected in (("organiser", [free]), ("administrator", [own, declared, free])):
        actor = cast.actor(name)
        found = export.rows(session, actor)
        assert [each.number for each in found] == [each.number for each in expected]
        export.note_download(session, actor, EVERYTHING)
        session.flush()
        noted = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert noted is not None
        assert noted.data["contributions"] == len(expected)


def test_export_leaves_no_name_in_the_record(session: Session, cast: Cast) -> None:
    search = Search.parse('lang:fr author:"Amina Auteur" -"secret peace" state:published')
    export.note_download(session, cast.actor("organiser"), search)
    session.flush()
    [noted] = session.scalars(select(AuditEntry).where(AuditEntry.subject == "export"))
    assert noted.data == {"search": "lang:fr state:published", "contributions": 0}


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://e.org")'])
def test_export_makes_no_formula_of_a_title(session: Session, cast: Cast, title: str) -> None:
    edition = make_edition(session, "2017")
    make_contribution(session, cast.author, edition=edition, title=title, abstract="=2+3\nx")

    (row,) = rows_of(unpack(session))

    assert (row["title"], row["abstract"]) == (f"'{title}", "'=2+3\nx")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1+1", "'＝1+1"),
        # Cut at semicolons or line ends, as elsewhere, the rest would be a cell of its own.
        ("Peace;=cmd|' /C calc'!A0", "Peace;'=cmd|' /C calc'!A0"),
        ("A. Author; +1", "A. Author; '+1"),
        ("One.\n@SUM(A1)", "One.\n'@SUM(A1)"),
        ("1 + 1 = 2; a-b, c@d.\n\nNext;", "1 + 1 = 2; a-b, c@d.\n\nNext;"),
        ("", ""),
    ],
)
def test_cell_is_no_formula_wherever_programs_cut_it(value: str, shown: str) -> None:
    assert export.cell(value) == shown


@pytest.mark.usefixtures("essays")
def test_export_twice_is_the_same_bytes(session: Session) -> None:
    first, second = (b"".join(export.archive(export.rows(session, SYSTEM))) for _ in range(2))

    assert first == second


def test_export_is_made_in_pieces(session: Session, cast: Cast) -> None:
    edition = make_edition(session, "2017")
    for _ in range(3):
        make_contribution(session, cast.author, edition=edition)

    pieces = export.archive(export.rows(session, SYSTEM))

    assert next(pieces).startswith(b"PK\x03\x04")
    assert len(list(pieces)) >= 4


@pytest.mark.usefixtures("essays")
def test_note_download_leaves_an_entry(session: Session, cast: Cast) -> None:
    export.note_download(session, cast.actor("organiser"), Search.parse("lang:ar"))

    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.data) == (
        "export:downloaded",
        {"search": "lang:ar", "contributions": 1},
    )


@pytest.mark.parametrize("who", ["author", "moderator"])
def test_note_download_is_the_organisers(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        export.note_download(session, cast.actor(who), Search())


def test_export_has_references_as_data_and_formatted(session: Session, cast: Cast) -> None:
    item = clean({"id": "corfu", "type": "legal_case", "title": "Corfu Channel"})
    edition = make_edition(session, "2017")
    essay = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    references.add(session, cast.author.actor, essay.id, [item])
    listed = Formatted.of([item], essay.language, essay.track)
    submit(session, cast.author.actor, essay.id, references=listed)

    archive = unpack(session)

    (found,) = json.loads(archive.read("contributions.json"))
    assert found["bibliography"] == [item]
    text = archive.read("contributions/2017-J-001-fr.md").decode()
    assert '\nbibliography: [{"id": "corfu"' in text
    assert text.endswith("\n\n***\n\n- *Corfu Channel*.\n")
