"""How much the editor's first page makes a browser fetch, and a page for readers."""

import gzip
import re
from typing import Final

from bench import data, stack
from bench.people import Person, Writer
from bench.report import Line, Target
from bench.stage import Lines, Stage

EDITOR: Final = Target(most=250)
READING: Final = Target(most=60)

_LOADED: Final = re.compile(r'<(?:script [^>]*src|link rel="stylesheet" href)="(/static/[^"]+)"')


def editor(stage: Stage) -> Lines:
    """Kilobytes, compressed, of a first visit with nothing kept from an earlier one."""
    with stack.site(stage.usual) as server:
        writer = Writer.sign_in(server.port, data.author(0))
        own = _sizes(writer.person, writer.begin())
        reader = Person(server.port)
        language, number = data.numbers(stage.usual, 1)[0]
        read = _sizes(reader, f"/{language}/contributions/{number}/")
    yield Line(
        "the editor's first page, compressed",
        sum(own.values()) / 1000,
        "kB",
        EDITOR,
        ", ".join(f"{name} {size / 1000:.1f}" for name, size in own.items()),
    )
    yield Line(
        "script and style of a page for readers, compressed",
        (sum(read.values()) - read["page"]) / 1000,
        "kB",
        READING,
    )


def _sizes(person: Person, path: str) -> dict[str, int]:
    """The page and what it loads, by name, in bytes as a web server would compress them."""
    page = person.get(path).text
    found = {"page": page}
    for address in _LOADED.findall(page):
        found[address.removeprefix("/static/").split("?")[0]] = person.get(address).text
    return {name: len(gzip.compress(text.encode(), 6)) for name, text in found.items()}
