"""What contributions hold of a person, and what is left of it when they leave.

The one thing of a revision that can change are its authors, and only here
(``docs/decisions/009-names-can-go.md``).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.personal import as_json, columns
from app.contributions import affiliations, publishing
from app.contributions.byline import OWNER, Author, without_name
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.invitations import operations as invitations
from app.contributions.invitations.models import Answer as Reply
from app.contributions.invitations.models import Invitation
from app.contributions.models import (
    Contribution,
    Draft,
    DraftSave,
    PublishedText,
    Revision,
    TakeDown,
)
from app.contributions.moves import lock, move
from app.contributions.states import State
from app.contributions.uploads.models import Upload
from app.core import storage
from app.core.audit import AuditAction, record
from app.core.outbox import MailKind, OutboxMail
from app.core.personal import NOTHING, Answer, Keeper, Part
from app.core.policy import Actor
from app.documents.labels import NOTE_LABELS
from app.documents.render import render

#: Where readers know the name already; elsewhere it always goes.
READ: Final = frozenset({State.PUBLISHED, State.REMOVED})
OPEN: Final = frozenset({State.SUBMITTED, State.DECIDED, State.CHANGES_REQUESTED, State.ACCEPTED})

TABLES: Final[Mapping[str, Answer]] = {
    "author_affiliation": Answer(
        "where authors of an essay work, as it can be compared",
        "`contributions/…/contribution.json` (the affiliations as written)",
        "deleted with its contribution, or when the person’s name goes from it",
    ),
    "author_name": Answer(
        "the words of authors’ names, for moderators’ and organisers’ searches",
        "`contributions/…/contribution.json` (the names as written)",
        "deleted with its contribution, or when the person’s name goes from it",
    ),
    "contribution": Answer(
        "whose it is; which accounts are its co-authors; reasons given",
        "`contributions/…/contribution.json`",
        "drafts never submitted are deleted; what waits is withdrawn; the rest stays with the "
        "account’s number",
    ),
    "draft": Answer(
        "the text being written, its authors",
        "`contributions/…/draft.md`, `.json`",
        "deleted with its contribution, or the person’s name removed",
    ),
    "draft_save": Answer(
        "what a draft was after a save, and who saved",
        "`contributions/…/saves.json` (moments)",
        "deleted for the person’s own contributions; elsewhere the account’s number stays",
    ),
    "revision": Answer(
        "what was submitted, its authors",
        "`contributions/…/revision-n.md`, `.html`, `.json`",
        "kept; the person’s name goes unless it is published and they want it to stay, the address "
        "for readers always",
    ),
    "published_text": Answer(
        "what readers see, its authors",
        "as `revision`, from which it is made",
        "rendered anew without the name, if that is wished; without the address always",
    ),
    "essay_frame": Answer(
        "what stands around an essay on its page, its authors among it",
        "as `revision`, from which it is made",
        "deleted whenever the essay, or one it names, is rendered anew; then made again",
    ),
    "take_down": Answer(
        "who took an essay down, and the reason given",
        "`contributions/…/taken-down.json` (to its authors, without who did it), "
        "`taken-down-by-me.json`",
        "kept: the account’s number has no name any more",
    ),
    "invitation": Answer(
        "address of a co-author who was asked",
        "`invitations.json`",
        "ended; addresses deleted",
    ),
    "upload": Answer(
        "a document sent in, until it is taken over or a day has passed",
        "not: its text is in the draft",
        "let go of; the worker deletes row and file",
    ),
    "figure": NOTHING,
    "title_words": Answer(
        "what an essay is called, for moderators’ and organisers’ searches",
        "`contributions/…/contribution.json` (the title as written)",
        "as the contribution",
    ),
    "contribution_figure": Answer(
        "who brought a figure",
        "`contributions/…/figures/`",
        "deleted with drafts; elsewhere the account’s number stays",
    ),
}


def _theirs(account_id: int) -> Any:
    """The contributions somebody owns or is a confirmed co-author of."""
    co_authored = select(Invitation.contribution_id).where(Invitation.account_id == account_id)
    return or_(Contribution.owner_id == account_id, Contribution.id.in_(co_authored))


def collect(session: Session, account_id: int, store: ObjectStore) -> Iterator[Part]:
    """One's contributions, each in a folder, and the invitations one has sent or got."""
    found = session.scalars(
        select(Contribution.id).where(_theirs(account_id)).order_by(Contribution.id)
    ).all()
    for contribution_id in found:
        yield from _contribution(session, contribution_id, store)
    account = session.get_one(Account, account_id)
    asked = session.scalars(
        select(Invitation)
        .where(
            or_(
                Invitation.invited_by_id == account_id,
                Invitation.account_id == account_id,
                Invitation.email == account.email,
            )
        )
        .order_by(Invitation.id)
    )
    own = session.scalars(
        select(TakeDown).where(TakeDown.account_id == account_id).order_by(TakeDown.id)
    ).all()
    if own:
        yield Part("taken-down-by-me.json", as_json([columns(each) for each in own]))
    hidden = frozenset({"token_hash"})
    yield Part("invitations.json", as_json([columns(each, without=hidden) for each in asked]))


