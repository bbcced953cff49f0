"""Does the built wheel hold all it needs to serve the page from an empty directory?

The wheel is real, built of what the Dockerfile copies, and so are its installation by pip and its server. Its
dependencies are those of the environment that runs the tests, put on the path of the new one: fetching them
again would prove what a fresh ``make serve`` proves already, take minutes without a package cache and fail
without a network. That the wheel *names* them all is checked against what the code imports.

A second environment has the wheel without an extra and only the libraries that it then names: from there a
ledger elsewhere is read, and what is missing for more is said in a sentence.
"""

import ast
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from email.parser import Parser
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from service.extras import EXTRAS

ROOT = Path(__file__).parents[2]
CARRIED_ALONG = {"starlette", "anyio", "markupsafe", "mcp_types"}
"""What comes with fastapi, jinja2 and mcp."""
PLACES = ("SY06", "SY0602", "SY1002")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    source = copied_into_the_image(tmp_path_factory.mktemp("image"))
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A new environment with the wheel installed, and this one's libraries after it on the path."""
    place = tmp_path_factory.mktemp("environment")
    make_environment(place, wheel)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "zz_libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return place


@pytest.fixture(scope="module")
def server(installed, tmp_path_factory):
    """The address of the wheel's own server, started in an empty directory."""
    place = tmp_path_factory.mktemp("empty")
    bare = {name: text for name, text in os.environ.items() if not name.startswith(("CASUALTY_", "PYTHON"))}
    process = subprocess.Popen(
        [installed / "bin" / "casualty", "serve", "--port", "0", "--json"],
        cwd=place,
        env={**bare, "CASUALTY_ANSWER_TIME": "600", "CASUALTY_CLIENT_TIME": "600"},
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(process.stdout.readline())
    assert told["data_dir"] == str(place / "data")
    yield told["url"]
    process.terminate()
    assert process.wait(timeout=600) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def light(wheel, tmp_path_factory):
    """A new environment with the wheel installed without an extra, and no library that it does not name."""
    place = tmp_path_factory.mktemp("light")
    make_environment(place, wheel)
    (packages,) = place.glob("lib/python*/site-packages")
    for name in with_all_they_take(required_by(wheel)[""]):
        for top in {Path(file).parts[0] for file in distribution(name).files} - {"..", "__pycache__"}:
            (packages / top).symlink_to(distribution(name).locate_file(top))
    return place


def copied_into_the_image(place):
    """What the Dockerfile copies to build the wheel from, in a directory of its own."""
    text = (ROOT / "Dockerfile").read_text()
    for words in re.findall(r"^COPY ([^-].*) \S+$", text, re.MULTILINE):
        for name in words.split():
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, place)
    return place


def make_environment(place, wheel):
    venv.create(place, with_pip=False)
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", str(place / "bin" / "python")]
    subprocess.run(
        [*command, "--quiet", "--no-deps", "--offline", str(wheel)], check=True, capture_output=True
    )


def required_by(wheel):
    """The names of the projects that the wheel requires by itself ("") and with each extra."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    lines = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist")
    required = {}
    for line in lines:
        extra = re.search(r"extra == ['\"](\w+)", line)
        name = _project(re.split(r"[^A-Za-z0-9._-]", line)[0])
        required.setdefault(extra[1] if extra else "", set()).add(name)
    return required


def with_all_they_take(names):
    """The projects, and those that they require in this environment without an extra."""
    known, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            lines = map(Requirement, distribution(name).requires or ())
            waiting += [line.name for line in lines if not line.marker or line.marker.evaluate({"extra": ""})]
    return known


@cache
def providers_by_module():
    return packages_distributions()


def providers(module):
    """The normalised names of the projects that bring a module; none where it is not installed."""
    return {_project(each) for each in providers_by_module().get(module, ())}


def fetched(url):
    with urllib.request.urlopen(url, timeout=600) as answer:
        assert answer.status == 200
        return answer.read().decode()


def test_the_wheel_holds_every_file_of_the_package_and_of_the_seeds(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "service").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    seeds = {
        f"service/_seeds/{path.relative_to(ROOT / 'seeds').as_posix()}"
        for path in (ROOT / "seeds").rglob("*")
        if path.is_file()
    }
    assert {Path(name).suffix for name in source | seeds} >= {".py", ".sql", ".html", ".css", ".csv", ".toml"}
    assert source | seeds <= held


def test_the_wheel_holds_nothing_else(wheel):
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in names if ".data/" not in name} == {"service"}
    assert [name.partition("/")[2] for name in names if ".data/" in name] == [
        "data/share/man/man1/casualty.1"
    ]


def test_the_wheel_names_every_library_that_the_package_imports(wheel):
    required = required_by(wheel)
    named = required[""] | required["serve"]
    imported = set()
    for path in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    optional = {"pyspark", "mcp"}  # imported where it is asked for, and said to be missing where it is
    assert optional <= imported & (required["spark"] | required["mcp"])
    foreign = imported - set(sys.stdlib_module_names) - {"service"} - CARRIED_ALONG - optional
    assert len(foreign) >= 5
    assert {name for name in foreign if not providers(name) & named} == set()


def test_what_reads_a_ledger_elsewhere_takes_four_libraries_and_each_extra_brings_what_is_said_of_it(wheel):
    required = required_by(wheel)
    assert required[""] == {"httpx", "numpy", "pandas", "pyarrow"}
    assert set(required) == {"", *EXTRAS}
    for extra, modules in EXTRAS.items():
        known = {module for module in modules if providers(module)} - CARRIED_ALONG
        assert {module for module in known if not providers(module) & required[extra]} == set()
    brought = {name for module in EXTRAS["serve"] for name in providers(module)}
    assert required["serve"] - {"plotly"} <= brought  # Plotly is said of [notebook], which is smaller


def test_the_package_that_runs_is_the_wheels(installed, tmp_path):
    code = "import service, service.settings as s; print(service.__file__); print(s.shipped_seeds())"
    command = [installed / "bin" / "python", "-c", code]
    told = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert all(Path(line).is_relative_to(installed) for line in told)


def test_the_installed_command_knows_its_version(installed, wheel, tmp_path):
    command = [installed / "bin" / "casualty", "--version"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert told == f"casualty {wheel.name.split('-')[1]}\n"


def test_the_wheel_serves_the_series_of_the_three_places(server):
    query = "area=Latakia&area=Jableh&area=Banias&measure=killed&population=civilians"
    rows = list(csv.DictReader(io.StringIO(fetched(f"{server}/v1/series.csv?{query}"))))
    assert {row["area_code"] for row in rows} == set(PLACES)
    assert any(row["best"] == "683" for row in rows)


def test_the_wheel_serves_the_page_and_everything_the_page_asks_for(server):
    page = fetched(f"{server}/crisis/syria-coast-2025-03")
    assert all(name in page for name in ("Latakia", "Jableh", "Banias"))
    asked = set(re.findall(r'(?:src|href)="(/[^"?#]*\.(?:css|js|svg|woff2))"', page))
    assert {Path(path).suffix for path in asked} >= {".css", ".js"}
    for path in asked:
        assert len(fetched(f"{server}{path}")) > 100
    assert "/crisis/libya-derna-2023-09" in fetched(f"{server}/")
    assert "What a report says" in fetched(f"{server}/guide/methodology")
    assert "one figure, published by one source" in fetched(f"{server}/guide/glossary")


READ = """
import asyncio, json, sys
from service import connect
from service.client.asynchronous import AsyncRemoteLedger

