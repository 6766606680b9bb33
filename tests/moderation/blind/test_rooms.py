"""In a blind track neither appeals nor reports, neither many at once nor a file tell who wrote."""

import io
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.contributions import operations
from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.editions.models import Edition, Track
from app.moderation.appeals import operations as appealing
from app.moderation.appeals.models import Outcome
from app.moderation.bulk.models import BulkRun
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint, ReportCase
from tests.factories import Cast, make_contribution
from tests.http import Browser, Open
from tests.moderation.blind.telling import FIELDS, WRITER, told
from tests.moderation.conftest import COMPLETE

DESK = "/en/moderation/"


def silent(answer: TestResponse, *, status: int = 200) -> TestResponse:
    """It is there, and neither its text nor its headers tell."""
    assert answer.status_code == status
    assert told(answer.text) == []
    assert told(str(answer.headers)) == []
    return answer


@pytest.fixture
def rejected(db: Session, people: Cast, essay: Contribution) -> Decision:
    decision = deciding.decide(
        db,
        people.actor("moderator"),
        essay.id,
        Verdict.REJECT,
        revision_seen=2,
        **COMPLETE[Verdict.REJECT],
    )
    db.commit()
    return decision


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.GRANTED])
def test_appeals_do_not_tell(
    browser: Open,
    db: Session,
    people: Cast,
    essay: Contribution,
    rejected: Decision,
    outcome: Outcome,
) -> None:
    appeal = appealing.file(db, people.author.actor, rejected.id, words="Relisez.", language="fr")
    db.commit()
    here = f"{DESK}appeals/{appeal.id}/"
    other = browser(people.other_moderator.email)
    assert essay.title in silent(other.get(f"{DESK}appeals/")).text
    assert "Relisez." in silent(other.get(here)).text
    silent(other.submit({}, form="claim", follow_redirects=True))
    silent(other.post(here, {"reply": " "}), status=422)
    fields = {"reply": "Bien.", "language": "fr", "outcome": outcome.value}
    assert other.post(here, fields).status_code == 303
    for address in (here, f"{DESK}appeals/", f"{DESK}{essay.id}/", f"{DESK}{essay.id}/record"):
        silent(other.get(address))


def test_second_looks_do_not_tell(
    browser: Open, db: Session, people: Cast, track: Track, essay: Contribution
) -> None:
    track.sampled_percent = 100
    db.get_one(Edition, essay.edition_id).appeal_days = 0
    decided = deciding.decide(
        db,
        people.actor("moderator"),
        essay.id,
        Verdict.REJECT,
        revision_seen=2,
        **COMPLETE[Verdict.REJECT],
    )
    db.commit()
    here = f"{DESK}second-looks/{decided.id}/"
    other = browser(people.other_moderator.email)
    assert essay.title in silent(other.get(f"{DESK}second-looks/")).text
    assert "Hors sujet." in silent(other.get(here)).text
    silent(other.post(here, {"verdict": "accept", "words": " "}), status=422)
    assert other.post(here, {"verdict": "reject", "language": "fr"}).status_code == 303
    silent(other.get(here))


def test_reports_and_their_case_do_not_tell(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    deciding.decide(
        db,
        people.actor("moderator"),
        essay.id,
        Verdict.ACCEPT,
        revision_seen=2,
        **COMPLETE[Verdict.ACCEPT],
    )
    reporting.file(
        db, people.stranger.actor, essay.number, Complaint.COPYRIGHT, words="Copié.", language="fr"
    )
    db.commit()
    case = db.scalars(select(ReportCase.id)).one()
    moderator = browser(people.moderator.email)
    assert essay.title in silent(moderator.get(f"{DESK}reports/")).text
    assert "Copié." in silent(moderator.get(f"{DESK}reports/{case}/")).text


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.GRANTED])
def test_appeals_against_a_taking_down_do_not_tell(
    browser: Open, db: Session, people: Cast, essay: Contribution, outcome: Outcome
) -> None:
    """Neither who wrote to the moderators' list and page of it, nor who took it down to anybody."""
    names = ("Olga Ordnung", "Mona Modern", "Anton Anders")
    people.organiser.name, people.moderator.name, people.other_moderator.name = names
    accept = COMPLETE[Verdict.ACCEPT]
    deciding.decide(db, people.moderator.actor, essay.id, Verdict.ACCEPT, revision_seen=2, **accept)
    removed = organising.remove(
        db, people.organiser.actor, essay.id, reason="Droits d’autrui.", language="fr"
    )
    appeal = appealing.file_against_take_down(
        db, people.author.actor, removed.id, words="Relisez.", language="fr"
    )
    db.commit()
    here = f"{DESK}appeals/{appeal.id}/"
    other = browser(people.other_moderator.email)
    assert essay.title in silent(other.get(f"{DESK}appeals/")).text
    shown = silent(other.get(here)).text
    assert "Droits d’autrui." in shown
    assert names[0] not in shown
    silent(other.submit({}, form="claim", follow_redirects=True))
    fields = {"reply": "Bien.", "language": "fr", "outcome": outcome.value}
    assert other.post(here, fields).status_code == 303
    silent(other.get(here))
    page = browser(people.author.email).get(f"/en/my/contributions/{essay.id}/").text
    assert [name for name in names if name in page] == []


