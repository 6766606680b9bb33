"""A document becomes a draft: who may, and what it replaces."""

from pathlib import Path

import pytest
from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Draft
from app.contributions.saving import operations as saving
from app.contributions.states import State
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.models import UploadState
from app.core.errors import Conflict, NotFound
from app.editions.models import Edition
from tests.contributions.uploads.samples import finish, imported, received
from tests.factories import Cast, make_contribution


# -- operations ------------------------------------------------------------------------------
def test_receive_closes_the_upload_before_it(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    author = cast.actor("author")
    first = upload_operations.receive(session, author, draft.id, filename="a", size=1)
    second = upload_operations.receive(session, author, draft.id, filename="b", size=1)
    assert (first.state, second.state) == (UploadState.CLOSED, UploadState.WAITING)
    assert upload_operations.over(session) == [first.id]


def test_receive_is_refused_to_a_stranger_and_after_submission(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    with pytest.raises(NotFound):
        upload_operations.receive(session, cast.actor("stranger"), draft.id, filename="a", size=1)
    sent = make_contribution(
        session, cast.author, edition=session.get_one(Edition, draft.edition_id)
    )
    with pytest.raises(Conflict):
        upload_operations.receive(session, cast.actor("author"), sent.id, filename="a", size=1)


def test_take_over_replaces_the_text_and_keeps_the_one_before(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    before = session.get_one(Draft, draft.id)
    old, version = before.body, before.version
    taken = upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=True,
        with_abstract=True,
    )
    assert (taken.title, taken.abstract) == ("Nouveau titre", "An abstract.")
    assert taken.body.startswith("Un texte venu d’ailleurs[^1].")
    kept = saving.base_of(session, draft.id, version)
    assert kept is not None
    assert kept.body == old
    assert upload.state == UploadState.CLOSED
    assert upload.body == ""


def test_take_over_leaves_the_title_where_it_is_not_asked_for(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    version = session.get_one(Draft, draft.id).version
    taken = upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=False,
        with_abstract=False,
    )
    assert taken.title == "De la paix"


def test_take_over_sees_another_save(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    with pytest.raises(Conflict) as caught:
        upload_operations.take_over(
            session,
            cast.actor("author"),
            draft.id,
            upload.id,
            seen_version=0,
            with_title=True,
            with_abstract=True,
        )
    assert caught.value.code == "draft.changed_elsewhere"
    assert session.get_one(Draft, draft.id).title == "De la paix"


@pytest.mark.parametrize("name", ["stranger", "moderator", "organiser", "administrator"])
def test_nobody_else_can_look_at_take_over_or_discard_an_upload(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    name: str,
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    actor = cast.actor(name)
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, actor, draft.id, upload.id)
    with pytest.raises(NotFound):
        upload_operations.discard(session, actor, draft.id, upload.id)
    with pytest.raises(NotFound):
        upload_operations.take_over(
            session,
            actor,
            draft.id,
            upload.id,
            seen_version=2,
            with_title=True,
            with_abstract=True,
        )
    assert upload.state == UploadState.READY


def test_a_co_author_who_may_edit_brings_a_document_of_their_own(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    draft.co_authors = {str(cast.stranger.id): True}
    session.flush()
    theirs = upload_operations.receive(
        session, cast.actor("stranger"), draft.id, filename="a", size=1
    )
    finish(session, theirs, imported(tmp_path), store)
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), draft.id, theirs.id)
    upload_operations.receive(session, cast.actor("author"), draft.id, filename="b", size=1)
    assert theirs.state == UploadState.READY
    draft.co_authors = {str(cast.stranger.id): False}
    session.flush()
    with pytest.raises(Conflict):
        upload_operations.receive(session, cast.actor("stranger"), draft.id, filename="c", size=1)


def test_an_upload_belongs_to_one_draft(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    other = make_contribution(
        session, cast.author, edition=session.get_one(Edition, draft.edition_id), state=State.DRAFT
    )
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), other.id, upload.id)
