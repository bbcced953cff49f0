"""Do the shipped seeds say what they claim to say, and does every name in them lead somewhere?"""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from service.ingest import Gazetteer, load_seeds, normalise, parse_count, read_reports
from service.ingest.name_checks import check_names
from service.schema.records import Reference, place_set
from service.schema.tables import POPULATION, REFERENCE_SCHEMAS
from service.vocabulary import Basis, CrisisKind, Kind, Level, Measure, Standard

SEEDS = Path(__file__).parents[2] / "seeds"
COAST, DERNA = "syria-coast-2025-03", "libya-derna-2023-09"
FILES = (COAST, DERNA)
FEATURED = {
    "SY06": ["Latakia", "Lattakia", "Lattaquié", "Latakia governorate", "اللاذقية", "محافظة اللاذقية"],
    "SY0602": ["Jableh", "Jabla", "Jablah", "Jableh district", "جبلة"],
    "SY1002": ["Banias", "Baniyas", "Banyas", "Banias district", "بانياس"],
}

GROUNDS = ("same figure", "higher figure", "usual delay")
"""The words by which a note names a ground that is not on the page itself."""

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


AREAS = {row["area_code"]: row for row in rows("areas.csv")}
SOURCES = {row["source_id"]: row for row in rows("sources.csv")}
POPULATIONS = {row["population"]: row for row in rows("populations.csv")}
BY_FILE = {name: rows(f"reports/{name}.csv") for name in FILES}
REPORTS = [row for name in FILES for row in BY_FILE[name]]
CRISES = tomllib.loads((SEEDS / "crises.toml").read_text(encoding="utf-8"))


def test_the_files_of_reports_are_those_that_are_tested_here():
    assert sorted(path.stem for path in (SEEDS / "reports").glob("*.csv")) == sorted(FILES)


def reports(**wanted: str) -> list[Row]:
    """The reports whose columns have these values: of the coast unless ``crisis`` says otherwise."""
    wanted.setdefault("crisis", COAST)
    return [row for row in REPORTS if all(row[column] == value for column, value in wanted.items())]


def counts(**wanted: str) -> set[str]:
    return {row["count"] for row in reports(**wanted)}


def ancestors(tree: dict[str, Row], column: str, key: str) -> list[str]:
    """The chain of parents of a row; longer than the tree where it runs in a circle."""
    chain: list[str] = []
    while (key := tree[key][column]) and len(chain) <= len(tree):
        chain.append(key)
    return chain


# --- the places ---------------------------------------------------------------------------------------------


def test_every_place_hangs_on_a_country_and_no_chain_of_parents_runs_in_a_circle():
    for code in AREAS:
        line = [code, *ancestors(AREAS, "parent_code", code)]
        assert len(line) <= len(AREAS), f"{code} is its own ancestor"
        assert AREAS[line[-1]]["level"] == Level.COUNTRY, code


def test_a_place_is_of_a_smaller_level_than_its_parent():
    order = [level for level in Level if level is not Level.REGION]
    for code, row in AREAS.items():
        if row["parent_code"] and row["level"] != Level.REGION:
            parent = AREAS[row["parent_code"]]["level"]
            assert order.index(Level(parent)) < order.index(Level(row["level"])), code


def test_codes_of_our_own_begin_with_x_and_the_others_are_p_codes_below_their_parents():
    for code, row in AREAS.items():
        assert re.fullmatch(r"x-[a-z-]+|SY\d*|LB|LY(-[A-Z]{2})?", code), code
        if re.fullmatch(r"SY\d+", code):
            assert code.startswith(row["parent_code"]), code


