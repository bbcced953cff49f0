"""Can a stranger take a release, check it, open it with their own tools and cite it?"""

import csv
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from service import connect
from service.api import Ledger
from service.cli import main
from service.errors import QueryError
from service.ledger import Store
from service.ledger.table_file import VIEWS
from service.release import make_release
from service.release.directory import write_release
from service.schema.columns import meaning
from tests.builders import batch, day, moment, reference, report

PINNED = ("--as-of", "2025-06-01", "--recorded-by", "2026-11-23T00:00:00Z")
ASKED = {"as_of": "2025-06-01", "attributed_to": "any", "period_start": "any"}


@pytest.fixture
def run(capfdbinary):
    def call(place, *words):
        code = main([words[0], "--data-dir", str(place), *words[1:]])
        return code, *(stream.decode() for stream in capfdbinary.readouterr())

    return call


@pytest.fixture(scope="module")
def released(seeded_dir, tmp_path_factory):
    """A release of the shipped crises."""
    place = tmp_path_factory.mktemp("released")
    data = shutil.copytree(seeded_dir, place / "data")
    assert main(["release", str(place / "r"), "-q", *PINNED, "--data-dir", str(data)]) == 0
    return place / "r"


@pytest.fixture
def small(tmp_path):
    """A ledger of two reports of one cell, a day apart, noted in a way that a spreadsheet would run."""
    known = reference()
    with Store.open(tmp_path / "data") as store:
        for table in ("area", "source", "population", "crisis"):
            store.register(table, getattr(known, table), recorded_at=moment("2025-03-10T12:00"))
        for number, day_of_month in ((683, 11), (690, 12)):
            published = day(f"2025-03-{day_of_month}")
            row = report(count=number, published_on=published, note="=1+1")
            store.submit(batch(row), recorded_at=moment(f"2025-03-{day_of_month}T12:00"))
    return tmp_path / "data"


def test_frictionless_finds_no_error_in_a_release(released):
    checked = Package(str(released / "datapackage.json")).validate()
    assert checked.flatten(["type", "note"]) == []
    assert (checked.valid, checked.stats["tasks"]) == (True, 9)


def test_frictionless_sees_where_a_cell_or_a_key_of_a_release_was_changed(run, small, tmp_path):
    assert run(small, "release", str(tmp_path / "whole"), "-q")[0] == 0
    for table, old, new, expected in (
        ("estimates", ",single_source,", ",certain,", "constraint-error"),
        ("evidence", ",sohr,", ",nobody,", "foreign-key"),
    ):
        copy = shutil.copytree(tmp_path / "whole", tmp_path / table)
        path = copy / f"{table}.csv"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        problems = Package(str(copy / "datapackage.json")).validate().flatten(["type"])
        assert [expected] in problems


def test_a_release_checks_out_by_its_own_sums(released):
    sums = [line.split("  ") for line in (released / "SHA256SUMS").read_text().splitlines()]
    assert {name for _, name in sums} == {path.name for path in released.iterdir()} - {"SHA256SUMS"}
    for digest, name in sums:
        assert hashlib.sha256((released / name).read_bytes()).hexdigest() == digest


