"""A document of 2,000 words, from the click on “Upload” to the preview, against pandoc alone."""

import time
from statistics import median
from typing import Final
from uuid import uuid4

from app.documents import pandoc, tree
from bench import data, stack
from bench.people import Answer, Person, token
from bench.report import Line, Target
from bench.stack import CannotMeasure
from bench.stage import Lines, Stage
from bench.texts import essay

LANGUAGES: Final = ("fr", "ar", "zh")
ROUNDS: Final = 12
"""For each language; the site lets nobody send more than forty documents in an hour."""

TARGET: Final = Target(most=3)


def upload(stage: Stage) -> Lines:
    """How long until the preview is there, as a multiple of pandoc's own time for the document."""
    rounds = min(ROUNDS, 3 * stage.scale.rounds)
    with stack.site(stage.usual) as server:
        person = Person(server.port)
        person.sign_in(data.author(0))
        ratios, mine, own, cpu = [], [], [], server.cpu_seconds()
        for language in LANGUAGES:
            document = _document(language)
            address = _begin(person, language)
            for number in range(rounds + 1):
                alone = _pandoc(document)
                seconds = _preview(person, address, document)
                if number:  # the first one warms up
                    ratios.append(seconds / alone)
                    mine.append(seconds)
                    own.append(alone)
        cpu = server.cpu_seconds() - cpu
    yield Line(
        "a document of 2,000 words until its preview, of pandoc's time",
        median(ratios),
        "times",
        TARGET,
        f"{1000 * median(mine):.0f} ms; pandoc alone: {1000 * median(own):.0f} ms; the site's own "
        f"processor time {1000 * cpu / (len(LANGUAGES) * (rounds + 1)):.0f} ms",
    )


def _document(language: str) -> bytes:
    text = essay(language, 1)
    whole = tree.document(tree.blocks(text.body), {"title": text.title})
    return pandoc.run(whole, to="docx", arguments=["--standalone"])


def _pandoc(document: bytes) -> float:
    """Seconds that pandoc takes to read it, in the same child process."""
    began = time.perf_counter()
    pandoc.convert(document, reads="docx", to="json")
    return time.perf_counter() - began


def _begin(person: Person, language: str) -> str:
    """Start an essay with a document; the address of the upload."""
    start = f"/{language}/contribute/jurist/?edition={data.EDITION}"
    fields = {
        "csrf_token": token(person.get(start)),
        "edition": data.EDITION,
        "question": data.QUESTION,
        "language": language,
        "begin": "document",
    }
    return person.post(start, fields, "start").location


def _preview(person: Person, address: str, document: bytes) -> float:
    """Seconds from sending the document to having the preview."""
    csrf = token(person.get(address))
    began = time.perf_counter()
    sent = _send(person, address, csrf, document)
    page = person.get(sent.location)
    seconds = time.perf_counter() - began
    if "doc-noteref" not in page.text:
        raise CannotMeasure(f"no preview of the document at {sent.location}")
    return seconds


def _send(person: Person, address: str, csrf: str, document: bytes) -> Answer:
    """The form with its file, as a browser sends it. Raises CannotMeasure."""
    mark = uuid4().hex.encode()
    part = b'--%s\r\nContent-Disposition: form-data; name="%s"'
    body = b"\r\n".join(
        (
            part % (mark, b"csrf_token") + b"\r\n\r\n" + csrf.encode(),
            part % (mark, b"file") + b'; filename="essay.docx"\r\n\r\n' + document,
            b"--%s--\r\n" % mark,
        )
    )
    person.connection.request(
        "POST",
        address,
        body,
        {
            "Cookie": person.cookie,
            "Content-Type": f"multipart/form-data; boundary={mark.decode()}",
        },
    )
    response = person.connection.getresponse()
    text = response.read().decode()
    location = response.headers.get("Location") or ""
    if response.status != 303:
        raise CannotMeasure(f"POST {address}: {response.status}")
    return Answer(response.status, location, text)
