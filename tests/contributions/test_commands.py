"""``contributions import``, ``list`` and ``render``, as typed."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution, PublishedText, Revision
from app.contributions.states import State
from tests.documents.importing.files import (
    by_pandoc,
    docx,
    image_rels,
    paragraph,
    picture,
    png,
    run,
)
from tests.factories import Cast, make_contribution, make_edition

ARABIC = "# السلام الرقمي\n\nالنص الأول.\n\nالنص الثاني.\n"


def import_file(app: Flask, file: Path, **changes: str) -> tuple[int, str, str]:
    options = {
        "edition": "2017",
        "track": "jurist",
        "theme": "prevention",
        "language": "ar",
        "author": "author@example.org",
    } | changes
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    result = app.test_cli_runner().invoke(args=["contributions", "import", str(file), *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_import_makes_a_submitted_contribution_and_prints_its_id_last(
    app: Flask, db: Session, people: Cast, tmp_path: Path
) -> None:
    make_edition(db, "2017", prefix="2017", is_open=False)
    db.commit()
    file = tmp_path / "essay.txt"
    file.write_text(ARABIC, "utf-8")
    code, out, err = import_file(app, file)
    assert code == 0, err
    db.rollback()
    made = db.get_one(Contribution, int(out.splitlines()[-1]))
    assert (made.state, made.number, made.title) == ("submitted", "2017-J-001", "السلام الرقمي")
    assert "warning: licence:" in err
    assert db.get_one(Revision, made.revision_id).body.strip().startswith("النص الأول.")
    assert made.question_id is not None


def test_import_takes_long_lines_of_a_plain_text_as_paragraphs(
    app: Flask, db: Session, people: Cast, tmp_path: Path
) -> None:
    make_edition(db, "2017", prefix="2017")
    db.commit()
    file = tmp_path / "essay.txt"
    long = "Une phrase assez longue pour être un paragraphe entier. " * 4
    file.write_text(f"{long}\n{long}\n", "utf-8")
    code, out, err = import_file(app, file, language="fr")
    assert code == 0, err
    db.rollback()
    made = db.get_one(Contribution, int(out.splitlines()[-1]))
    revision = db.get_one(Revision, made.revision_id)
    assert revision.body.count("\n\n") == 1
    assert revision.title.startswith("Une phrase assez longue")
    assert len(revision.title) <= 100


def test_import_refuses_with_one_line(
    app: Flask, db: Session, people: Cast, tmp_path: Path
) -> None:
    make_edition(db, "2017", prefix="2017")
    db.commit()
    good, binary = tmp_path / "good.txt", tmp_path / "binary.txt"
    good.write_text(ARABIC, "utf-8")
    binary.write_bytes(b"\x00\x01\x02MZ")
    for file, changes, words in (
        (good, {"edition": "1999"}, "There is no such edition. [edition.unknown]"),
        (good, {"theme": "weather"}, "There is no such theme. [theme.unknown]"),
        (good, {"author": "nobody@example.org"}, "[account.unknown]"),
        (good, {"track": "judge"}, "Invalid value for '--track'"),
        (tmp_path / "missing.txt", {}, "does not exist"),
        (binary, {}, "file: This is neither a document nor a text"),
        (binary, {}, "[upload.not_text]"),
    ):
        code, out, err = import_file(app, file, **changes)
        assert (code, out) == (1, "")
        assert len(err.strip().splitlines()) == 1
        assert words in err
    db.rollback()
    assert db.scalars(select(Contribution)).all() == []


@pytest.mark.parametrize("to", ["docx", "odt", "html"])
def test_import_reads_documents_and_warns_of_what_could_not_be_kept(
    app: Flask, db: Session, people: Cast, tmp_path: Path, to: str
) -> None:
    make_edition(db, "2017", prefix="2017")
    db.commit()
    file = tmp_path / f"essay.{to}"
    file.write_bytes(by_pandoc("# De la paix\n\nUn texte[^1] ~~barré~~.\n\n[^1]: Note.", to))
    code, out, err = import_file(app, file, language="fr")
    assert code == 0, err
    db.rollback()
    made = db.get_one(Contribution, int(out.splitlines()[-1]))
    revision = db.get_one(Revision, made.revision_id)
    assert revision.title == "De la paix"
    assert revision.body.strip() == "Un texte[^1] barré.\n\n[^1]: Note."
    assert "warning: Struck-out text is still there" in err
    assert "[formatting.strikeout] “barré”" in err


def test_import_keeps_the_images_of_a_document(
    app: Flask, db: Session, people: Cast, tmp_path: Path
) -> None:
    make_edition(db, "2017", prefix="2017")
    db.commit()
    file = tmp_path / "essay.docx"
    file.write_bytes(
        docx(
            paragraph(run("Text")) + paragraph(picture('r:embed="rId7"', "A square")),
            more={
                "word/_rels/document.xml.rels": image_rels("media/image1.png"),
                "word/media/image1.png": png(),
            },
        )
    )
    code, out, err = import_file(app, file, title="Given")
    assert code == 0, err
    db.rollback()
    [figure] = db.scalars(select(Figure))
    made = db.get_one(Contribution, int(out.splitlines()[-1]))
    assert db.get_one(ContributionFigure, (made.id, figure.id))
    assert figure.digest in db.get_one(Revision, made.revision_id).body


def test_list_prints_one_object_a_line(app: Flask, db: Session, people: Cast) -> None:
    edition = make_edition(db)
    make_contribution(db, people.author, edition=edition, state=State.PUBLISHED)
    make_contribution(db, people.author, edition=edition, state=State.DRAFT, language="zh")
    db.commit()
    result = app.test_cli_runner().invoke(args=["contributions", "list", "--format", "jsonl"])
    published, draft = [json.loads(line) for line in result.stdout.splitlines()]
    assert published["number"] == "S-J-001"
    assert published["state"] == "published"
    assert published["url"] == "/fr/contributions/S-J-001/"
    assert published["authors"] == ["Amina Auteur"]
    assert published["renditions"] == {"fr": "published"}
    assert (draft["number"], draft["url"], draft["language"]) == (None, None, "zh")
    assert set(published) == {
        "id",
        "number",
        "edition",
        "track",
        "theme",
        "language",
        "title",
        "state",
        "authors",
        "submitted_at",
        "published_at",
        "url",
        "renditions",
    }


def test_render_stale_renews_what_another_renderer_made(
    app: Flask, db: Session, people: Cast
) -> None:
    make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    db.execute(update(PublishedText).values(renderer="0/old", html="old"))
    db.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["contributions", "render", "--stale"]).stdout.startswith("1 essays ")
    assert run(args=["contributions", "render", "--stale"]).stdout.startswith("0 essays ")
    db.rollback()
    text = db.scalars(select(PublishedText)).one()
    db.refresh(text)
    assert "<h2>Un titre</h2>" in text.html