def test_the_hash_that_a_release_is_cited_by_is_found_as_its_readme_says(released):
    readme = (released / "README.md").read_text()
    command = next(part for part in readme.split("`") if part.startswith("(") or part.startswith("grep"))
    digest = subprocess.run(
        ["sh", "-c", command], cwd=released, capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert f"value: sha256:{digest}\n" in (released / "CITATION.cff").read_text()


def test_a_release_holds_what_the_ledger_answers(released, ledger):
    rows = ledger.series(arrow=True, **ASKED).to_pylist()
    assert pq.read_table(released / "estimates.parquet").to_pylist() == rows
    with (released / "reports.csv").open(newline="") as file:
        reports = list(csv.DictReader(file))
    assert [row["report_id"] for row in reports] == ledger.reports(as_of="2025-06-01")["report_id"].tolist()
    points = pq.read_table(released / "evidence.parquet")
    assert set(points["report_id"].to_pylist()) <= {row["report_id"] for row in reports}
    package = json.loads((released / "datapackage.json").read_text())
    assert package["name"] == f"casualty-ledger-2025-06-01-{ledger.head}"


def test_the_databases_of_a_release_hold_its_tables_and_the_latest_figures(released, ledger):
    figures = ledger.figures(arrow=True, **ASKED).to_pylist()
    tables = {path.stem for path in released.glob("*.parquet")}
    order = "crisis, area_code, measure, population, attributed_to, period_start"
    with duckdb.connect(str(released / "casualty-ledger.duckdb"), read_only=True) as database:
        for table in tables:
            rows = database.sql(f"SELECT * FROM {table}").to_arrow_table().to_pylist()
            assert rows == pq.read_table(released / f"{table}.parquet").to_pylist()
        latest = database.sql(f"SELECT * FROM latest_figures ORDER BY {order}").to_arrow_table().to_pylist()
        assert len(latest) == len(figures)
        assert all(row in figures for row in latest)
        early = database.sql("SELECT * FROM reports_as_of('2025-03-12')").to_arrow_table()
        assert early.num_rows == len(ledger.reports(as_of="2025-03-12"))
        commented = database.sql(
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        assert dict(commented).items() <= VIEWS.items()
        behind = database.sql("SELECT count(*) FROM latest_evidence").fetchall()[0]
        cell = "area_code = 'SY06' AND measure = 'killed' AND population = 'civilians' AND attributed_to = ''"
        question = f"SELECT report_id, role FROM latest_evidence WHERE {cell}"
        points = ledger.explain(
            area="SY06", measure="killed", population="civilians", as_of="2025-06-01"
        ).points
        roles = zip(points["report_id"].to_pylist(), points["role"].to_pylist(), strict=True)
        assert set(database.sql(question).fetchall()) == set(roles)
    with closing(sqlite3.connect(released / "casualty-ledger.sqlite")) as database:
        columns = "area_code, date, low, best, high, is_raised, period_start"
        told = database.execute(f"SELECT {columns} FROM latest_figures ORDER BY {order}").fetchall()
        days = ("date", "period_start")
        assert told == [
            tuple(str(row[name]) if name in days and row[name] else row[name] for name in columns.split(", "))
            for row in latest
        ]
        assert database.execute("SELECT count(*) FROM latest_evidence").fetchone() == behind


def test_every_query_for_dashboards_gives_the_same_rows_from_both_databases(released):
    guide = (Path(__file__).parents[2] / "docs" / "dashboards.md").read_text(encoding="utf-8")
    queries = re.findall(r"^```sql\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    assert len(queries) >= 4
    with (
        duckdb.connect(str(released / "casualty-ledger.duckdb"), read_only=True) as duck,
        closing(sqlite3.connect(released / "casualty-ledger.sqlite")) as lite,
    ):
        for query in queries:
            rows, same = (
                sorted(tuple("" if value is None else str(value) for value in row) for row in found)
                for found in (duck.execute(query).fetchall(), lite.execute(query).fetchall())
            )
            assert rows == same != [], query


def test_a_release_with_vintages_says_what_was_known_on_any_day(small, tmp_path):
    with connect(small) as held, held.scratch() as ledger:
        given = {"crisis": "storm", "source": "alpha", "period_start": "2025-03-01", "areas": "Latakia"}
        given |= {"counted_to": "2025-03-09", "measure": "killed", "population": "all", "count": "11,300"}
        ledger.ingest_rows([
            given | {"basis": "cumulative", "published_on": "2025-03-10"},
            given | {"basis": "retraction", "published_on": "2025-03-12"},
        ])  # fmt: skip
        bundle = make_release(ledger, as_of="2025-03-20", vintages=True)
        write_release(bundle, tmp_path / "r")
        with duckdb.connect(str(tmp_path / "r" / "casualty-ledger.duckdb"), read_only=True) as database:
            for day in ("2025-03-10", "2025-03-11", "2025-03-12", "2025-03-19"):
                told = database.sql(f"SELECT date, low, best, high FROM figures_as_of('{day}')").fetchall()
                then = ledger.figures(arrow=True, as_of=day).select(["date", "low", "best", "high"])
                assert told == [tuple(row.values()) for row in then.to_pylist()]
    assert Package(str(tmp_path / "r" / "datapackage.json")).validate().valid


def test_a_release_says_what_each_of_its_columns_means(released):
    package = json.loads((released / "datapackage.json").read_text())
    with (released / "dictionary.csv").open(newline="") as file:
        told = {(row["file"], row["column"]): row["meaning"] for row in csv.DictReader(file)}
    for resource in package["resources"]:
        with (released / resource["path"]).open(newline="") as file:
            header = next(csv.reader(file))
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        for name in header:
            assert told[resource["name"], name] == meaning(name)
    assert package["method"].startswith("least-disagreement/")
    assert f"version: {package['version']}" in (released / "CITATION.cff").read_text()


def test_catalogues_are_told_of_the_same_files_columns_and_keys(released):
    package, croissant, dcat = (
        json.loads((released / name).read_text())
        for name in ("datapackage.json", "croissant.json", "dcat.jsonld")
    )
    files = {
        path.name: path.read_bytes() for path in released.iterdir() if path.suffix in {".csv", ".parquet"}
    }
    del files["dictionary.csv"]
    assert {
        each["contentUrl"]: (each["sha256"], each["contentSize"]) for each in croissant["distribution"]
    } == {name: (hashlib.sha256(data).hexdigest(), f"{len(data)} B") for name, data in files.items()}
    assert {
        each["dcat:downloadURL"]["@id"]: (
            each["spdx:checksum"]["spdx:checksumValue"]["@value"], int(each["dcat:byteSize"]["@value"])
        )
        for each in dcat["dcat:distribution"]
    } == {name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()}  # fmt: skip
    ids = {field["@id"] for table in croissant["recordSet"] for field in table["field"]}
    for table, resource in zip(croissant["recordSet"], package["resources"], strict=True):
        schema = resource["schema"]
        assert [(each["name"], each["source"]["extract"]["column"]) for each in table["field"]] == [
            (each["name"], each["name"]) for each in schema["fields"]
        ]
        assert [each["@id"] for each in table.get("key", ())] == [
            f"{resource['name']}/{name}" for name in schema.get("primaryKey", ())
        ]
        others = {
            each["name"]: each["references"]["field"]["@id"]
            for each in table["field"]
            if "references" in each
        }
        keys = schema.get("foreignKeys", ())
        assert set(others) == {key["fields"][0] for key in keys if key["reference"]["resource"]}
        assert set(others.values()) <= ids
    assert croissant["license"] == dcat["dct:license"]["@id"] == package["licenses"][0]["path"]
    assert dcat["dct:temporal"]["dcat:endDate"]["@value"] == croissant["datePublished"] == package["as_of"]


def test_a_release_names_its_licence_its_sources_and_the_signed_head(released, seeded_dir, run, small):
    package = json.loads((released / "datapackage.json").read_text())
    assert [each["name"] for each in package["licenses"]] == ["CC-BY-4.0"]
    assert "SOHR" in {source["title"] for source in package["sources"]}
    deposit = json.loads((released / ".zenodo.json").read_text())
    assert (deposit["license"], deposit["upload_type"]) == ("cc-by-4.0", "dataset")
    assert run(released.parent / "data", "verify", "--head", str(released / "head.json"))[0] == 0
    code, _, complaint = run(small, "release", "--licence", "mine")
    assert (code, "CC-BY-4.0, " in complaint) == (2, True)


def test_a_release_has_the_same_tables_again_later_and_from_a_ledger_that_is_held(run, small, tmp_path):
    pinned = ("--as-of", "2025-03-12", "--recorded-by", "2025-03-13T00:00:00Z")
    told = json.loads(run(small, "release", str(tmp_path / "a"), *pinned, "--json")[1])
    with connect(small, clock=lambda: moment("2025-12-01T00:00")) as held:
        held.store.submit(
            batch(report(count=700, published_on=day("2025-03-14"))), recorded_at=moment("2025-12-01T00:00")
        )
        again = json.loads(run(small, "release", str(tmp_path / "b.zip"), *pinned, "--json")[1])
    assert (again["sha256"], again["head"]) == (told["sha256"], told["head"])
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        [folder] = {name.partition("/")[0] for name in archive.namelist()}
        archive.extractall(tmp_path)
    changing = {"SHA256SUMS", "casualty-ledger.duckdb", "head.json"}  # they tell when they were made
    for path in (tmp_path / "a").iterdir():
        if path.name not in changing:
            assert path.read_bytes() == (tmp_path / folder / path.name).read_bytes(), path.name
    assert (
        json.loads((tmp_path / "a" / "head.json").read_text())["public_key"]
        == (json.loads((tmp_path / folder / "head.json").read_text())["public_key"])
    )


def test_a_release_without_a_name_is_a_folder_called_by_its_day_and_head(run, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = json.loads(run(small, "release", "--as-of", "2025-03-12", "--json")[1])
    assert told["file"] == f"casualty-ledger-2025-03-12-{told['head']}"
    folder = Path(told["file"])
    assert told["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert run(small, "release", told["file"])[0] == 2
    assert {path.name for path in tmp_path.iterdir()} == {"data", told["file"]}


def test_an_empty_ledger_has_nothing_to_release(tmp_path):
    with Store.open(tmp_path / "empty") as store, pytest.raises(QueryError, match="holds nothing yet"):
        make_release(Ledger(store))
