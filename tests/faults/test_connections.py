"""Readers that read nothing, senders that send nothing, more connections than files: none stops the rest."""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from service.ledger.api_keys import Keyring, Role
from service.settings import Settings
from service.web import server
from service.web.server import most_connections
from tests.conftest import clock
from tests.serving import serving

HALF_OPEN = 1_100
FILES = 1_024
REPEATED = 8
PATIENCE = 60.0
"""Seconds after which a test fails; what is asserted of time is asserted of the server's own."""


@contextlib.contextmanager
def process(place: Path, *, files: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The ordinary command, which may have so many ``files`` open, and its address."""
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(place)]
    limit = f"ulimit -n {files}; " if files else ""
    running = subprocess.Popen(
        ["/bin/sh", "-c", limit + 'exec "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        yield running, json.loads(running.stdout.readline())["url"]
    finally:
        running.kill()
        running.communicate()


def connect_to(url: str, data: bytes = b"", *, buffer: int = 0) -> socket.socket:
    """A connection on which ``data`` has been sent."""
    parts = urlsplit(url)
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(PATIENCE)
    connection.connect((parts.hostname, parts.port))
    connection.sendall(data)
    return connection


def largest_answer() -> str:
    """The address of an answer of a megabyte or more."""
    return "/v1/evidence.json?measure=killed"


def asking(path: str) -> bytes:
    """So many requests in a row that no system keeps all of their answers for a reader that takes nothing."""
    return REPEATED * f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


def uploading(key: str) -> bytes:
    """The header of an upload."""
    lines = ("Host: here", f"Authorization: Bearer {key}", "Content-Type: text/csv", "Content-Length: 9000")
    return "\r\n".join(("POST /v1/reports HTTP/1.1", *lines, "", "")).encode()


def test_half_open_connections_beyond_the_limit_of_files_keep_no_reader_out(data_dir: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < HALF_OPEN + 200:
        pytest.skip("this machine lets one process have too few files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, HALF_OPEN + 200), hard))
    try:
        with contextlib.ExitStack() as stack:
            _, url = stack.enter_context(process(data_dir, files=FILES))
            for _ in range(HALF_OPEN):
                stack.enter_context(connect_to(url, b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "))
            began = time.monotonic()
            for _ in range(3):
                assert httpx.get(f"{url}/v1/measures", timeout=PATIENCE).status_code == 200
            assert time.monotonic() - began < PATIENCE / 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_told_to_stop_the_server_ends_though_a_reader_and_an_uploader_stall(data_dir: Path) -> None:
    _, key = Keyring(data_dir).create(Role.REPORTER, at=clock())
    with contextlib.ExitStack() as stack:
        running, url = stack.enter_context(process(data_dir))
        script = largest_answer()
        reader = connect_to(url, asking(script), buffer=4096)
        assert stack.enter_context(reader).recv(100).startswith(b"HTTP/1.1 200")
        stack.enter_context(connect_to(url, uploading(key) + b"crisis,source"))
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200  # it has seen all of them
        running.send_signal(signal.SIGTERM)
        assert running.wait(server.LONGEST_END + 2 + PATIENCE / 2) == 0
        assert running.stderr is not None
        assert "Traceback" not in running.stderr.read()


def test_a_connection_without_a_request_is_ended_and_one_that_began_its_header_is_told_so(
    own_ledger, monkeypatch
) -> None:
    monkeypatch.setattr(server, "SWEEP_INTERVAL", 0.02)
    with (
        serving(own_ledger, prepares=False) as url,
        connect_to(url) as silent,
        connect_to(url, b"GET / HTTP/1.1\r\nHost") as begun,
    ):
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200  # it has seen both
        monkeypatch.setattr(server, "HEADER_TIME", 0.0)
        assert silent.recv(100) == b""
        assert begun.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_header_or_an_address_without_end_is_refused(own_ledger) -> None:
    with serving(own_ledger, prepares=False) as url:
        for beginning in (b"GET / HTTP/1.1\r\nX-Long: ", b"GET /?area="):
            with connect_to(url, beginning) as connection, contextlib.suppress(ConnectionError):
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"x" * (server.LONGEST_HEADER + 1))
                assert connection.recv(1000).startswith(b"HTTP/1.1 431")
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200


def header_of(size: int) -> bytes:
    """The header of a request that counts as so many bytes: its address and its lines."""
    lines = b"Host: here\r\nConnection: close\r\nX-Long: "
    return (
        b"GET /healthz HTTP/1.1\r\n" + lines + b"x" * (size - len(b"/healthz") - len(lines) - 2) + b"\r\n\r\n"
    )


@pytest.mark.parametrize("more", [b"", b"x" * 100_000], ids=["alone", "with what follows"])
def test_the_limit_of_a_header_is_the_same_in_one_piece_and_in_many(own_ledger, more: bytes) -> None:
    with serving(own_ledger, prepares=False) as url:
        for size, status in ((server.LONGEST_HEADER, b"200"), (server.LONGEST_HEADER + 1, b"431")):
            for step in (1 << 20, 30_000):
                data = header_of(size) + more
                with connect_to(url) as connection, contextlib.suppress(ConnectionError):
                    with contextlib.suppress(ConnectionError):
                        for start in range(0, len(data), step):
                            connection.sendall(data[start : start + step])
                    assert connection.recv(1000).startswith(b"HTTP/1.1 " + status)


def test_an_upload_that_says_it_is_too_large_is_refused_before_it_is_sent(own_ledger) -> None:
    _, key = Keyring(own_ledger.store.data_dir).create(Role.REPORTER, at=clock())
    with serving(own_ledger, prepares=False) as url:
        large = uploading(key).replace(b"9000", b"%d" % 10**12)
        with connect_to(url, large) as sender:
            assert sender.recv(1000).startswith(b"HTTP/1.1 413")
        body = b"x" * (Settings().body_limit + 1)  # who sends it all the same reads the refusal
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
        for connection in ("keep-alive", "close"):
            answer = httpx.post(
                f"{url}/v1/reports",
                content=body,
                headers={**headers, "Connection": connection},
                timeout=PATIENCE,
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_that_does_not_come_is_given_up(own_ledger, monkeypatch) -> None:
    monkeypatch.setattr(server, "BODY_PAUSE", 0.1)
    monkeypatch.setattr(server, "SWEEP_INTERVAL", 0.02)
    _, key = Keyring(own_ledger.store.data_dir).create(Role.REPORTER, at=clock())
    with serving(own_ledger, prepares=False) as url, connect_to(url, uploading(key) + b"crisis") as sender:
        assert sender.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_reader_that_takes_nothing_is_cut_off(own_ledger, monkeypatch) -> None:
    monkeypatch.setattr(server, "WRITE_TIME", 0.2)
    monkeypatch.setattr(server, "SWEEP_INTERVAL", 0.02)
    is_cut, abort = threading.Event(), server.Connection.abort
    monkeypatch.setattr(server.Connection, "abort", lambda connection: (abort(connection), is_cut.set()))
    with serving(own_ledger) as url:
        script = largest_answer()
        with connect_to(url, asking(script), buffer=4096) as reader:
            assert is_cut.wait(PATIENCE)
            received = 0
            with contextlib.suppress(ConnectionError):
                while data := reader.recv(1 << 20):
                    received += len(data)
        whole = httpx.get(f"{url}{script}", headers={"Accept-Encoding": "identity"}, timeout=PATIENCE).content
        assert 0 < received < REPEATED * len(whole)


def test_as_many_connections_are_kept_as_files_are_left_for(monkeypatch) -> None:
    for files, kept in ((1024, 768), (256, 128), (100_000, 4096), (20, 16)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert most_connections(4096) == kept


def test_only_a_declared_proxy_is_believed_about_the_clients_address(own_ledger) -> None:
    seen = {}
    for proxies in ("127.0.0.1,::1", "192.0.2.0/24", "off"):
        settings = Settings(trusted_proxies=proxies, limit_loopback=True, read_rate="1/hour")
        with serving(own_ledger, prepares=False, settings=settings) as url:
            statuses = [
                httpx.get(f"{url}/v1/measures", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
                for n in range(2)
            ]
        seen[proxies] = statuses
    assert seen == {"127.0.0.1,::1": [200, 200], "192.0.2.0/24": [200, 429], "off": [200, 429]}
