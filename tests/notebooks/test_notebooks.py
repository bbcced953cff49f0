"""Do the notebooks run, from an empty data directory, to what they promise?"""

import ast
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SHOWN = {
    "01-from-connect-to-a-chart": (
        "Latakia", "Jableh", "Banias", "as of 2025-03-11: 658", "as of 2025-03-12: 683",
        "Casualty Ledger, as of 2025-03-12, method least-disagreement/2, head ",
    ),
    "02-who-disagrees-and-why": ("SNHR", "Syrian coast", "misplaced", "<td>counted</td>"),
    "03-what-was-known-when": ("<td>683</td>", "<td>658</td>", "share"),
    "04-your-own-file": ("Atlantis", "Lattakiah", "over 700"),
    "05-methods-and-their-accuracy": ("least-disagreement", "median", "range", "2023-09-16"),
    "06-a-new-crisis": ("over 40", "<td>57</td>", "Bagmati"),
}  # fmt: skip
"""What stands somewhere in the outputs of each."""
ALWAYS = ("01-from-connect-to-a-chart", "06-a-new-crisis")
"""Those that readers and desks start from; the others run in `make test-long` and `make notebooks`."""
PLOTLY = "application/vnd.plotly.v1+json"


RUN = [
    pytest.param(path, id=path.stem, marks=[] if path.stem in ALWAYS else [pytest.mark.long])
    for path in NOTEBOOKS
]


@pytest.fixture(scope="module", params=RUN)
def executed(request, tmp_path_factory):
    """The name of a notebook, and it after a run in a folder of its own, with a ledger of its own."""
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
    return request.param.stem, notebook


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_every_notebook_is_found_and_has_something_to_show():
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)


def test_a_notebook_runs_from_an_empty_data_directory_without_an_error(executed):
    _, notebook = executed
    run = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in run)
    assert [output for output in outputs(notebook) if output.output_type == "error"] == []
    assert [output.text for output in outputs(notebook) if output.get("name") == "stderr"] == []


def test_a_notebook_shows_what_it_promises(executed):
    """Each draws a Plotly figure, and says and shows what only it can."""
    name, notebook = executed
    given = outputs(notebook)
    charts = [str(output.data[PLOTLY]) for output in given if PLOTLY in output.get("data", {})]
    said = "".join(output.text for output in given if output.get("name") == "stdout")
    tables = "".join(output.data.get("text/html", "") for output in given if "data" in output)
    for text in SHOWN[name]:
        assert text in said + tables + charts[0], text


def test_nothing_that_is_shown_needs_the_network(executed):
    _, notebook = executed
    shown = [str(part) for output in outputs(notebook) for part in output.get("data", {}).values()]
    assert len(shown) >= 5
    assert [part for part in shown if "<script" in part or "src=" in part] == []


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
