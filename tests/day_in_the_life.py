"""Does a ledger come through a day: served, written to, killed, mended, rid of a text that named somebody,
backed up, and restored elsewhere?

``python -m tests.day_in_the_life FOLDER`` goes through it on the ledger in ``FOLDER/data`` (the shipped seeds
where there is none) with the ordinary commands and over HTTP, step by step, and says what it did. An
AssertionError names what does not hold. It needs neither pytest nor the development libraries.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
PATIENCE = 600.0
"""Seconds that one answer or command may take."""
QUESTIONS = (
    "/v1/series.csv?area=Banias&measure=injured", "/v1/figures.json?measure=killed", "/v1/reports.ndjson",
    "/v1/explain?area=Latakia&measure=killed&population=civilians", "/v1/changes.csv?since=2025-03-12",
)  # fmt: skip
"""What must be answered alike, byte for byte, by the ledger and by its copy elsewhere."""
ROW = {
    "crisis": "syria-coast-2025-03", "source": "Radio Banias", "published_on": "2025-03-13",
    "counted_to": "2025-03-12", "areas": "Banias", "measure": "injured", "population": "all",
    "count": "over 12", "note": "as a shopkeeper who was there told it",
}  # fmt: skip


@dataclasses.dataclass
class Day:
    """The ledger of the day, its server while there is one, and what was kept on the way."""

    folder: Path
    server: subprocess.Popen[str] | None = None
    client: httpx.Client = dataclasses.field(default_factory=httpx.Client)
    key: str = ""
    report_id: str = ""
    answer: bytes = b""
    early_head: dict[str, Any] = dataclasses.field(default_factory=dict)
    head: dict[str, Any] = dataclasses.field(default_factory=dict)
    answers: dict[str, bytes] = dataclasses.field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def copy(self) -> Path:
        return self.folder / "elsewhere"

    def run(self, *words: str, code: int = 0) -> str:
        """Return what a command prints, which must end with ``code``."""
        command = [sys.executable, "-m", "service", *words]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == code, f"casualty {' '.join(words)}: {done.stderr or done.stdout}"
        return done.stdout

    def make_key(self, data: Path) -> None:
        """Make an editor's key of the ledger in ``data``: keys are in no backup."""
        self.key = self.run("keys", "create", "--role", "editor", "--quiet", "--data-dir", str(data)).strip()

    def serve(self, data: Path) -> None:
        """Serve the ledger in ``data``."""
        command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(data)]
        patient = {**os.environ, "CASUALTY_ANSWER_TIME": str(PATIENCE)}
        self.server = subprocess.Popen(command, cwd=ROOT, env=patient, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        url = json.loads(self.server.stdout.readline())["url"]
        headers = {"Authorization": f"Bearer {self.key}"}
        self.client = httpx.Client(base_url=url, timeout=PATIENCE, headers=headers)

    def kill(self) -> None:
        """Kill the server, as a power cut or the kernel would."""
        if self.server is not None:
            self.client.close()
            self.server.kill()
            self.server.communicate()
            self.server = None

    def post(self, address: str, content: object, idempotency_key: str) -> httpx.Response:
        return self.client.post(address, json=content, headers={"Idempotency-Key": idempotency_key})

    def note_of(self, report_id: str) -> str:
        """Return the note of a report, as the desk sees it."""
        asked = {"source": "Radio Banias", "notes": "1"}
        rows = self.client.get("/v1/reports.json", params=asked).raise_for_status().json()["data"]
        (own,) = [row for row in rows if row["report_id"] == report_id]
        note: str = own["note"]
        return note

    def status_of(self, report_id: str) -> str | None:
        """Return why a report is withdrawn, or None where it stands."""
        rows = self.client.get("/v1/reports.json", params={"source": "Radio Banias"}).json()["data"]
        (own,) = [row for row in rows if row["report_id"] == report_id]
        reason: str | None = own["withdrawn"]
        return reason


def serve_and_ingest(day: Day) -> None:
    """Serve the ledger, make a key beside it, and hand a report in."""
    day.make_key(day.data)
    day.serve(day.data)
    answer = day.post("/v1/reports", [ROW], "morning")
    assert answer.status_code == 201, answer.text
    day.answer = answer.content
    (row,) = answer.json()["rows"]
    day.report_id = row["report_id"]


def kill_and_restart(day: Day) -> None:
    """Kill the server; the next one has what was acknowledged, and the same request the same answer."""
    day.kill()
    day.serve(day.data)
    assert day.status_of(day.report_id) is None
    assert day.post("/v1/reports", [ROW], "morning").content == day.answer


def withdraw(day: Day) -> None:
    """Take the report back; it stays to be seen, with the reason."""
    address = f"/v1/reports/{day.report_id}/withdraw"
    answer = day.post(address, {"reason": "counted twice"}, "noon")
    assert answer.is_success, answer.text
    assert day.status_of(day.report_id) == "counted twice"


def redact(day: Day) -> None:
    """Take the note out, beside the running server: no answer has it then, and no file."""
    assert day.note_of(day.report_id) == ROW["note"]
    day.early_head = day.client.get("/v1/head").json()
    day.run("redact", day.report_id, "--reason", "it led to somebody", "--data-dir", str(day.data))
    assert day.note_of(day.report_id) == "[redacted]"
    again = day.post("/v1/reports", [{**ROW, "note": ""}], "evening").json()
    assert (again["duplicate"], again["rows"][0]["report_id"]) == (1, day.report_id)
    left = [path for path in day.data.rglob("*") if path.is_file() and ROW["note"] in _text_of(path)]
    assert left == [], f"the note is still in {left}"


def _text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def back_up(day: Day) -> None:
    """Keep the signed head and a backup, while the server goes on, and what it answers."""
    day.head = day.client.get("/v1/head").json()
    day.run("backup", str(day.folder / "evening.tar"), "--data-dir", str(day.data))
    day.answers = {each: day.client.get(each).content for each in QUESTIONS}
    day.kill()


def restore_elsewhere(day: Day) -> None:
    """Restore the backup where there is no ledger yet."""
    day.run("restore", str(day.folder / "evening.tar"), "--data-dir", str(day.copy))


def verify_against_the_head(day: Day) -> None:
    """The copy begins with the heads kept before and after the redaction; another hash is refused."""
    file = day.folder / "head.json"
    for head in (day.early_head, day.head):
        file.write_text(json.dumps(head))
        day.run("verify", "--head", str(file), "--data-dir", str(day.copy))
    other = {**day.head, "hash": day.head["hash"][::-1]}
    file.write_text(json.dumps(other))
    day.run("verify", "--head", str(file), "--data-dir", str(day.copy), code=2)  # the signature is not of it


def answer_alike(day: Day) -> None:
    """The copy answers as the ledger did, byte for byte, and does not have the note either."""
    day.make_key(day.copy)
    day.serve(day.copy)
    for each, content in day.answers.items():
        assert day.client.get(each).content == content, f"{each} is answered otherwise"
    assert day.status_of(day.report_id) == "counted twice"
    assert day.note_of(day.report_id) == "[redacted]"


STEPS: tuple[Callable[[Day], None], ...] = (
    serve_and_ingest, kill_and_restart, withdraw, redact, back_up, restore_elsewhere,
    verify_against_the_head, answer_alike,
)  # fmt: skip


def main(folder: Path) -> None:
    """Go through the day in ``folder``."""
    day = Day(folder)
    try:
        for step in STEPS:
            step(day)
            sys.stdout.write(f"{step.__name__.replace('_', ' ')}: {step.__doc__}\n")
    finally:
        day.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