def test_no_two_places_share_a_spelling():
    owners: dict[str, set[str]] = {}
    for code, row in AREAS.items():
        for spelling in (row["name"], row["name_ar"], *row["aliases"].split("|")):
            if spelling:
                owners.setdefault(normalise(spelling), set()).add(code)
    assert {key: codes for key, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(("code", "spellings"), FEATURED.items())
def test_the_plain_names_of_the_featured_places_mean_one_place_each(code: str, spellings: list[str]):
    gazetteer = Gazetteer(load_seeds(SEEDS).reference["area"])
    assert {gazetteer.resolve(spelling) for spelling in spellings} == {code}
    assert AREAS[code]["name"] == spellings[0]


@pytest.mark.parametrize(
    ("city", "within"), [("x-latakia-city", "SY06"), ("x-jableh-city", "SY0602"), ("x-banias-city", "SY1002")]
)
def test_the_city_proper_is_a_place_of_its_own_inside_the_featured_one(city: str, within: str):
    assert AREAS[city]["level"] == Level.CITY
    assert within in ancestors(AREAS, "parent_code", city)


def test_the_syrian_coast_is_the_four_governorates_that_sohr_counts():
    assert AREAS["x-syrian-coast"]["members"] == place_set(["SY04", "SY05", "SY06", "SY10"])
    assert {AREAS[code]["level"] for code in ("SY04", "SY05", "SY06", "SY10")} == {"governorate"}


# --- populations, sources, weights, crises ------------------------------------------------------------------


def test_the_populations_are_one_tree_under_all():
    assert list(POPULATIONS[next(iter(POPULATIONS))]) == POPULATION.names
    for name in POPULATIONS:
        assert [name, *ancestors(POPULATIONS, "parent", name)][-1] == "all"


def test_no_attribution_hides_among_the_populations():
    for name in {*POPULATIONS, *(row["population"] for row in REPORTS)}:
        assert name in POPULATIONS
        assert not re.search(r"killed|executed|side|cumulative", name)


def test_every_kind_and_standard_has_a_weight_and_nothing_else_has():
    weights = {(row["dimension"], row["term"]): int(row["weight"]) for row in rows("weights.csv")}
    assert set(weights) == {("kind", kind) for kind in Kind} | {("standard", term) for term in Standard}
    assert min(weights.values()) > 0


def test_an_anonymous_claim_weighs_little_and_a_monitor_outweighs_an_official_statement():
    weights = {row["term"]: int(row["weight"]) for row in rows("weights.csv")}
    anonymous = weights[Kind.ANONYMOUS] * weights[Standard.UNVERIFIED]
    assert 40 <= weights[Kind.MONITOR] * weights[Standard.DOCUMENTED] / anonymous <= 60
    monitor = weights[Kind.MONITOR] * weights[Standard.UNVERIFIED]
    assert monitor > weights[Kind.GOVERNMENT] * weights[Standard.OFFICIAL]


def test_sources_use_the_vocabulary_and_no_two_share_a_spelling():
    spellings = Counter[str]()
    for row in SOURCES.values():
        assert row["kind"] in list(Kind), row
        assert row["usual_standard"] in ["", *Standard], row
        names = (row["source_id"], row["name"], *row["aliases"].split("|"))
        spellings.update({normalise(name) for name in names if name})
    assert [name for name, times in spellings.items() if times > 1] == []


def test_every_source_is_used_and_anonymous_origins_are_told_apart_from_named_ones():
    used = {row[column] for row in REPORTS for column in ("source", "origin")}
    used |= {note["source"] for crisis in CRISES["crisis"] for note in crisis.get("context", [])}
    assert used == set(SOURCES)
    assert SOURCES["unattributed"]["kind"] == Kind.ANONYMOUS
    assert {row["source"] for row in REPORTS} & {
        name for name, row in SOURCES.items() if row["kind"] == "anonymous"
    } == set()


def test_sohr_counts_as_civilians_whom_carriers_call_alawite_civilians():
    assert SOURCES["sohr"]["counts_as"] == "alawite_civilians=civilians"
    for row in SOURCES.values():
        for pair in filter(None, row["counts_as"].split("|")):
            assert set(pair.split("=")) <= set(POPULATIONS)


def test_the_crises_name_known_places_and_sources_and_keep_their_notes_in_time():
    crises = {crisis["crisis_id"]: crisis for crisis in CRISES["crisis"]}
    assert crises[COAST]["featured_areas"] == list(FEATURED)
    assert {row["crisis"] for row in REPORTS} == set(crises)
    for crisis in crises.values():
        assert {*crisis["featured_areas"], crisis["whole_area"]} <= set(AREAS)
        assert crisis["baseline_from"] <= crisis["period_start"] <= crisis["baseline_to"]
        assert crisis["kind"] == CrisisKind.SUDDEN
        assert crisis["period_start"] <= crisis["ended_on"]
        assert set(crisis) - {"context"} <= set(REFERENCE_SCHEMAS["crisis"].names)
        for note in crisis.get("context", []):
            assert note["source"] in SOURCES
            assert crisis["period_start"] <= note["on"] <= CRISES["recorded_at"].date()


# --- the reports --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_every_shipped_report_is_accepted_as_it_stands(file: str):
    seeds = load_seeds(SEEDS)
    name = f"{file}.csv"
    data = dict(seeds.documents)[name]
    batch = read_reports(data, name, Reference(**seeds.reference), today=seeds.recorded_at.date())
    assert batch.rows == batch.reports.num_rows == len(BY_FILE[file]) >= 500
    assert batch.held.num_rows == 0
    assert batch.findings == ()
    assert len(set(batch.reports["report_id"].to_pylist())) == batch.rows


def test_the_readme_gives_the_number_of_reports_places_and_sources():
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    figures = [f"{len(AREAS)} places", f"{len(SOURCES)} publishers"]
    for name, file in BY_FILE.items():
        undated = sum(not row["published_on"] for row in file)
        uncounted = sum(not row["counted_to"] for row in file)
        figures += [f"`reports/{name}.csv` | {len(file)} reports", f"({undated} rows)", f"({uncounted} rows)"]
    for figure in figures:
        assert figure in text, figure


def test_every_word_and_code_of_a_report_is_known():
    for row in REPORTS:
        assert row["source"] in SOURCES, row
        assert row["origin"] in SOURCES, row
        assert set(row["areas"].split("|")) <= set(AREAS), row
        assert row["areas"] == place_set(row["areas"].split("|")), row
        assert row["measure"] in list(Measure), row
        assert row["basis"] in list(Basis), row
        assert row["standard"] in list(Standard), row
        assert row["attributed_to"] in ("", "government_side", "pro_assad_side"), row


def test_a_report_has_the_standard_that_its_origin_works_to_or_says_why_not():
    exceptions = Counter[str]()
    for row in REPORTS:
        if row["standard"] != (SOURCES[row["origin"]]["usual_standard"] or Standard.UNVERIFIED):
            assert re.search(rf"(^|\. )Standard: {row['standard']}; \w.{{10,}}", row["note"]), row
            exceptions[row["crisis"]] += 1
    assert exceptions == {COAST: 10, DERNA: 106}
    assert {row["standard"] for row in reports(origin="sohr")} == {Standard.DOCUMENTED}


def test_a_report_has_a_wording_or_bounds_and_never_both():
    for row in REPORTS:
        bounds = [int(row[name]) for name in ("low", "best", "high") if row[name]]
        assert bool(row["count"]) != bool(bounds), row
        assert bounds == sorted(bounds)
        if row["count"]:
            assert parse_count(row["count"]).stated == row["count"]


def test_days_are_iso_days_and_no_count_ends_after_it_was_published():
    for row in REPORTS:
        days = {}
        for name in ("published_on", "published_by", "counted_to", "period_start", "period_end"):
            days[name] = dt.date.fromisoformat(row[name]) if row[name] else None
            assert not row[name] or re.fullmatch(r"\d{4}-\d\d-\d\d", row[name])
        if days["published_on"] and days["counted_to"]:
            assert days["counted_to"] <= days["published_on"], row
        if days["period_start"] and days["period_end"]:
            assert days["period_start"] <= days["period_end"], row


def test_a_day_by_inference_tells_its_ground_and_lies_not_before_the_day_counted_to():
    inferred = [row for row in REPORTS if row["published_by"]]
    assert len(inferred) > 600
    for row in inferred:
        assert not row["published_on"], row
        assert re.search(rf"(^|\. )Public by {row['published_by']}: \w.{{10,}}$", row["note"]), row
        assert row["published_by"] >= (row["counted_to"] or row["period_end"]), row


@pytest.mark.parametrize(
    ("file", "lines", "inferred"),
    [(COAST, (30, 11, 50), "226 `published_by`"), (DERNA, (368, 25, 6), "468 rows `published_by`")],
)
def test_the_readme_gives_the_number_of_rows_by_each_ground(file: str, lines: tuple[int, ...], inferred: str):
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    grounds = Counter[str]()
    for row in BY_FILE[file]:
        if row["published_by"]:
            ground = row["note"].split(": ")[-1]
            grounds[next((short for short in GROUNDS if short in ground), "the page")] += 1
    assert tuple(grounds[short] for short in GROUNDS) == lines
    for short, number in zip(GROUNDS, lines, strict=True):
        assert re.search(rf"{short}[^\n]*\| {number} \|", text), short
    assert f"{grounds.total()} " in inferred
    assert inferred in text


def test_an_increment_says_which_days_it_covers_and_counts_to_the_last_of_them():
    for row in REPORTS:
        if row["basis"] == Basis.INCREMENT:
            assert row["period_start"], row
            assert row["counted_to"] == row["period_end"] != "", row


def test_sohrs_batches_by_day_of_documentation_say_so():
    batches = reports(origin="sohr", basis="increment", measure="killed", period_start="2025-03-12")
    assert len(batches) > 10
    for row in batches:
        if row["areas"] != "SY":
            assert re.search("documentation|documented", row["note"]), row


def test_the_files_hold_no_way_to_reach_a_person():
    forbidden = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<!\w)@\w{2,}|\+\d[\d ().-]{7,}\d|t\.me/|wa\.me/")
    for path in SEEDS.rglob("*"):
        if path.suffix in (".csv", ".toml", ".md"):
            assert not forbidden.search(path.read_text(encoding="utf-8")), path.name


