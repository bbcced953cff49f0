"""Advisories about dependencies are told; what cannot be looked at is never called sound; nobody waits."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.audit import LOCK, ROOT, audit, can_ask, lines_about

HASH = "0" * 64
ADVISORY = {
    "id": "PYSEC-0-1", "summary": "made up", "aliases": [], "modified": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "first", "ecosystem": "PyPI"}, "versions": ["1.0"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}  # fmt: skip


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "some.lock"
    path.write_text(f"first==1.0 --hash=sha256:{HASH}\nsecond==2.0 --hash=sha256:{HASH}\n")
    return path


@contextmanager
def advisories(answer: Callable[[str], dict[str, object]]) -> Iterator[tuple[str, ...]]:
    """The options by which pip-audit asks a server of ours, which answers about a package."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(answer(asked["package"]["name"])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield (
            "--vulnerability-service",
            "osv",
            "--osv-url",
            f"http://127.0.0.1:{server.server_port}/v1/query",
        )
    finally:
        server.shutdown()


def test_an_advisory_about_a_locked_version_is_told_with_the_version_that_mends_it(lock):
    with advisories(lambda name: {"vulns": [ADVISORY]} if name == "first" else {}) as options:
        lines, may_stand = lines_about("some.lock", audit(lock, *options))
    assert not may_stand
    assert lines == [
        "some.lock: first 1.0: PYSEC-0-1, mended in 1.1",
        "some.lock: 1 advisories about 2 dependencies.",
    ]


def test_a_lock_without_advisories_stands(lock):
    with advisories(lambda _: {}) as options:
        assert lines_about("some.lock", audit(lock, *options)) == (
            ["some.lock: 0 advisories about 2 dependencies."], True
        )  # fmt: skip


def test_what_cannot_be_asked_is_not_audited_and_ends_in_time(lock):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        address = silent.getsockname()
        options = ("--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{address[1]}/v1/query")
        assert can_ask(address)
        assert audit(lock, *options, longest=4) is None
    assert not can_ask(address)
    assert lines_about("some.lock", None)[0][0].startswith("some.lock: NOT AUDITED")


def test_a_dependency_that_was_skipped_is_named():
    skipped = {"name": "first", "skip_reason": "not found"}
    lines, may_stand = lines_about("some.lock", [skipped, {"name": "second", "version": "2.0", "vulns": []}])
    assert may_stand
    assert lines[-1] == "some.lock: NOT AUDITED: first."


def test_the_lock_that_is_audited_holds_all_of_the_other():
    pins = [
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", LOCK)
    ]
    assert pins[0] <= pins[1]
