"""Looking at what was handed in, from the text to the signs."""

from sqlalchemy.orm import Session

from app.documents.parse import parse
from app.moderation.signs import inspecting, operations
from app.moderation.signs.inspecting import Sign
from app.moderation.signs.operations import Begun
from app.moderation.signs.sketches import sketch


def look(session: Session, begun: Begun) -> tuple[list[Sign], frozenset[int]]:
    """What is noticed, and the sketch. It only reads, and locks nothing."""
    document = parse(begun.body)
    bands = sketch(document, begun.language)
    others = operations.candidates(session, begun.contribution_id, bands)
    about = {"length": begun.length, "least": begun.least, "most": begun.most}
    return [
        *inspecting.of_others(document, begun.language, others),
        *inspecting.of_text(document, begun.language, **about),
    ], bands


def inspect(session: Session, contribution_id: int) -> bool:
    """Look at one in this transaction; False where it isn't due. For what is told after the fact.

    Who waits for their turn to write waits for the whole of it: the worker does it in steps.
    """
    begun = operations.begin(session, contribution_id)
    return begun is not None and operations.finish(session, begun, *look(session, begun))
