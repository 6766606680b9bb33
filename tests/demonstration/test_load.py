"""The demonstration, loaded as on a first start: on both databases."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution, Draft, PublishedText
from app.core import clock
from app.core.languages import CODES
from app.core.policy import TrackCode
from app.demonstration.content import essays, site
from app.documents.text import problems
from app.editions.models import Edition, Page, Question, Theme, Track
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.reasons.models import CodedReason
from app.proceedings.models import Build, Volume, VolumeEntry

# Together, so that one process loads it for all of them.


def test_load_fills_every_text_in_all_ten_languages(loaded: Session) -> None:
    for model, names in (
        (Edition, ("title", "description")),
        (Track, ("title", "audience", "guidance", "guidance_html")),
        (Theme, ("title", "context")),
        (Question, ("title", "context")),
        (Page, ("title", "body", "html")),
        (CodedReason, ("text",)),
        (MessageTemplate, ("title", "text")),
        (Volume, ("title", "subtitle", "foreword")),
    ):
        rows = loaded.scalars(select(model)).all()
        assert rows
        for row in rows:
            for name in names:
                texts = getattr(row, name)
                assert set(texts) == set(CODES), (model, row.id, name)
                assert len(set(texts.values())) > 5, (model, row.id, name)


def test_load_has_published_essays_of_both_tracks_in_every_language(loaded: Session) -> None:
    found = Counter(loaded.execute(select(PublishedText.language, PublishedText.track)))
    assert set(found) == {(code, track.value) for code in CODES for track in TrackCode}


def test_load_leaves_work_for_every_desk(loaded: Session) -> None:
    states = set(loaded.scalars(select(Contribution.state)))
    assert states == {
        "draft",
        "submitted",
        "decided",
        "changes_requested",
        "published",
        "rejected",
        "spam",
        "removed",
    }


def test_load_makes_a_published_volume_of_all_essays_of_2017(loaded: Session) -> None:
    volume = loaded.scalars(select(Volume)).one()
    assert volume.published_at is not None
    essays_of_2017 = loaded.scalars(
        select(Contribution.id).join(Edition).where(Edition.slug == "2017")
    ).all()
    entries = loaded.scalars(select(VolumeEntry.contribution_id)).all()
    assert sorted(entries) == sorted(essays_of_2017)
    assert len(entries) == 20
    assert {build.format for build in loaded.scalars(select(Build))} == {"pdf", "epub"}


def test_load_brings_figures_readers_can_see(loaded: Session) -> None:
    found = loaded.execute(
        select(PublishedText.language, Figure.digest)
        .join(
            ContributionFigure, ContributionFigure.contribution_id == PublishedText.contribution_id
        )
        .join(Figure, Figure.id == ContributionFigure.figure_id)
        .where(ContributionFigure.is_public)
    ).all()
    assert {language for language, _ in found} == {"en", "ar"}
    for language, digest in found:
        html = loaded.scalars(select(PublishedText.html).where(PublishedText.language == language))
        assert any(f'src="/figures/{digest}.svg"' in text for text in html)


def test_load_puts_the_clock_back(loaded: Session) -> None:
    assert clock.now().year >= 2026
    saved = loaded.scalars(select(Draft.saved_at)).all()
    assert max(saved) < clock.now()


def test_content_essays_hold_nothing_the_text_format_forbids() -> None:
    for essay in (*essays(), *essays("desk")):
        for text in (essay.content.body, essay.content.abstract, essay.content.summary):
            assert problems(text) == (), essay.content.title


def test_content_site_has_the_same_tables_in_every_language() -> None:
    def shape(value: object) -> object:
        return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else None

    shapes = {code: shape(tables) for code, tables in site().items()}
    assert all(each == shapes["en"] for each in shapes.values())