def _contribution(session: Session, contribution_id: int, store: ObjectStore) -> Iterator[Part]:
    contribution = session.get_one(Contribution, contribution_id)
    folder = f"contributions/{contribution.number or f'draft-{contribution.id}'}"
    # A decision that has not been announced is not told this way either.
    told = columns(contribution) | {"state": contribution.told_state.value}
    yield Part(f"{folder}/contribution.json", as_json(told))
    if draft := session.get(Draft, contribution_id):
        yield from _text(f"{folder}/draft", draft)
    for revision in session.scalars(
        select(Revision)
        .where(Revision.contribution_id == contribution_id)
        .order_by(Revision.number)
    ):
        yield from _text(f"{folder}/revision-{revision.number}", revision)
    hidden = frozenset({"content", "page"})
    saves = session.scalars(
        select(DraftSave).where(DraftSave.contribution_id == contribution_id).order_by(DraftSave.id)
    )
    yield Part(f"{folder}/saves.json", as_json([columns(each, without=hidden) for each in saves]))
    taken = session.scalars(
        select(TakeDown).where(TakeDown.contribution_id == contribution_id).order_by(TakeDown.id)
    ).all()
    if taken:
        hidden = frozenset({"account_id"})
        yield Part(
            f"{folder}/taken-down.json", as_json([columns(each, without=hidden) for each in taken])
        )
    for figure in session.scalars(
        select(Figure)
        .join(ContributionFigure)
        .where(ContributionFigure.contribution_id == contribution_id)
        .order_by(Figure.id)
    ):
        content = b"".join(storage.stream(store, figure.key))
        yield Part(f"{folder}/figures/{figure.digest}.{figure.kind}", content)


def _text(path: str, essay: Draft | Revision) -> Iterator[Part]:
    yield Part(f"{path}.json", as_json(columns(essay, without=frozenset({"body"}))))
    yield Part(f"{path}.md", f"# {essay.title}\n\n{essay.body}")
    labels = NOTE_LABELS[essay.language]
    html = render(essay.body, language=essay.language, prefix="e-", labels=labels)
    yield Part(f"{path}.html", f'<!doctype html>\n<meta charset="utf-8">\n{html}')


def outlook(session: Session, account_id: int) -> Mapping[str, int]:
    """How many drafts would be deleted, how many withdrawn, how many stay published."""
    found = session.execute(
        select(Contribution.state, func.count())
        .where(Contribution.owner_id == account_id)
        .group_by(Contribution.state)
    )
    counts = {row[0]: row[1] for row in found}
    return {
        "drafts": counts.get(State.DRAFT.value, 0),
        "withdrawn": sum(counts.get(state.value, 0) for state in OPEN),
        "published": counts.get(State.PUBLISHED.value, 0),
    }


