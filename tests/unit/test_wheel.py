"""Does the built wheel hold all it needs to serve the page from an empty directory?

The wheel is real, and so are its installation by pip and its server. Its dependencies are those of the
environment that runs the tests, put on the path of the new one: fetching them again would prove what a fresh
``make serve`` proves already, take minutes without a package cache and fail without a network. That the wheel
*names* them all is checked against what the code imports.
"""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("SY06", "SY0602", "SY1002")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A new environment with the wheel installed, and this one's libraries after it on the path."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", str(place / "bin" / "python")]
    subprocess.run(
        [*command, "--quiet", "--no-deps", "--offline", str(wheel)], check=True, capture_output=True
    )
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
        env=bare,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(process.stdout.readline())
    assert told["data_dir"] == str(place / "data")
    yield told["url"]
    process.terminate()
    assert process.wait(timeout=600) == 0
    process.stdout.close()


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
    folders = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"service"}


def test_the_wheel_names_every_library_that_the_package_imports(wheel):
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    required = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist")
    named = {re.split(r"[^A-Za-z0-9-]", line)[0].lower() for line in required if "extra ==" not in line}
    imported = set()
    for path in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    carried_along = {"starlette", "anyio", "markupsafe"}  # by fastapi and jinja2
    foreign = imported - set(sys.stdlib_module_names) - {"service"} - carried_along
    providers = packages_distributions()
    assert len(foreign) >= 5
    assert {name for name in foreign if not {_project(each) for each in providers[name]} & named} == set()


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


def _project(distribution: str) -> str:
    """The normalised name of a project (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
