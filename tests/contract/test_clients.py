"""Do the JavaScript module and the R package answer as the service does?

Node, a browser on a page of another host, R and the service are real; the clients' own tests hold what is
asked. Where Node or R is absent, that is said.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clients.generate import generated
from service.answers.endpoints import ENDPOINTS
from tests.serving import PATIENCE

CLIENTS = Path(__file__).parents[2] / "clients"
HERE = CLIENTS / "js"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_host() -> Iterator[str]:
    """The address of a host that has the module, and is not the service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HERE))) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{host.server_port}"
        host.shutdown()
        thread.join()


@pytest.mark.parametrize("name", generated())
def test_what_the_clients_list_is_what_the_service_has(name: str) -> None:
    assert (CLIENTS / name).read_text(encoding="utf-8") == generated()[name], "run `make clients`"


def test_the_types_name_everything_that_the_module_has() -> None:
    module, types = ((HERE / name).read_text(encoding="utf-8") for name in ("index.js", "index.d.ts"))
    assert set(re.findall(r"^export (?:class|function) (\w+)", module, re.MULTILINE)) <= set(
        re.findall(r"^export (?:class|function) (\w+)", types, re.MULTILINE)
    )
    methods = set(re.findall(r"^  (?:async )?\*?([a-z]\w+)\(", module, re.MULTILINE)) - {"constructor"}
    assert methods >= {"ask", "pages", "rows", "explain", "cite"}
    assert methods <= set(re.findall(r"^  (\w+)(?:<[^>]+>)?\(", types, re.MULTILINE))


def test_node_is_answered_as_everybody_is(server: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", str(HERE / "test" / "client.test.js")],
        env={**os.environ, "CASUALTY_ADDRESS": server, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"pass (\d+)", done.stdout)[-1]) >= 12


def test_a_page_of_another_host_reads_the_ledger(browser: Browser, server: str, other_host: str) -> None:
    page = browser.new_page()
    page.goto(f"{other_host}/package.json")
    told = page.evaluate(
        """async (address) => {
            const { connect } = await import("/index.js");
            const ledger = connect(address);
            const cell = { area: "Latakia", measure: "killed", population: "civilians", as_of: "2025-03-12" };
            const refusal = await ledger.series({ area: "Latakai" }).catch((error) => error);
            const page = await ledger.reports({ limit: 2 });
            const away = await ledger.series(cell, { signal: AbortSignal.abort() }).catch((error) => error);
            return {
                best: (await ledger.series(cell)).rows.at(-1).best,
                fix: refusal.fix, next: (await page.next()).rows.length, away: away.name,
            };
        }""",
        server,
    )
    page.close()
    assert told == {
        "best": 683,
        "fix": "Did you mean Latakia (SY06) or Latakia city (x-latakia-city)?",
        "next": 2,
        "away": "AbortError",
    }


def test_each_verb_is_a_function_of_the_r_package_and_has_a_page_of_help() -> None:
    package = CLIENTS / "r"
    exported = set(re.findall(r"^export\((\w+)\)", (package / "NAMESPACE").read_text(), re.MULTILINE))
    assert {f"cl_{verb}" for verb in ENDPOINTS} <= exported
    helped = {path.stem for path in (package / "man").glob("*.Rd")}
    assert exported <= helped
    for name in exported:
        (usage,) = re.findall(
            r"\\usage\{\n(.*?)\n\}", (package / "man" / f"{name}.Rd").read_text(), re.DOTALL
        )
        verb = ENDPOINTS.get(name.removeprefix("cl_"))
        if verb:
            asked = {each.name for each in (*verb.in_path, *verb.filters)}
            assert asked <= set(re.findall(r"\b(\w+)(?= =|,|\n?\))", usage)), name


@pytest.mark.long
def test_the_r_package_is_answered_as_everybody_is(server: str, tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("there is no R here")
    needed = 'q(status = !all(sapply(c("httr2", "tibble", "testthat", "pkgload"), requireNamespace)))'
    if subprocess.run([program, "-e", needed], capture_output=True, check=False).returncode:
        pytest.skip("httr2, tibble, testthat or pkgload is not installed in R")
    place = shutil.copytree(CLIENTS / "r", tmp_path / "casualtyledger")
    load = f'pkgload::load_all("{place}", quiet = TRUE)'
    tests = f'testthat::test_dir("{place}/tests/testthat", package = NULL, load_package = "none")'
    done = subprocess.run(
        [program, "-e", f"{load}; {tests}"],
        env={**os.environ, "CASUALTY_ADDRESS": server, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"FAIL 0 \| WARN \d+ \| SKIP 0", done.stdout), done.stdout
