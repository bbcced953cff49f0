"""Do the notebooks run, from an empty data directory, to what they promise?"""

import ast
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLOTLY = "application/vnd.plotly.v1+json"


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, tmp_path_factory):
    """A notebook after a run in a folder of its own, with a ledger of its own."""
    place = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(request.param, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(place)}}
    )
    environment = {
        **os.environ,
        "CASUALTY_DATA_DIR": str(place / "data"),
        "PYTHONPATH": str(ROOT),
        "http_proxy": "http://127.0.0.1:9",  # whoever wants the network finds a closed door
        "https_proxy": "http://127.0.0.1:9",
    }
    client.execute(env=environment)
    return notebook


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_every_notebook_is_found():
    assert NOTEBOOKS


def test_a_notebook_runs_from_an_empty_data_directory_without_an_error(executed):
    run = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in run)
    assert [output for output in outputs(executed) if output.output_type == "error"] == []
    assert [output.text for output in outputs(executed) if output.get("name") == "stderr"] == []


def test_the_chart_is_a_plotly_figure_with_the_places_asked_for(executed):
    charts = [output.data[PLOTLY] for output in outputs(executed) if PLOTLY in output.get("data", {})]
    assert charts
    drawn = str(charts[0])
    assert all(place in drawn for place in ("Latakia", "Jableh", "Banias"))


def test_nothing_that_is_shown_needs_the_network(executed):
    shown = [str(part) for output in outputs(executed) for part in output.get("data", {}).values()]
    assert len(shown) >= 5
    assert [part for part in shown if "<script" in part or "src=" in part] == []


def test_the_first_notebook_shows_how_a_figure_grew_from_one_day_of_knowledge_to_the_next(executed):
    said = "".join(output.text for output in outputs(executed) if output.get("name") == "stdout")
    assert "as of 2025-03-11: 658" in said
    assert "as of 2025-03-12: 683" in said
    assert "Casualty Ledger, as of 2025-03-12, method least-disagreement/2, head " in said


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert outputs(notebook) == []
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_enters_by_the_front_door_only(path):
    notebook = nbformat.read(path, as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    modules = {
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [part.name for part in node.names]
        )
    }
    assert "service" in modules
    assert not [name for name in modules if name.startswith("service.")]
