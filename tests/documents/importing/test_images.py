"""Images of a file: taken out with their words, never fetched, refused aloud."""

from base64 import b64encode

from app.documents.parse import parse
from tests.documents.importing.conftest import Read
from tests.documents.importing.files import (
    ODT_CONTENT,
    archive,
    by_pandoc,
    codes,
    docx,
    image_rels,
    paragraph,
    picture,
    png,
    run,
    unpacked,
)


def test_read_takes_images_out_with_their_words(take: Read) -> None:
    body = paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A red square"))
    more = {
        "word/_rels/document.xml.rels": image_rels("media/image1.png"),
        "word/media/image1.png": png(),
    }
    found = take(docx(body, more=more))
    [picked] = found.images
    assert (picked.kind, picked.width, picked.height) == ("png", 8, 6)
    assert picked.image().id == picked.id
    assert f"\n\n![A red square](figure:{picked.id})\n" in found.text
    assert list(parse(found.text).figures) == [picked.id]
    assert codes(found) == []


def test_read_takes_the_words_for_an_image_from_an_odt(take: Read) -> None:
    parts = unpacked(by_pandoc("x", "odt"))
    content = archive({**parts, "Pictures/1.png": png(), "content.xml": ODT_CONTENT})
    found = take(content, "x.odt")
    assert f"![Ein Platz](figure:{found.images[0].id})" in found.text
    assert found.title == "Der Titel"
    assert "annotation" not in found.text
    assert {"comment.dropped", "object.text_box"} <= set(codes(found))


def test_read_never_fetches_an_image_from_elsewhere(take: Read) -> None:
    body = paragraph(run("Text ") + picture('r:link="rId7"', "Words"))
    rels = image_rels("https://tracker.example/x.png", 'TargetMode="External"')
    found = take(docx(body, more={"word/_rels/document.xml.rels": rels}))
    assert found.images == ()
    page = b"<html><p>a</p><img src='http://tracker.example/x.png' alt='words'><p>b</p>"
    found = take(page, "x.html")
    assert (found.text, codes(found)) == ("a\n\nwords\n\nb\n", ["image.external"])


def test_read_takes_images_that_stand_in_a_page_itself(take: Read) -> None:
    inside = b64encode(png()).decode()
    page = f"<p>a</p><p><img alt='dot' src='data:image/png;base64,{inside}'></p>"
    found = take(page.encode(), "x.html")
    assert [image.width for image in found.images] == [8]
    assert f"![dot](figure:{found.images[0].id})" in found.text


def test_read_says_which_images_are_of_no_use(take: Read) -> None:
    body = paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A drawing"))
    rels = {"word/_rels/document.xml.rels": image_rels("media/image1.emf")}
    found = take(docx(body, more={**rels, "word/media/image1.emf": b"\x01\x00\x00\x00"}))
    assert (found.text, found.images) == ("Before\n\nA drawing\n", ())
    assert [(f.code, f.data["reason"]) for f in found.findings] == [
        ("image.refused", "image.unknown_kind")
    ]


def test_read_tells_what_drawings_lost(take: Read) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<rect width="1" height="1" filter="url(#f)"/></svg>'
    )
    data = b64encode(svg.encode()).decode()
    page = f'<html><p>Un.</p><p><img alt="Un" src="data:image/svg+xml;base64,{data}"></p></html>'
    assert codes(take(page.encode(), "x.html")) == ["image.effects"]
