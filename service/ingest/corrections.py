"""Which rows are known to be wrong, why, and what should stand there?

A correction is reviewed text (``seeds/corrections.toml``): which row it means, what it expects there, what
it sets instead, the reason and the evidence. It applies only while the row says what it expects, so that no
correction outlives its error. Must not know the ledger: replaced rows are returned, never overwritten.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa

from service.errors import UnreadableDocument
from service.ingest.cells import Problem
from service.ingest.wording.count import parse_count
from service.ingest.wording.nouns import check_nouns
from service.reference.containment import Containment
from service.schema.records import Finding, place_set, report_id
from service.schema.tables import AREA_SEPARATOR
from service.sentence import Value, message, sentence
from service.vocabulary import Basis, Measure, Severity, Standard, Term

STATUSES = {
    "applied": "the row is replaced",
    "proposed": "the row stays and a finding says what is proposed",
    "retired": "nothing happens; the entry tells what was once corrected",
}

_COLUMN = {"crisis": "crisis_id", "source": "source_id", "origin": "origin_id", "count": "count_stated"}
_FINDS = (
    "crisis", "source", "origin", "url", "published_on", "published_by", "counted_to", "period_start",
    "period_end", "areas", "measure", "population", "attributed_to", "basis", "event",
)  # fmt: skip
_SETS = (*_FINDS, "count", "standard")
_DAYS = ("published_on", "published_by", "counted_to", "period_start", "period_end")
_TERMS: dict[str, type[Term]] = {"measure": Measure, "basis": Basis, "standard": Standard}
_KEYS = ("id", "status", "decided_on", "reason", "evidence", "match", "expect", "set")

Values = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Correction:
    """One entry: the row with the values ``match`` that says ``expect`` should say ``set``.

    The names of the values are columns of a report file; ``count`` stands for the figure with its bounds.
    Every name in ``set`` is also in ``expect``, and none of them in ``match``.
    """

    correction_id: str
    status: str
    decided_on: dt.date
    reason: str
    evidence: tuple[str, ...]
    match: Values
    expect: Values
    set: Values


class CorrectionResult(NamedTuple):
    """The reports after correction, the findings, the replaced rows as they came, and their new ids."""

    reports: pa.Table
    findings: tuple[Finding, ...]
    originals: pa.Table
    successors: tuple[str, ...]


def read_corrections(data: bytes, document: str) -> tuple[Correction, ...]:
    """Return the corrections of a TOML file. Raises UnreadableDocument that names the entry."""
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableDocument(
            sentence("%(document)s is not TOML: %(error)s.", document=document, error=str(error)),
            fix="Correct the place it names.",
        ) from error
    entries = content.pop("correction", [])
    if content or not isinstance(entries, list):
        raise UnreadableDocument(
            sentence("%(document)s may hold [[correction]] tables only.", document=document),
            fix="Write each entry under [[correction]].",
        )
    corrections: dict[str, Correction] = {}
    for number, entry in enumerate(entries, 1):
        try:
            correction = _correction(entry)
            if correction.correction_id in corrections:
                raise ValueError("its id stands twice")
        except (ValueError, Problem) as error:
            raise UnreadableDocument(
                sentence(
                    "%(document)s, correction %(number)s (%(correction)s): %(error)s.",
                    document=document,
                    number=number,
                    correction=str(entry.get("id", "without id"))[:60],
                    error=str(error),
                ),
                fix="Correct it; nothing of the file was taken in.",
            ) from error
        corrections[correction.correction_id] = correction
    return tuple(corrections.values())


def _correction(entry: Mapping[str, Any]) -> Correction:
    """Return the correction of one entry. Raises ValueError with what is wrong with it."""
    if missing := [key for key in _KEYS if not entry.get(key)]:
        raise ValueError(f"it has no {', '.join(missing)}")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise ValueError(f"it has an unknown key {', '.join(unknown)}")
    if entry["status"] not in STATUSES:
        raise ValueError(f"its status is not one of {', '.join(STATUSES)}")
    if type(entry["decided_on"]) is not dt.date:
        raise ValueError("decided_on is not a day")
    if not isinstance(entry["evidence"], list) or not all(
        isinstance(text, str) for text in entry["evidence"]
    ):
        raise ValueError("evidence is not a list of texts")
    match = _values("match", entry["match"], _FINDS)
    expect, replacement = (_values(name, entry[name], _SETS) for name in ("expect", "set"))
    if unguarded := [name for name in replacement if name not in expect]:
        raise ValueError(f"it sets {', '.join(unguarded)} without expecting a value there")
    if both := [name for name in match if name in replacement]:
        raise ValueError(f"it finds the row by {', '.join(both)}, which it sets")
    if all(expect[name] == value for name, value in replacement.items()):
        raise ValueError("it sets what it expects")
    return Correction(
        str(entry["id"]), entry["status"], entry["decided_on"], str(entry["reason"]).strip(),
        tuple(entry["evidence"]), match, expect, replacement,
    )  # fmt: skip


def _values(part: str, values: object, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise ValueError(f"{part} is not a table")
    accepted: dict[str, Any] = {}
    for name, value in values.items():
        if name not in allowed:
            raise ValueError(f"{part} names {name}, which is not one of {', '.join(allowed)}")
        accepted[name] = _value(name, value)
    return accepted


def _value(name: str, value: object) -> str | dt.date:
    """Return a value as a report has it. Raises ValueError, or Problem for a count that cannot be read."""
    if name in _DAYS:
        return value if type(value) is dt.date else dt.date.fromisoformat(str(value))
    text = str(value)
    if name == "count":
        parse_count(text)
    if name in _TERMS and text not in list(_TERMS[name]):
        raise ValueError(f"{name} is not one of {', '.join(_TERMS[name])}")
    return place_set(text.split(AREA_SEPARATOR)) if name == "areas" else text


def apply_corrections(
    reports: pa.Table, corrections: tuple[Correction, ...], containment: Containment
) -> CorrectionResult:
    """Return the reports (columns of BATCH_REPORT) with every correction that applies.

    A correction whose row is not among the reports is about another document and yields no finding. One after
    which the wording of the count would not fit the measure or the people of the row is not applied.
    """
    rows: list[dict[str, Any]] = reports.to_pylist()
    findings: list[Finding] = []
    originals: dict[int, dict[str, Any]] = {}
    for correction in corrections:
        if correction.status == "retired":
            continue
        places = [at for at, row in enumerate(rows) if _has_values(row, correction.match)]
        if len(places) > 1:
            findings.append(_ambiguous(correction, [rows[at] for at in places]))
        for at in places if len(places) == 1 else ():
            finding = _verdict(correction, rows[at])
            if finding.code == "corrected" and (misfit := _misfit(correction, rows[at], containment)):
                finding = misfit
            findings.append(finding)
            if finding.code == "corrected":
                originals.setdefault(at, rows[at])
                rows[at] = _replace_values(rows[at], correction.set)
    return CorrectionResult(
        pa.Table.from_pylist(rows, schema=reports.schema),
        tuple(findings),
        pa.Table.from_pylist(list(originals.values()), schema=reports.schema),
        tuple(rows[at]["report_id"] for at in originals),
    )


def _has_values(row: Values, values: Values) -> bool:
    return all(row[_COLUMN.get(name, name)] == value for name, value in values.items())


def _format_values(values: Values) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _verdict(correction: Correction, row: dict[str, Any]) -> Finding:
    """Return the finding about a correction at the one row it means."""
    column = next(iter(correction.set))
    actual = {name: row[_COLUMN.get(name, name)] for name in correction.expect}
    told: dict[str, Value] = {
        "id": correction.correction_id,
        "values": _format_values(correction.set),
        "expected": _format_values(correction.expect),
        "actual": _format_values(actual),
        "reason": correction.reason,
    }
    if _has_values(row, correction.expect):
        code, severity = "corrected", Severity.INFO
        said = message("Correction %(id)s puts %(values)s for %(expected)s: %(reason)s")
        fix = message("The row as it came is kept; retire the correction if it is wrong.")
        if correction.status == "proposed":
            code = "correction_proposed"
            said = message("Correction %(id)s would put %(values)s for %(expected)s: %(reason)s")
            fix = message("Set its status to applied, or retire it.")
    elif _has_values(row, correction.set):
        code, severity = "correction_outdated", Severity.ERROR
        said = message("Correction %(id)s: the source has fixed itself, it says %(values)s.")
        fix = message("Remove the correction, or retire it.")
    else:
        code, severity = "correction_outdated", Severity.ERROR
        said = message("Correction %(id)s expects %(expected)s, but the row says %(actual)s.")
        fix = message("Look at the source and correct the correction, or retire it; it was not applied.")
    value = str(actual[column])
    return Finding(
        code, severity, sentence(said, **told), fix,
        row=row["row"], column=column, value=value, subject=row["report_id"],
    )  # fmt: skip


def _misfit(correction: Correction, row: dict[str, Any], containment: Containment) -> Finding | None:
    """Return why the row that a correction would make would be held if it was handed in; None where not."""
    changed = _replace_values(row, correction.set)
    if not changed["count_stated"]:
        return None
    is_of_others = partial(containment.populations_are_disjoint, changed["population"])
    try:
        check_nouns(parse_count(changed["count_stated"]), changed["measure"], is_of_others)
    except Problem as problem:
        return Finding(
            problem.code,
            Severity.ERROR,
            sentence(
                "Correction %(id)s was not applied: %(problem)s",
                id=correction.correction_id,
                problem=problem.message,
            ),
            problem.fix,
            row=row["row"],
            column="count",
            value=changed["count_stated"],
            subject=row["report_id"],
        )
    return None


def _ambiguous(correction: Correction, rows: list[dict[str, Any]]) -> Finding:
    numbers = ", ".join(str(row["row"]) for row in rows[:10])
    return Finding(
        "correction_ambiguous",
        Severity.ERROR,
        sentence(
            "Correction %(correction_id)s means %(number)s rows (%(numbers)s); it was not applied.",
            correction_id=correction.correction_id,
            number=len(rows),
            numbers=numbers,
        ),
        "Name more of the row under match.",
        row=rows[0]["row"],
        subject=rows[0]["report_id"],
    )


def _replace_values(row: dict[str, Any], values: Values) -> dict[str, Any]:
    """Return the row with other values and the id of its new content."""
    changed = {**row, **{_COLUMN.get(name, name): value for name, value in values.items()}}
    if "count" in values:
        count = parse_count(values["count"])
        changed |= count._asdict() | {"count_stated": count.stated}
        del changed["stated"]
    changed["report_id"] = report_id(changed)
    return changed