def test_no_figure_of_a_source_that_forbids_passing_it_on_is_shipped():
    assert not any("acled" in value.casefold() for row in REPORTS for value in row.values())


# --- the worked cases of the first crisis -------------------------------------------------------------------

SOHR_TOTAL = {"origin": "sohr", "measure": "killed", "population": "civilians", "basis": "cumulative"}


def test_the_founding_document_gives_one_joint_floor_for_the_three_places():
    (joint,) = reports(source="remix-news", origin="sohr")
    assert joint["areas"] == "SY06|SY0602|SY1002"
    assert (joint["count"], joint["population"], joint["basis"]) == ("over 740", "civilians", "cumulative")
    assert (joint["counted_to"], joint["published_on"], joint["standard"]) == ("2025-03-09", "", "documented")
    (vague,) = reports(source="remix-news", origin="unattributed")
    assert (vague["areas"], vague["count"]) == ("x-northwestern-syria", "hundreds")


def test_sohrs_governorates_of_12_march_add_up_to_its_total_and_the_days_batch_to_its_step():
    def total(day: str, area: str) -> int:
        found = counts(**SOHR_TOTAL, counted_to=day, areas=area)
        (value,) = {int(count.replace(",", "")) for count in found if count[0].isdigit()}
        return value

    def batch(area: str) -> int:
        found = counts(**SOHR_TOTAL | {"basis": "increment"}, counted_to="2025-03-12", areas=area)
        (value,) = found
        return int(value)

    four = [total("2025-03-12", area) for area in ("SY06", "SY10", "SY05", "SY04")]
    assert four == [683, 433, 255, 12]
    assert sum(four) == total("2025-03-12", "x-syrian-coast") == 1383
    day = [batch(area) for area in ("SY06", "SY10", "SY05")]
    assert day == [25, 49, 84]
    assert sum(day) == batch("SY05|SY06|SY10") == 158
    assert 1383 - total("2025-03-11", "x-syrian-coast") == 158


