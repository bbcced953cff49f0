"""Does a command load only what it needs, and does every room keep to its place?"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import service

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "pyarrow", "duckdb", "fastapi", "plotly", "numpy", "uvicorn", "pycountry"}


def loaded_by(program, *words):
    """The top-level modules in memory after ``program`` has run in a fresh interpreter."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{program}\nprint(sorted({{name.partition('.')[0] for name in sys.modules}}))",
            *words,
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return set(ast.literal_eval(ended.stdout.splitlines()[-1]))


def test_help_loads_none_of_the_heavy_libraries():
    loaded = loaded_by("import sys\nfrom service.cli import main\nassert main(['--help']) == 0")
    assert "typer" in loaded
    assert loaded & HEAVY == set()


def test_help_is_there_in_half_a_second_of_computing():
    fastest = 9.0
    for _ in range(3):
        code = "import time, sys; from service.cli import main; main(['--help']); print(time.process_time())"
        ended = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
        )
        fastest = min(fastest, float(ended.stdout.splitlines()[-1]))
    assert fastest < 0.5


@pytest.mark.parametrize("command", ["series", "reports"])
def test_csv_is_written_without_pandas(data_dir, tmp_path, command):
    words = [command, "--area", "SY06", "--measure", "killed", "--population", "civilians", "-f", "csv"]
    words += ["--data-dir", str(data_dir), "-o", str(tmp_path / "out.csv")]
    loaded = loaded_by("import sys\nfrom service.cli import main\nassert main(sys.argv[1:]) == 0", *words)
    assert (tmp_path / "out.csv").read_text().count("\n") > 1
    assert "pyarrow" in loaded
    assert loaded & {"pandas", "fastapi", "plotly", "uvicorn", "pycountry"} == set()


@pytest.mark.parametrize("command", ["series", "conflicts"])
def test_a_table_is_printed_without_what_draws_or_reads_documents(data_dir, command):
    program = (
        "import sys\n"
        "from service.cli import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "rooms = {'.'.join(name.split('.')[:2]) for name in sys.modules if name.startswith('service.')}\n"
        "assert not rooms & {'service.ingest', 'service.intake', 'service.charts', 'service.web'}, rooms\n"
        "assert 'rich.console' not in sys.modules"
    )
    loaded = loaded_by(program, command, "--data-dir", str(data_dir))
    assert loaded & {"pandas", "fastapi", "plotly", "uvicorn", "httpx"} == set()


def test_a_process_that_has_run_a_command_can_still_make_data_frames(data_dir):
    program = (
        "import sys\n"
        "from service.cli import main\n"
        f"place = {str(data_dir)!r}\n"
        "assert main(['areas', '-q', '--data-dir', place]) == 0\n"
        "from service import connect\n"
        "with connect(place) as ledger:\n"
        "    assert ledger.areas().shape[0] > 10"
    )
    assert "pandas" in loaded_by(program)


@pytest.mark.parametrize("name", service.__all__)
def test_every_public_name_is_where_the_front_door_says(name):
    assert getattr(service, name).__name__ == name


def test_the_front_door_knows_nothing_else():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        service.nothing  # noqa: B018


def test_python_dash_m_service_is_the_same_command():
    ended = subprocess.run(
        [sys.executable, "-m", "service", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ended.stdout.startswith("Usage: casualty ")


def test_every_room_keeps_to_its_place():
    contracts = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([contracts, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "0 broken" in ended.stdout


def test_reconciliation_is_imported_without_pandas():
    loaded = loaded_by("import sys, service.reconcile, service.scale.task")
    assert "numpy" in loaded
    assert loaded & {"pandas", "duckdb", "fastapi", "plotly"} == set()
