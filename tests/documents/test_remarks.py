import pytest

from app.core.errors import Invalid
from app.documents.remarks import remark


def test_remark_is_normalised() -> None:
    assert remark(" Trop\r\nlong : e\u0301te\u0301 ", "words") == "Trop\nlong : été"
    assert remark(" \r\n", "words", needed=False) == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (" \n", "required"),
        ("été!!", "text.too_long"),
        ("a\x00b", "text.control_characters"),
        ("a\u202eb", "text.bidi_override"),
    ],
)
def test_remark_that_cannot_be_kept_is_refused_for_its_field(words: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        remark(words, "reason", most=4)
    assert (refused.value.code, refused.value.field) == (code, "reason")
    assert remark("été!", "reason", most=4) == "été!"
