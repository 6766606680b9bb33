"""Words of authors, readers and moderators, as they are kept."""

from app.core.errors import Invalid
from app.core.languages import CODES
from app.documents.remarks import remark


def kept(text: str, field: str, *, language: str, needed: bool = True) -> str:
    """The words (:func:`remark`) in one of the ten languages. Raises Invalid."""
    words = remark(text, field, needed=needed)
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    return words