def test_the_figures_of_11_march_were_public_on_11_march():
    for area, figure in (("SY06", "658"), ("x-syrian-coast", "1,225")):
        assert figure in counts(**SOHR_TOTAL, areas=area, published_on="2025-03-11")


def test_ohchrs_verified_count_is_always_a_floor():
    statements = {(row["count"], row["standard"]) for row in reports(origin="ohchr")}
    assert statements == {("at least 111", "verified")}


def test_the_two_sides_of_snhrs_total_are_attributions_and_not_populations():
    totals = {"origin": "snhr", "measure": "killed", "counted_to": "2025-03-31", "basis": "cumulative"}
    assert counts(**totals, population="all", attributed_to="") == {"1,334"}
    assert counts(**totals, population="all", attributed_to="government_side") == {"889"}
    assert counts(**totals, population="all", attributed_to="pro_assad_side") == {"445", "446"}
    by_side = {(row["count"], row["attributed_to"]) for row in reports(origin="snhr", population="civilians")}
    assert by_side == {
        ("about 125", "government_side"),
        ("15", "pro_assad_side"),
        ("225", "pro_assad_side"),
        ("231", "pro_assad_side"),
    }


def test_the_national_committee_counts_1426_people_and_238_security_personnel_apart():
    assert "1,426" in counts(origin="national-committee", population="all", areas="x-syrian-coast")
    assert "238" in counts(origin="national-committee", population="security_forces")
    assert {row["standard"] for row in reports(origin="national-committee")} == {Standard.OFFICIAL}


def test_more_than_4000_has_one_anonymous_origin_and_three_carriers():
    carriers = {row["source"] for row in BY_FILE[COAST] if "4,000" in row["count"]}
    assert len(carriers) == 3
    assert {row["origin"] for row in BY_FILE[COAST] if "4,000" in row["count"]} == {"anonymous-person-abroad"}


def test_arza_in_january_and_arza_in_march_are_two_crises():
    january = reports(crisis="syria-arza-2025-01")
    assert {row["period_start"] for row in january} == {"2025-01-31"}
    assert len(january) == 2
    assert all(row["period_start"] >= "2025-03-06" for row in reports(areas="x-arza"))


@pytest.mark.parametrize("table", ["source", "crisis", "population"])
def test_no_two_shipped_rows_share_a_name(table):
    check_names(table, load_seeds(SEEDS).reference[table], Reference.empty())