def in_bulk(db: Session, visitor: Browser, query: str = "") -> str:
    """Prepared; the run's address."""
    here = f"{DESK}all/{query}"
    silent(visitor.get(here))
    silent(visitor.post(here, {"action": "reject"}), status=422)
    assert visitor.post(here, {"action": "note", "note": "À relire."}).status_code == 303
    return f"{DESK}all/runs/{db.scalars(select(func.max(BulkRun.id))).one()}/"


def test_many_at_once_does_not_tell(
    browser: Open, db: Session, people: Cast, essay: Contribution, work: Callable[[], int]
) -> None:
    moderator = browser(people.moderator.email)
    address = in_bulk(db, moderator)
    assert essay.title in silent(moderator.get(address)).text
    assert moderator.post(address + "start", {}).status_code == 303
    work()
    db.rollback()
    assert essay.title in silent(moderator.get(address)).text
    for tail in ("?part=1", "?only=done"):
        assert "1 was done." in silent(moderator.get(address + tail)).text
    silent(moderator.get(f"{DESK}all/runs/"))


def test_many_at_once_can_not_be_asked_who_wrote(
    browser: Open, db: Session, people: Cast, essay: Contribution, track: Track
) -> None:
    moderator = browser(people.moderator.email)
    guess = f"{DESK}all/?q=author:quisaitout"
    assert "Nothing was found." in moderator.get(guess).text
    assert moderator.post(guess, {"action": "spam"}).status_code == 422
    track.is_blind = False
    db.commit()
    assert essay.title in moderator.get(guess).text


def test_the_record_does_not_tell(
    browser: Open, people: Cast, essay: Contribution, rejected: Decision
) -> None:
    page = silent(browser(people.moderator.email).get(f"{DESK}{essay.id}/record"))
    assert "An author" in page.text


def test_the_record_of_another_track_tells(
    browser: Open, db: Session, people: Cast, essay: Contribution, track: Track
) -> None:
    """Else the one above would prove nothing."""
    track.is_blind = False
    db.commit()
    assert WRITER.name in browser(people.moderator.email).get(f"{DESK}{essay.id}/record").text


def signed_picture(kind: str) -> bytes:
    """Its maker's name is in it wherever such a file may hold one."""
    made, image = io.BytesIO(), Image.new("RGB", (40, 30), "red")
    exif = Image.Exif()
    exif[0x013B] = exif[0x8298] = WRITER.name
    if kind == "PNG":
        texts = PngInfo()
        texts.add_itxt("Author", WRITER.name)
        texts.add_text("Copyright", WRITER.latin)
        image.save(made, kind, pnginfo=texts, exif=exif)
    else:
        image.save(made, kind, exif=exif, comment=WRITER.latin.encode())
    return made.getvalue()


SIGNED_DRAWING = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:s="urn:x" s:docname="{WRITER.latin}.svg">
<!-- {WRITER.latin} --><metadata><dc:creator>{WRITER.name}</dc:creator></metadata>
<desc>{WRITER.name}</desc><rect width="4" height="3" data-by="{WRITER.latin}"/></svg>""".encode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "SVG"])
def test_files_of_figures_do_not_tell(
    browser: Open, db: Session, people: Cast, track: Track, kind: str
) -> None:
    edition = db.get_one(Edition, track.edition_id)
    draft = make_contribution(db, people.author, edition=edition, state=State.DRAFT, **FIELDS)
    db.commit()
    data = SIGNED_DRAWING if kind == "SVG" else signed_picture(kind)
    assert WRITER.latin.encode() in data
    author = browser(people.author.email)
    author.get(f"/fr/my/contributions/{draft.id}/figures/")
    file = (io.BytesIO(data), f"{WRITER.name}.{kind.lower()}")
    author.submit({"file": file, "alternative": "Rouge", "append": "y"})
    db.rollback()
    assert "![Rouge]" in db.get_one(Draft, draft.id).body
    operations.submit(db, people.actor("author"), draft.id)
    db.commit()
    moderator = browser(people.moderator.email)
    silent(moderator.get(f"{DESK}{draft.id}/"))
    [address] = set(moderator.tree.xpath("//main//img[contains(@src, '/figures/')]/@src"))
    served = moderator.get(address)
    assert served.status_code == 200
    assert told(str(served.headers)) == []
    assert told(served.data.decode("latin-1")) == told(served.data.decode(errors="replace")) == []
    if kind != "SVG":
        image = Image.open(io.BytesIO(served.data))
        assert not image.getexif()
        assert told(str(image.info)) == []


def test_a_moderators_own_data_do_not_tell(
    browser: Open, db: Session, people: Cast, essay: Contribution, rejected: Decision
) -> None:
    other = make_contribution(
        db, people.author, edition=db.get_one(Edition, essay.edition_id), **FIELDS
    )
    claiming.claim(db, people.actor("moderator"), other.id)
    db.commit()
    moderator = browser(people.moderator.email)
    in_bulk(db, moderator, "?q=lang:fr")
    moderator.get("/en/account/data/")
    answer = moderator.submit({}, form="download")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert told(str(answer.headers)) == []
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"decisions-made.json", "messages.json", "bulk.json"} <= set(files)
    for name, text in files.items():
        assert told(name + text) == [], name


def test_the_organisers_archive_is_not_a_moderators(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    address = "/en/organise/contributions.zip"
    assert browser(people.moderator.email).get(address).status_code == 403
    assert browser(people.organiser.email).get(address).status_code == 200
