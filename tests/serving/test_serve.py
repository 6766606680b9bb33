"""Start and end of the whole site, in real processes."""

import os
import pwd
import shutil
import signal
import socket
import sqlite3
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import psutil
import pytest

from app.moderation.search.language import MOST_CHARACTERS
from tests.serving.site import Site, free_port, until


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes
    )


def test_serve_migrates_answers_and_ends_on_sigterm(data: Path) -> None:
    with Site(data) as site:
        site.ready()
        assert site.get("/healthz") == (200, "ok\n")
        assert site.get("/readyz")[0] == 200
        four = "the web server, its two processes, and the worker"
        until(lambda: len(site.children(recursive=True)) == 4, four)
        processes = site.children(recursive=True)
        begun = time.monotonic()
        assert site.stop(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 10
        assert gone(processes)
        assert "Traceback" not in site.said
        assert "JSI_MAIL_URL" in site.said, "it warns that no mail is sent"


#: Reads everything, so that it finds this project wherever it is, and writes only what is its own.
AS_NOBODY = (
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
    "--bounding-set=-all,+dac_read_search",
)


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an ordinary user already")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux's setpriv is not there")
def test_serve_needs_no_root(data: Path) -> None:
    data.mkdir()
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(data, nobody, -1)
    with Site(data, through=AS_NOBODY) as site:
        site.ready()
        assert site.get("/readyz")[0] == 200
        # The command has become the site by now.
        assert {each.uids().effective for each in site.children(recursive=True)} == {nobody}
        assert site.stop(signal.SIGTERM) == 0
    kept = [*data.rglob("*")]
    assert (data / "jesuisinternet.db") in kept
    assert {path.stat().st_uid for path in kept} == {nobody}


def test_serve_answers_with_a_page_what_is_too_large(data: Path) -> None:
    sent = urlencode({"body": "x" * 12_000_000}).encode()
    with Site(data) as site:
        site.ready()
        request = Request(f"http://127.0.0.1:{site.port}/fr/contribute/jurist/", data=sent)
        with pytest.raises(HTTPError) as refused:
            urlopen(request)
        assert refused.value.code == 413
        assert 'lang="fr"' in refused.value.read().decode()


def test_serve_takes_the_longest_search_in_chinese(data: Path) -> None:
    address = f"/zh/moderation/?q={quote('网' * MOST_CHARACTERS)}"
    # A visitor is sent to sign in, by an address that holds this one, quoted once more.
    with Site(data) as site, urlopen(f"{site.ready().address}{address}") as answer:
        assert "/zh/login?next=" in answer.url


def test_serve_ends_on_one_ctrl_c_with_an_open_connection(data: Path) -> None:
    with Site(data) as site:
        site.ready()
        with socket.create_connection(("127.0.0.1", int(site.port))) as visitor:
            visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert visitor.recv(100).startswith(b"HTTP/1.1 200")
            processes = site.children(recursive=True)
            begun = time.monotonic()
            assert site.stop(signal.SIGINT, group=True) == 0
            assert time.monotonic() - begun < 10
        assert gone(processes)
        assert "Traceback" not in site.said


def test_serve_starts_again_on_what_it_left(data: Path) -> None:
    for _ in range(2):
        with Site(data) as site:
            site.ready()
            assert site.get("/en/contributions/")[0] == 200
            assert site.stop() == 0


def test_serve_restarts_a_worker_that_dies(data: Path) -> None:
    with Site(data) as site:
        site.ready()
        site.says("the worker is ready")
        _web, worker = site.children()
        worker.kill()
        site.says("The worker has ended unexpectedly")
        until(lambda: site.said.count("the worker is ready") == 2, "a new worker")
        assert site.get("/healthz")[0] == 200
        assert site.stop() == 0


def test_serve_ends_when_the_web_server_dies(data: Path) -> None:
    with Site(data) as site:
        site.ready()
        processes = site.children(recursive=True)
        site.children()[0].kill()
        assert site.end() == 1
        assert "The web server has ended unexpectedly" in site.said
        until(lambda: gone(processes), "all processes end")


def test_serve_killed_takes_its_children_along(data: Path) -> None:
    with Site(data) as site:
        site.ready()
        processes = site.children(recursive=True)
        site.process.kill()
        site.end()
        until(lambda: gone(processes), "all processes end")


def test_serve_on_a_taken_port_says_so(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Site(data, PORT=str(port)) as site:
            assert site.end() == 1
            assert site.said == (
                f"Port {port} is taken by another program. "
                f"Choose another one, for example: make run PORT={port + 1}\n"
            )


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_serve_on_what_is_no_port_says_so(data: Path, port: str) -> None:
    with Site(data, PORT=port) as site:
        assert site.end() == 1
        assert site.said.startswith(f"PORT={port} is not a port")
        assert site.said.count("\n") == 1


def test_serve_on_a_foreign_address_says_so(data: Path) -> None:
    with Site(data, HOST="192.0.2.1") as site:
        assert site.end() == 1
        assert site.said.startswith(f"Cannot listen on 192.0.2.1:{site.port}")
        assert site.said.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_serve_keeps_the_demonstration_on_loopback(data: Path, host: str) -> None:
    with Site(data, HOST=host, JSI_DEMO="1") as site:
        assert site.end() == 1
        assert f"The demonstration does not listen on {host}" in site.said
        assert site.said.count("\n") == 1


def test_serve_refuses_a_database_that_is_newer(data: Path) -> None:
    data.mkdir()
    with sqlite3.connect(data / "jesuisinternet.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    with Site(data) as site:
        assert site.end() == 1
        assert "The database is newer than this version of jesuisinternet (it is at 9999)" in (
            site.said
        )
        assert site.said.count("\n") == 1


def test_serve_without_its_database_says_so_without_the_password(data: Path) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/nothing"
    with Site(data, JSI_DATABASE_URL=url) as site:
        assert site.end() == 1
        assert "cannot be used" in site.said
        assert "secret" not in site.said
        assert site.said.count("\n") == 1


def test_serve_without_its_queue_says_so(data: Path) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/nothing"
    with Site(data, JSI_QUEUE_URL=url) as site:
        assert site.end() == 1
        assert site.said.startswith("The queue cannot be used (JSI_QUEUE_URL): ")
        assert "secret" not in site.said
        assert site.said.count("\n") == 1


def test_serve_with_a_wrong_setting_says_so(data: Path) -> None:
    with Site(data, JSI_BASE_URL="jesuisinternet.example") as site:
        assert site.end() == 1
        assert site.said == "JSI_BASE_URL must start with http:// or https://\n"


def test_serve_loads_the_demonstration_once(data: Path) -> None:
    for expected in (1, 0):
        with Site(data, JSI_DEMO="1") as site:
            site.ready()
            assert site.said.count("Loading the demonstration") == expected
            assert site.get("/en/mailbox/")[0] == 200
            assert "/en/contributions/2017-" in site.get("/en/contributions/")[1]
            assert "JSI_MAIL_URL" not in site.said
            assert site.stop() == 0
