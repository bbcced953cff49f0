"""Readers reach the service under a path of another host: every address leads back there, by a proxy that
takes the path off and by one that leaves it on."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from service.api import Ledger
from service.cli import main
from service.connection import connect
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT
from tests.serving import patient, serving
from tests.web.desk import CSV, ROW
from tests.web.reading import REPORT

PREFIX = "/casualties"
HTML = {"Accept": "text/html"}
COAST = "/crisis/syria-coast-2025-03"
PAGES = (
    "/", COAST, f"{COAST}?kind=origins&area=SY06", "/why?area=SY0602&measure=killed&population=civilians",
    "/area/SY0602", f"/report/{REPORT}", f"/report/{REPORT}/mend", "/source/snhr", "/conflict", "/findings",
    "/changes", "/guide", "/guide/privacy", "/about", "/submit", "/held", "/register", "/docs", "/ar/",
    f"/ar{COAST}", "/ar/submit",
)  # fmt: skip
ADDRESS = re.compile(r'\s(?:href|action|src|content)="((?:/|https?://)[^"]*)"')
ENDS_IN_ITSELF = (
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "date",
)


class Proxy(BaseHTTPRequestHandler):
    """Hands on what lies under the prefix, and has nothing else."""

    protocol_version = "HTTP/1.1"
    target = ""
    strips = True

    def handle_any(self) -> None:
        path = self.path
        if not path.startswith((f"{PREFIX}/", f"{PREFIX}?")) and path != PREFIX:
            self.send_error(404, "outside of the prefix")
            return
        if self.strips:
            path = path[len(PREFIX) :] or "/"
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        sent = [(name, value) for name, value in self.headers.items() if name.lower() not in ENDS_IN_ITSELF]
        answer = httpx.request(self.command, f"{self.target}{path}", headers=sent, content=body, timeout=600)
        content = b"" if self.command == "HEAD" else answer.content
        self.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in ENDS_IN_ITSELF:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = handle_any

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def proxied(ledger: Ledger, *, strips: bool) -> Iterator[str]:
    """The address under which a proxy has a served ledger."""
    own = type("Own", (Proxy,), {"strips": strips})
    server = ThreadingHTTPServer(("127.0.0.1", 0), own)
    address = f"http://127.0.0.1:{server.server_port}{PREFIX}"
    settings = dataclasses.replace(patient(), public_url=address)
    with serving(ledger, prepares=False, settings=settings) as own.target:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="module", params=[True, False], ids=["stripping", "keeping"])
def address(request: pytest.FixtureRequest, ledger: Ledger) -> Iterator[str]:
    with proxied(ledger, strips=request.param) as address:
        yield address


@pytest.fixture
def reader(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(headers=HTML, timeout=600, follow_redirects=False) as client:
        yield client


def addresses(page: str, at: str) -> set[str]:
    """Return the addresses of this service that a page leads to."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(at))
    found = {urljoin(at, unescape(each)).partition("#")[0] for each in ADDRESS.findall(page)}
    return {each for each in found if each.startswith(origin)}


def leads(reader: httpx.Client, address: str, path: str) -> set[str]:
    """Return where a page leads to; all of it lies under the path."""
    at = f"{address}{path}"
    answer = reader.get(at)
    assert answer.status_code == 200, path
    found = addresses(answer.text, at)
    assert found, path
    assert [each for each in found if not each.startswith((f"{address}/", f"{address}?"))] == [], path
    return found


@pytest.mark.parametrize("path", ["/about", "/guide/privacy", "/submit", "/ar/submit", COAST, f"/ar{COAST}"])
def test_every_address_of_a_page_and_its_files_lead_under_the_path(
    reader: httpx.Client, address: str, path: str
) -> None:
    files = [each for each in leads(reader, address, path) if "/static/" in each]
    assert files
    assert {reader.get(each).status_code for each in files} == {200}


@pytest.mark.long
def test_every_address_on_every_kind_of_page_leads_under_the_path_and_is_answered(
    reader: httpx.Client, address: str
) -> None:
    kinds: dict[str, str] = {}
    for each in sorted(set().union(*(leads(reader, address, path) for path in PAGES))):
        kinds.setdefault(re.sub(r"r[0-9a-f]{20}|[^/]*\d[^/]*", "1", urlsplit(each).path), each)
    for each in kinds.values():  # one address of each kind: the others are made by the same code
        answer = reader.get(each)
        assert answer.status_code < 400 or "no_such_page" not in answer.text, each


def test_a_newcomer_is_sent_on_under_the_path(reader: httpx.Client, address: str) -> None:
    sent = reader.get(f"{address}/", headers={"Accept-Language": "ar"})
    assert (sent.status_code, sent.headers["location"]) == (302, f"{PREFIX}/ar/")
    alone = reader.get(f"{address}/ar/docs")
    assert (alone.status_code, alone.headers["location"]) == (302, f"{PREFIX}/docs")


