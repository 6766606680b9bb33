"""What could not be kept, in words."""

from flask import Flask

from app.contributions.uploads.labels import FINDINGS, items


def test_every_finding_has_its_words() -> None:
    import re

    from app.config import ROOT

    sources = (ROOT / "app/documents/importing").glob("*.py")
    groups = "changes|characters|comment|element|encoding|field|formatting|formula|heading|image"
    groups += "|link|list|markup|nesting|object|page|table"
    used = {
        code
        for source in sources
        for code in re.findall(rf'"((?:{groups})\.[a-z_]+)"', source.read_text("utf-8"))
    }
    assert used - set(FINDINGS) == set()
    assert len(used) > 30


def test_items_group_findings_with_their_places(app: Flask) -> None:
    found = [
        {"code": "table.merged", "place": "B", "data": {}},
        {"code": "link.dropped", "place": "A", "data": {"link": "file:///x"}},
        *({"code": "table.merged", "place": f"{n}", "data": {}} for n in range(20)),
    ]
    with app.test_request_context("/en/"):
        [link, table] = items(found)
    assert (link.code, link.places[0].detail) == ("link.dropped", "file:///x")
    assert (table.count, len(table.places), table.more) == (21, 12, 9)
