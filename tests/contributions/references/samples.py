"""Works referred to, and an essay with some handed in."""

from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Draft, Revision
from app.contributions.operations import submit
from app.contributions.references.formatted import Formatted
from app.core.policy import Actor
from app.documents.references.items import clean, unstructured

BIBTEX = """@article{duval, author={Duval, Anne}, title={La diligence}, journal={Revue}, year=2016}
@jurisdiction{nicaragua, title={Nicaragua v United States}, institution={ICJ}, date={1986}}
"""
BOOK = clean({"id": "tikk", "type": "book", "title": "Norms", "author": [{"family": "Tikk"}]})
CASE = clean({"id": "corfu", "type": "legal_case", "title": "Corfu Channel", "authority": "ICJ"})
WORDS = unstructured("Duval, <script>alert(1)</script>, https://example.org/a", taken=["a"])


def hand_in(session: Session, owner: Actor, contribution: Contribution) -> Revision:
    """Submit it as the page does: its references are formatted first."""
    items = session.get_one(Draft, contribution.id).bibliography
    listed = Formatted.of(items, contribution.language, contribution.track)
    return submit(session, owner, contribution.id, references=listed)