def test_what_is_copied_elsewhere_names_the_path(reader: httpx.Client, address: str) -> None:
    page = reader.get(f"{address}{COAST}").text
    assert f'<link rel="canonical" href="{address}{COAST}">' in page
    assert f'hreflang="ar" href="{address}/ar{COAST}"' in page
    feed = reader.get(f"{address}/v1/changes.atom?since=2025-03-01").text
    assert f"<id>{address}/v1/changes.atom" in feed
    assert f"<loc>{address}/</loc>" in re.sub(r"ns\d+:", "", reader.get(f"{address}/sitemap.xml").text)
    robots = reader.get(f"{address}/robots.txt").text
    assert f"Disallow: {PREFIX}/submit\n" in robots
    assert f"Sitemap: {address}/sitemap.xml" in robots
    told = reader.get(f"{address}/llms.txt").text
    assert f"]({address}/guide/privacy)" in told
    assert f"{PREFIX}{PREFIX}" not in told + page + feed
    assert f"{address}/" in httpx.get(f"{address}/v1/series?area=SY06&cite=bibtex", timeout=600).text
    described = reader.get(f"{address}/openapi.json").json()
    assert described["servers"][0]["url"] == PREFIX
    refused = reader.get(f"{address}/v1/nothing").json()
    assert refused["type"] == f"{PREFIX}/docs#no_such_page"


def test_a_frame_is_found_by_its_page_and_shown_under_the_path(reader: httpx.Client, address: str) -> None:
    offered = reader.get(f"{address}/oembed", params={"url": f"{address}{COAST}"}).json()
    (frame,) = re.findall(r'src="([^"]+)"', offered["html"])
    assert frame.startswith(f"{address}/embed/")
    shown = reader.get(unescape(frame))
    assert shown.status_code == 200
    assert f'href="{address}/' in shown.text


def test_lists_are_paged_and_read_by_a_client_under_the_path(address: str) -> None:
    with connect(address) as far:
        whole = far.reports(arrow=True)
        assert whole.num_rows > 600
        assert far.explain(area="Latakia", measure="killed", population="civilians").sentences
    page = httpx.get(f"{address}/v1/reports", params={"limit": 5}, timeout=600)
    following = urljoin(address, page.links["next"]["url"])
    assert following.startswith(f"{address}/v1/reports?")
    assert httpx.get(following, timeout=600).status_code == 200


def test_the_desk_hands_in_under_the_path(own_ledger: Ledger) -> None:
    _, key = Keyring(own_ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)
    with proxied(own_ledger, strips=True) as address:
        form = {"key": key, "text": CSV.decode(), "step": "read"}
        fields = {name: (None, value) for name, value in form.items()}
        page = httpx.post(f"{address}/submit", files=fields, headers=HTML, timeout=600)
        assert page.status_code == 200
        assert f'action="{PREFIX}/submit#outcome"' in page.text
        with connect(address, key=key) as far:
            assert far.ingest_rows([ROW]).accepted == 1


def test_a_command_asks_a_server_under_the_path_and_prints_what_it_prints_at_home(
    address: str, seeded_dir: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    home = str(shutil.copytree(seeded_dir, tmp_path / "data"))
    cell = ("--area", "SY06", "--measure", "killed", "--population", "civilians", "--as-of", "2025-03-12")
    for words in (
        ("series", *cell),
        ("figures", *cell[2:], "-f", "csv"),
        ("areas",),
        ("sources", "-f", "csv"),
    ):
        printed = []
        for where in (("--server", address), ("--data-dir", home)):
            assert main([*words, *where]) == 0
            printed.append(capfdbinary.readouterr().out)
        assert printed[0] == printed[1] != b"", words
    assert main(["verify", "--server", address]) == 2
    assert b"works on the data directory itself" in capfdbinary.readouterr().err
    for elsewhere in (f"{address}s", "ftp://127.0.0.1/x", "http://127.0.0.1:9"):
        assert main(["areas", "--server", elsewhere]) in (2, 3)
        assert capfdbinary.readouterr().out == b""
    assert not list(Path().glob("*:")), "no address is taken for a directory"


def test_a_command_hands_in_at_a_server_under_the_path_with_a_key(
    own_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, key = Keyring(own_ledger.store.data_dir).create(Role.REPORTER, at=MOMENT)
    (tmp_path / "desk.csv").write_bytes(CSV)
    monkeypatch.delenv("CASUALTY_KEY", raising=False)
    with proxied(own_ledger, strips=True) as address:
        words = ["ingest", str(tmp_path / "desk.csv"), "--json", "--server", address]
        assert main(words) == 2
        assert "CASUALTY_KEY" in json.loads(capfd.readouterr().err)["fix"]
        monkeypatch.setenv("CASUALTY_KEY", key)
        assert main(words) == 0
        assert json.loads(capfd.readouterr().out)["accepted"] == 1
