"""Published essays, and pages as they are read."""

from typing import Any

import pytest
from lxml import html
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.editions.models import Edition
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution


def publish(db: Session, people: Cast, edition: Edition, **changes: Any) -> Contribution:
    made = make_contribution(db, people.author, edition=edition, state=State.PUBLISHED, **changes)
    db.commit()
    return made


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    made = make_edition(db)
    db.commit()
    return made


def tree(page: Any) -> html.HtmlElement:
    assert page.status_code in {200, 410}, page.text
    return html.document_fromstring(page.text)


def numbers(page: Any) -> list[str]:
    return tree(page).xpath("//ol[@class='entries']//bdi[@class='reference']/text()")