def erase(session: Session, account_id: int, anonymous: bool) -> None:
    """Delete drafts, withdraw what waits, take names and addresses out of what stays."""
    account = session.get_one(Account, account_id)
    own = select(Contribution.id).where(Contribution.owner_id == account_id)
    for contribution_id in session.scalars(own.order_by(Contribution.id)).all():
        _leave(session, account, contribution_id, anonymous)
    for invitation in session.scalars(
        select(Invitation)
        .where(or_(Invitation.account_id == account_id, Invitation.email == account.email))
        .order_by(Invitation.id)
    ).all():
        contribution = lock(session, invitation.contribution_id)
        if invitation.account_id == account_id:
            _forget_author(session, account, contribution, invitation.author_key, anonymous)
        invitations.end(session, Actor(id=account_id), contribution, invitation)
        # What waits to be told the owner of it names the person.
        told = f"{MailKind.CO_AUTHOR_ANSWERED}:{invitation.id}:"
        session.execute(delete(OutboxMail).where(OutboxMail.key.startswith(told)))
    # The worker's sweep deletes the documents of uploads that are nobody's.
    session.execute(
        update(Upload)
        .where(Upload.account_id == account_id)
        .values(contribution_id=None, account_id=None)
    )
    session.flush()


def _leave(session: Session, account: Account, contribution_id: int, anonymous: bool) -> None:
    contribution = lock(session, contribution_id)
    actor = Actor(id=account.id)
    for invitation in session.scalars(
        select(Invitation).where(
            Invitation.contribution_id == contribution_id,
            Invitation.state.in_({Reply.WAITING.value, Reply.CONFIRMED.value}),
        )
    ).all():
        invitations.end(session, actor, contribution, invitation)
    session.execute(delete(DraftSave).where(DraftSave.contribution_id == contribution_id))
    if contribution.state == State.DRAFT and contribution.revision_id is None:
        record(session, actor, AuditAction.CONTRIBUTION_DISCARDED, contribution.id)
        session.execute(
            update(Upload)
            .where(Upload.contribution_id == contribution_id)
            .values(contribution_id=None)
        )
        session.execute(delete(Draft).where(Draft.contribution_id == contribution_id))
        session.flush()
        session.delete(contribution)
        session.flush()
        return
    if contribution.state in OPEN | {State.DRAFT}:
        move(session, actor, contribution, State.WITHDRAWN, AuditAction.CONTRIBUTION_WITHDRAWN)
    _forget_author(session, account, contribution, OWNER, anonymous)


def _forget_author(
    session: Session, account: Account, contribution: Contribution, key: str, anonymous: bool
) -> None:
    """Take the address for readers, and the name where it goes, out of one contribution."""
    nameless = anonymous or contribution.state not in READ
    texts: list[Draft | Revision] = [
        *session.scalars(select(Draft).where(Draft.contribution_id == contribution.id)),
        *session.scalars(select(Revision).where(Revision.contribution_id == contribution.id)),
    ]
    for text in texts:
        keys = {each.get("key", "") for each in text.authors}
        text.authors = [
            _forgotten(each, text.language, nameless) if _is(each, key, account, keys) else each
            for each in text.authors
        ]
    session.flush()
    affiliations.note(session, contribution, with_owner=key != OWNER)
    for text_id in session.scalars(
        select(PublishedText.id).where(PublishedText.contribution_id == contribution.id)
    ).all():
        publishing.render_again(session, text_id)
    if nameless:
        record(
            session,
            Actor(id=account.id),
            AuditAction.CONTRIBUTION_ANONYMISED,
            contribution.id,
        )


def _is(author: dict[str, Any], key: str, account: Account, keys: set[str]) -> bool:
    """Whether that is this person: by key; by name where the essay's owner has none."""
    if key in keys:
        return bool(author.get("key") == key)
    return key == OWNER and author["name"] in {account.name, account.latin_name}


def _forgotten(author: dict[str, Any], language: str, nameless: bool) -> dict[str, Any]:
    if nameless:
        return without_name(Author(**author), language)
    return {**author, "contact": ""}


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase, outlook=outlook)