cell = {"area": "Latakia", "measure": "killed", "population": "civilians"}
with connect(sys.argv[1]) as ledger:
    report = ledger.reports(crisis="syria-coast-2025-03")["report_id"].iloc[0]
    assert ledger.figures(**cell).shape[0] and ledger.areas(arrow=True).num_rows
    ledger.changes(since="2025-03-12", **cell), ledger.history(report), ledger.differences(a=report, b=report)
    ledger.lookup(text="1,700 people were killed in Al-Rusafa")
    held = ledger.bring_up_to_date(ledger.copy(**cell))
    assert "Latakia" in " ".join(ledger.explain(**cell).sentences)
    assert ledger.explain(**cell)._repr_html_() and ledger.answer(**cell)._repr_html_()
    assert ledger.cite(**cell).startswith("@") and b"<svg" in ledger.chart_file("svg", **cell)
    best = int(ledger.series(**cell)["best"].max())

async def wait():
    async with AsyncRemoteLedger(sys.argv[1]) as ledger:
        return int((await ledger.series(**cell))["best"].max())

print(json.dumps([best, asyncio.run(wait()), held.table.num_rows]))
"""
MISSING = """
import sys
from service import connect
from service.errors import MissingExtra

ledger = connect(sys.argv[1])
cell = {"area": "Latakia", "measure": "killed", "population": "civilians"}
for ask in (
    connect,
    lambda: connect(":memory:"),
    lambda: getattr(__import__("service"), "Ledger"),
    lambda: ledger.chart(**cell),
    lambda: ledger.add_country("Nepal"),
    lambda: ledger.correct("r00000000000000000000", b"PK-", name="reports.xlsx", reason="r"),
    lambda: ledger.draft("At least 12 people were killed in Latakia on 7 March 2025."),
):
    try:
        ask()
    except MissingExtra as error:
        print(error)
"""


def told_by(light, program, server, place):
    command = [light / "bin" / "python", "-c", program, server]
    ended = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_without_an_extra_a_ledger_elsewhere_is_read(light, server, tmp_path):
    best, awaited, rows = json.loads(told_by(light, READ, server, tmp_path))
    query = "area=Latakia&measure=killed&population=civilians"
    figures = csv.DictReader(io.StringIO(fetched(f"{server}/v1/series.csv?{query}")))
    assert best == awaited == max(int(row["best"] or 0) for row in figures)
    assert rows > 1


def test_what_an_extra_is_missing_for_is_said_with_its_name(light, server, tmp_path):
    told = told_by(light, MISSING, server, tmp_path).splitlines()
    assert [re.search(r"pip install 'casualty-ledger\[(\w+)\]'", line)[1] for line in told] == [
        "serve", "serve", "serve", "notebook", "serve", "serve", "serve",
    ]  # fmt: skip
    assert told[3].endswith(", or have the service draw it: chart_file('svg', …).")
    command = [light / "bin" / "casualty", "series", "--area", "Latakia"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "casualty: typer is not installed. This needs casualty-ledger[serve]: "
        "pip install 'casualty-ledger[serve]'.\n"
    )
    assert list(tmp_path.iterdir()) == []


def _project(distribution: str) -> str:
    """The normalised name of a project (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
