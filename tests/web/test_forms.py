"""Forms that no browser sends."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from wtforms import (
    FieldList,
    FileField,
    FormField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Plain

from app.web.forms import Form, all_offered, required
from tests.factories import make_edition
from tests.http import Browser

DESK = "/en/organise/editions/"
#: What an organiser fills in, as far as it is needed.
FILLED = {
    f"{DESK}new": {"slug": "new", "prefix": "NEW", "language": "en", "title": "New"},
    f"{DESK}standing/themes/new": {"code": "new", "language": "en", "title": "New"},
    f"{DESK}standing/themes/prevention/questions/new": {
        "slug": "new",
        "language": "en",
        "title": "New",
        "tracks": "jurist",
    },
}


@pytest.mark.parametrize("address", FILLED)
def test_form_with_a_field_left_out_is_that_form_with_an_empty_field(
    db: Session, organiser: Browser, address: str
) -> None:
    make_edition(db)
    db.commit()
    for name in FILLED[address]:
        rest = {key: value for key, value in FILLED[address].items() if key != name}
        assert organiser.post(address, rest).status_code == 422, name
    # Nothing is missing but what may be empty.
    assert organiser.post(address, FILLED[address]).status_code == 303


class Author(Plain):
    name = StringField()


class Essay(Form):
    title = StringField(validators=[required()])
    body = TextAreaField()
    first = FormField(Author)
    others = FieldList(FormField(Author))


class Upload(Essay):
    file = FileField()


class Boxes(Form):
    boxes = SelectMultipleField(validators=[all_offered], choices=["a"])


def test_process_makes_an_empty_text_of_what_was_not_sent(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"others-0-x": "1"}):
        form = Essay(meta={"csrf": False})
        assert (form.title.data, form.body.data, form.first.data) == ("", "", {"name": ""})
        assert form.others.data == [{"name": ""}]
        assert not form.validate()
        assert list(form.errors) == ["title"]


def test_process_takes_a_file_for_a_field_of_files_only(app: Flask) -> None:
    sent = {"title": (BytesIO(b"x"), "x.txt"), "file": (BytesIO(b"y"), "y.txt"), "body": "Text"}
    with app.test_request_context(method="POST", data=sent):
        form = Upload(meta={"csrf": False})
        assert (form.title.data, form.body.data, form.file.data.read()) == ("", "Text", b"y")
        assert not form.validate()
        assert list(form.errors) == ["title"]


def test_form_that_lacks_its_boxes_has_none_ticked(app: Flask) -> None:
    with app.test_request_context(method="POST", headers={"X-CSRFToken": "of a script"}):
        form = Boxes(meta={"csrf": False})
        assert form.validate()
        assert not form.boxes.data
