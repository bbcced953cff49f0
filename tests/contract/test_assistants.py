"""Does an assistant get the numbers that everybody else gets, and a sentence where it asks wrongly?

Asked by the protocol's own client, over standard input and output and over HTTP.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from service import deadline
from service.answers.endpoints import endpoint
from service.answers.parameters import write_parameters
from service.api import Ledger
from service.cli import main
from service.client.sync import RemoteLedger
from service.deadline import TooSlow
from service.errors import MissingExtra, QueryError
from service.formats.encode import encode
from service.formats.file_format import Format
from service.mcp import tools
from tests.contract.test_doors import question_of

mcp = pytest.importorskip("mcp", reason="the SDK of the Model Context Protocol is not installed")
stdio = pytest.importorskip("mcp.client.stdio")
create_server = pytest.importorskip("service.mcp.server").create_server

ROOT = Path(__file__).parents[2]
CELL = {"area": "SY06", "measure": "killed", "population": "civilians", "as_of": "2025-03-12"}
WRONG = {
    "no such place": ("series", {"area": "Latkia"}, "Did you mean Latakia"),
    "no such tool": ("sereis", {}, "Did you mean series"),
    "no such argument": ("series", {"areas": "SY06"}, "Did you mean area"),
    "something missing": ("bounds", {"area": "Jableh"}, "Give measure, such as killed."),
    "no text": ("series", {"area": {"code": "SY06"}}, "Write it as text"),
    "a truth": ("series", {"area": True}, "Write it as text"),
    "no day": ("series", {"as_of": "yesterday"}, "YYYY-MM-DD"),
    "no number of rows": ("series", {"limit": 10**9}, "1 to 1000"),
    "two values": ("series", {"measure": ["killed", "injured"]}, "Give it once."),
    "a control character": ("lookup", {"text": "683\u0000 killed"}, "."),
    "too many": ("series", {"area": ["SY06"] * 101}, "Ask in several steps."),
    "too long": ("lookup", {"text": "7" * 100_000}, "."),
}


@pytest.fixture(scope="module")
def report_id(ledger: Ledger) -> str:
    return str(ledger.reports(arrow=True, source="sohr")["report_id"][0])


@pytest.fixture(scope="module")
def data(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("assistant") / "data"))


@pytest.fixture(scope="module")
def spoken(data: Path) -> dict[str, Any]:
    """What the server of a data directory says over standard input and output, in one conversation."""
    words = ["-m", "service", "mcp", "--data-dir", str(data)]
    command = stdio.StdioServerParameters(command=sys.executable, args=words, cwd=ROOT, env=dict(os.environ))

    async def talk() -> dict[str, Any]:
        async with mcp.Client(command) as client:
            listed = await client.list_tools()
            said = {name: await client.call_tool(tool, given) for name, (tool, given, _) in WRONG.items()}
            said["series"] = await client.call_tool("series", CELL)
            said["explain"] = await client.call_tool("explain", {**CELL, "limit": 3})
            return {"tools": listed.tools, **said}

    return asyncio.run(talk())


def test_an_assistant_is_given_the_rows_that_the_command_prints(
    spoken: dict[str, Any], data: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = [word for name, value in CELL.items() for word in (f"--{name.replace('_', '-')}", value)]
    capfdbinary.readouterr()
    assert main(["series", *words, "--json", "--data-dir", str(data)]) == 0
    printed = json.loads(capfdbinary.readouterr().out)
    said = spoken["series"].structured_content
    assert {"meta": said["meta"], "data": said["data"]} == printed
    assert [row["best"] for row in printed["data"]][-2:] == [658, 683]
    assert json.loads(spoken["series"].content[0].text) == said


def test_an_explanation_comes_as_sentences_with_a_citation_and_without_notes(spoken: dict[str, Any]) -> None:
    said = spoken["explain"].structured_content
    assert "683" in said["meta"]["sentences"][0]
    assert (said["meta"]["returned"], len(said["data"])) == (3, 3)
    assert "more rows" in said["more"]
    assert {row["note"] for row in said["data"]} == {""}
    assert said["citation"]["url"].startswith("/v1/explain?area=SY06&")
    assert f"ledger head {said['meta']['head']}" in said["citation"]["text"]


@pytest.mark.parametrize("name", WRONG)
def test_a_question_put_wrongly_is_answered_with_a_sentence_that_mends_it(
    spoken: dict[str, Any], name: str
) -> None:
    answer, fix = spoken[name], WRONG[name][2]
    assert answer.is_error
    assert fix in answer.content[0].text
    assert len(answer.content[0].text) < 1_000


def test_every_tool_only_reads_and_says_what_it_takes(spoken: dict[str, Any]) -> None:
    assert [tool.name for tool in spoken["tools"]] == list(tools.TOOLS)
    for tool in spoken["tools"]:
        assert tool.annotations.read_only_hint
        Draft202012Validator.check_schema(tool.input_schema)
        assert all(each["description"] for each in tool.input_schema["properties"].values())


@pytest.fixture(scope="module")
def address(data: Path, server: str) -> Iterator[str]:
    """Where assistants reach the served ledger over HTTP."""
    words = ["mcp", "--http", "--port", "0", "--address", server, "--json"]
    program = [sys.executable, "-m", "service", *words]
    running = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert running.stdout is not None
    yield json.loads(running.stdout.readline())["url"]
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=600)


def test_over_http_and_from_an_address_the_answer_is_the_same(
    spoken: dict[str, Any], address: str, server: str
) -> None:
    async def talk() -> Any:
        async with mcp.Client(address) as client:
            listed = await client.list_tools()
            calls = [client.call_tool("series", CELL) for _ in range(8)]
            return (
                listed.tools,
                await asyncio.gather(*calls),
                await client.call_tool(*WRONG["no such place"][:2]),
            )

    listed, answers, refused = asyncio.run(talk())
    assert [tool.name for tool in listed] == list(tools.TOOLS)
    assert refused.is_error and WRONG["no such place"][2] in refused.content[0].text
    said = answers[0].structured_content
    assert all(answer.structured_content == said for answer in answers), "asked at once"
    assert said["data"] == spoken["series"].structured_content["data"]
    assert said["citation"]["url"].startswith(f"{server}/v1/series?")


def test_a_call_waits_for_a_busy_server_no_longer_than_it_may(ledger: Ledger) -> None:
    waits: list[float] = []

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.send_header("Retry-After", "30")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as busy:
        Thread(target=busy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{busy.server_address[1]}"
        with (
            RemoteLedger(address, sleep=waits.append) as remote,
            deadline.limit(25),
            pytest.raises(TooSlow, match="busy: no answer within 25 seconds") as refused,
        ):
            tools.call(remote, "lookup", {"text": "683 killed"})
        busy.shutdown()
    assert sum(waits) < 25
    assert "Ask again in a minute" in refused.value.fix


def test_a_call_that_takes_too_long_is_answered_that_the_ledger_is_busy(ledger: Ledger) -> None:
    given_up = Event()

    @contextmanager
    def reach() -> Iterator[Ledger]:
        assert given_up.wait(timeout=600)
        yield ledger

    async def talk() -> Any:
        async with mcp.Client(create_server(reach, call_time=0.2)) as client:
            said = await client.call_tool("crises", {})
            given_up.set()
            return said

    said = asyncio.run(talk())
    assert said.is_error
    assert "busy: no answer within 0.2 seconds. Ask again in a minute" in said.content[0].text


@pytest.mark.parametrize("tool", ["explain", "conflicts", "changes"])
def test_an_assistant_is_not_given_the_parts_that_sentences_are_translated_from(
    tool: str, ledger: Ledger
) -> None:
    more = {
        "conflicts": {"area": "x-syrian-coast", "as_of": "2025-08-20", "population": "all"},
        "changes": {"since": "2025-03-10"},
    }
    said = tools.call(ledger, tool, CELL | more.get(tool, {}))
    assert said["data"]
    assert '"terms"' not in json.dumps(said)
    assert '"terms"' in encode(ledger.ask(tool, **{**CELL, **more.get(tool, {})}).table, Format.JSON).decode()


@pytest.mark.parametrize("tool", tools.TOOLS)
def test_every_tool_says_what_the_ledger_says_and_takes_what_its_schema_says(
    tool: str, ledger: Ledger, report_id: str
) -> None:
    question = question_of(endpoint(tool), report_id)
    arguments = dict(write_parameters(question)) | {"limit": 5}
    Draft202012Validator(tools.input_schema(tool)).validate(arguments)
    said, answer = tools.call(ledger, tool, arguments), ledger.ask(tool, **question)
    assert (said["meta"]["rows"], said["meta"]["head"]) == (answer.rows, str(answer.meta["head"]))
    assert said["meta"]["returned"] == len(said["data"]) == min(5, answer.rows)
    assert f"ledger head {answer.meta['head']}" in said["citation"]["text"]


@pytest.mark.parametrize("tool", ["reports", "differences", "crises"])
def test_a_ledger_at_an_address_says_the_same(tool: str, ledger: Ledger, server: str, report_id: str) -> None:
    arguments = dict(write_parameters(question_of(endpoint(tool), report_id))) | {"limit": 3}
    with RemoteLedger(server) as remote:
        assert tools.call(remote, tool, arguments) == tools.call(ledger, tool, arguments)


def test_who_lacks_the_sdk_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.cli.mcp import mcp as command
    from service.cli.options import Session

    monkeypatch.delitem(sys.modules, "service.mcp.server", raising=False)
    monkeypatch.delattr("service.mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    with pytest.raises(MissingExtra, match=r"pip install 'casualty-ledger\[mcp\]'"):
        command(Session())


def test_what_is_no_address_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "--address", "localhost:8000"]) == QueryError.exit_code
    assert "https://" in capsys.readouterr().err
