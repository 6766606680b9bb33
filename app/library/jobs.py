"""The worker's part of the library: essays' pages are made ready."""

from collections.abc import Sequence
from typing import Final

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.contributions.models import EssayFrame, PublishedText
from app.core.db import begin_write
from app.core.languages import CODES, DEFAULT
from app.jobs import Job
from app.library import frames, queries

FRAME_JOB: Final = "library.frame"

MOST_AT_ONCE: Final = 300
"""A few seconds of each minute: after a release all are due, and mails wait in the same queue."""


def run_frame(text_id: int) -> None:
    """Make the frames of one published text in all languages, in place of those it has.

    They are made before the transaction that writes them, and left out if the essay, or what its
    page names, has changed meanwhile: then they are due again.
    """
    with current_app.extensions["jsi_sessions"]() as session:
        number = session.scalar(select(PublishedText.number).where(PublishedText.id == text_id))
        made = _made(session, text_id, number) if number else []
        begin_write(session)
        # On PostgreSQL this waits for whoever takes a name from the text, and drops its frames.
        held = select(PublishedText.number).where(PublishedText.id == text_id).with_for_update()
        if made and session.scalar(held) == number:
            mark = queries.essay_mark(session, number)
            if all(each.mark == mark for each in made):
                session.execute(delete(EssayFrame).where(EssayFrame.text_id == text_id))
                session.add_all(made)
                session.commit()


def _made(session: Session, text_id: int, number: str) -> list[EssayFrame]:
    """The frames of that text in all languages; none where it is no longer there to be read."""
    made = []
    for code in CODES:
        with frames.asked_in(code):
            essay = queries.essay(session, number, code)
            if essay is None:
                return []
            made.append(
                EssayFrame(
                    text_id=text_id,
                    language=code,
                    mark=essay.mark,
                    made_for=frames.made_for(),
                    content=frames.packed(frames.make(essay)),
                )
            )
    return made


def due(session: Session, *, most: int = MOST_AT_ONCE) -> Sequence[int]:
    """Ids of published texts without frames, or with such as were made of something older."""
    with frames.asked_in(DEFAULT):
        return queries.unready(session, frames.made_for(), most=most)


JOB: Final = Job(run=run_frame, due=due)
