"""What readers are served: made once, replaced by a correction, taken down with a trace."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.contributions import publishing
from app.contributions.models import PublishedText, TakeDown
from app.contributions.states import State
from app.core import clock
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.outbox import MailKind, OutboxMail
from app.moderation.organising import operations as organising
from tests.factories import Cast, make_contribution, make_edition, make_essay


def the_text(session: Session) -> PublishedText:
    return session.scalars(select(PublishedText)).one()


def test_publish_renders_the_newest_revision_once(session: Session, cast: Cast) -> None:
    published = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.PUBLISHED
    )
    text = the_text(session)
    assert (text.number, text.language, text.byline) == (published.number, "fr", "Amina Auteur")
    assert "<h2>Un titre</h2>" in text.html
    assert 'role="doc-noteref"' in text.html
    assert "règles" in text.plain
    assert text.theme_code == "prevention"
    assert published.published_revision_id == published.revision_id


def test_publish_cleans_hostile_text(session: Session, cast: Cast) -> None:
    hostile = "<script>alert(1)</script>\n\n<a href='x'>y</a> <img src=x onerror=alert(1)>"
    make_contribution(
        session,
        cast.author,
        edition=make_edition(session),
        state=State.PUBLISHED,
        body=hostile,
        abstract=hostile,
        title="<b>bold</b>",
    )
    text = the_text(session)
    for html in (text.html, text.abstract_html):
        assert "<script" not in html
        assert "<img" not in html
        assert "<a " not in html


def test_publish_joins_names_as_the_language_does(session: Session, cast: Cast) -> None:
    authors = (*make_essay().authors, *make_essay().authors)
    make_contribution(
        session,
        cast.author,
        edition=make_edition(session),
        language="ar",
        state=State.PUBLISHED,
        authors=authors,
    )
    assert the_text(session).byline == "Amina Auteur، Amina Auteur"


def test_correct_replaces_no_correction_that_was_not_seen(session: Session, cast: Cast) -> None:
    published = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.PUBLISHED
    )
    question, id = published.question_id, published.id

    def correct(title: str, seen: int) -> int:
        essay = make_essay("fr", title=title, question_id=question)
        made = organising.correct(
            session, cast.organiser.actor, id, essay, note="A slip.", seen=seen
        )
        return made.number

    assert correct("Corrigé", 1) == 2
    assert correct("Corrigé", 1) == 2  # sent twice
    with pytest.raises(Conflict) as refused:
        correct("Autrement", 1)
    assert (refused.value.code, refused.value.data) == ("correction.other_since", {"number": 2})
    assert the_text(session).title == "Corrigé"
    assert correct("Autrement", 2) == 3


def test_correct_replaces_the_text_and_its_tag(session: Session, cast: Cast) -> None:
    published = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.PUBLISHED
    )
    tag, question = the_text(session).etag, published.question_id
    essay = make_essay("fr", title="Corrigé", question_id=question)
    with pytest.raises(Forbidden):
        organising.correct(session, cast.author.actor, published.id, essay, note="")
    revision = organising.correct(
        session, cast.organiser.actor, published.id, essay, note="A typing error."
    )
    text = the_text(session)
    assert (revision.kind, text.title, text.revision_id) == ("correction", "Corrigé", revision.id)
    assert text.etag != tag


def test_remove_leaves_a_tombstone_and_tells_the_author(session: Session, cast: Cast) -> None:
    published = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.PUBLISHED
    )
    with pytest.raises(Forbidden):
        organising.remove(session, cast.moderator.actor, published.id, reason="No.", language="en")
    with pytest.raises(Invalid):
        organising.remove(session, cast.organiser.actor, published.id, reason="  ", language="en")
    organising.remove(
        session, cast.organiser.actor, published.id, reason="A court order.", language="en"
    )
    made = session.scalars(select(TakeDown)).one()
    assert (published.state, made.reason, made.language) == ("removed", "A court order.", "en")
    assert made.reversed_at is None
    assert session.scalars(select(PublishedText)).all() == []
    assert "removed" in set(session.scalars(select(OutboxMail.kind)))


def test_remove_tells_co_authors_too_and_the_owner_until_when_to_appeal(
    session: Session, cast: Cast
) -> None:
    edition = make_edition(session)
    edition.appeal_days = 30
    published = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    published.co_authors = {str(cast.stranger.id): False}
    cast.stranger.ui_language = "ar"
    organising.remove(session, cast.organiser.actor, published.id, reason="Why.", language="en")
    kind = OutboxMail.kind == MailKind.REMOVED.value
    told = {mail.recipient: mail for mail in session.scalars(select(OutboxMail).where(kind))}
    assert set(told) == {"author@example.org", "stranger@example.org"}
    assert told["stranger@example.org"].language == "ar"
    assert all(mail.data["reason"] == "Why." for mail in told.values())
    deadlines = {name: bool(mail.data.get("appeal_until")) for name, mail in told.items()}
    assert deadlines == {"author@example.org": True, "stranger@example.org": False}


def test_restore_serves_the_same_text_again(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    removed = make_contribution(session, cast.author, edition=edition, state=State.REMOVED)
    since = removed.published_at
    with pytest.raises(Forbidden):
        organising.restore(session, cast.author.actor, removed.id)
    organising.restore(session, cast.organiser.actor, removed.id)
    assert (removed.state, removed.published_at, removed.removed_at) == ("published", since, None)
    assert the_text(session).title == "De la paix"


def test_restore_tells_each_author_once_in_their_language(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    removed = make_contribution(session, cast.author, edition=edition, state=State.REMOVED)
    others = (cast.jurist_moderator, cast.stranger)
    removed.co_authors = {str(each.id): False for each in others}
    cast.author.ui_language, cast.stranger.ui_language = "fr", "ar"
    cast.jurist_moderator.deleted_at = clock.now()
    session.flush()

    def told() -> list[tuple[str, str]]:
        kind = OutboxMail.kind == MailKind.RESTORED.value
        rows = session.execute(select(OutboxMail.recipient, OutboxMail.language).where(kind))
        return sorted((row.recipient, row.language) for row in rows)

    assert told() == []
    organising.restore(session, cast.organiser.actor, removed.id)
    assert told() == [("author@example.org", "fr"), ("stranger@example.org", "ar")]
    with pytest.raises(Conflict):
        organising.restore(session, cast.organiser.actor, removed.id)
    assert len(told()) == 2
    # Each taking down is put back on its own.
    organising.remove(session, cast.organiser.actor, removed.id, reason="Again.", language="en")
    organising.restore(session, cast.organiser.actor, removed.id)
    assert len(told()) == 4


@pytest.mark.parametrize("state", [each for each in State if each != State.ACCEPTED])
def test_release_is_for_accepted_essays_only(session: Session, cast: Cast, state: State) -> None:
    waiting = make_contribution(session, cast.author, edition=make_edition(session), state=state)
    with pytest.raises(Conflict):
        organising.release(session, cast.organiser.actor, waiting.id)


def test_render_again_renews_only_what_is_stale(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    for _ in range(2):
        make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    first = session.scalars(select(PublishedText).order_by(PublishedText.id)).first()
    assert first is not None
    session.execute(
        update(PublishedText)
        .where(PublishedText.id == first.id)
        .values(renderer="0/old", html="old")
    )
    session.expire_all()
    assert list(publishing.stale(session)) == [first.id]
    publishing.render_again(session, first.id)
    assert list(publishing.stale(session)) == []
    assert "<h2>Un titre</h2>" in first.html
