"""What does a column mean, wherever it leaves, and which HXL tag names it?

One row for each column of the tables that go out: the data dictionary of a release, the schemas of what
commands print with ``--json`` and the row of hashtags are made of it. It must not know which table goes
where.

>>> COLUMNS["as_of"]
Column(meaning='the day of knowledge: only what was public by then', hxl='#date+reported')
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow as pa

from service.vocabulary import (
    CrisisKind,
    DatePrecision,
    Grade,
    Match,
    PlacePrecision,
    Role,
    Standard,
    Standing,
)

KINDS: dict[pa.DataType, str] = {
    pa.string(): "string",
    pa.int64(): "integer",
    pa.float64(): "number",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "datetime",
}
"""Types by the names that data packages give them."""


class Column(NamedTuple):
    """A column: what it means, in a clause, and its HXL 1.1 tag.

    THING in a tag stands for what the first column of the table names: a place, a source, a crisis …
    """

    meaning: str
    hxl: str


THING = "#thing"


COLUMNS = {
    "a": Column("what the first report says; blank: nothing", "#meta+said+first"),
    "answer": Column("the answer in a sentence", "#description+answer"),
    "aspect": Column("what is compared", "#meta+aspect"),
    "b": Column("what the second report says; blank: nothing", "#meta+said+second"),
    "figure": Column("which figure of the text, counted from 1", "#meta+figure+num"),
    "figure_stated": Column("the figure as the text has it", "#meta+figure+stated"),
    "is_different": Column("whether the two say different things", "#status+different"),
    "match": Column(f"how well the report gives the figure looked for: {', '.join(Match)}", "#meta+match"),
    "standing": Column(f"what the figure is worth here today: {', '.join(Standing)}", "#status+standing"),
    "account_high": Column("the most its origin's account says; blank: open above", "#meta+account+high"),
    "account_low": Column("the least that its origin's account says", "#meta+account+low"),
    "about": Column("what the crisis is, in a sentence or two", "#description+crisis"),
    "aliases": Column("other spellings, joined by |", f"{THING}+name+alternative"),
    "area_code": Column(
        "the place: a P-code, or an x- code of our own; several joined by | are counted together", "#loc+code"
    ),
    "area_name": Column("the name of the place, or of the places counted together", "#loc+name"),
    "area_stated": Column("the place as the source spells it", "#loc+name+stated"),
    "areas": Column("the place set: area codes, sorted, joined by |", "#loc+code"),
    "as_of": Column("the day of knowledge: only what was public by then", "#date+reported"),
    "attributed_to": Column(
        "whom the source holds responsible; blank: not split by responsibility", "#actor+attributed"
    ),
    "attributed_to_stated": Column(
        "whom the report itself holds responsible; blank: not split", "#actor+attributed+stated"
    ),
    "baseline_from": Column(
        "the first day on which a running total may begin and still be the same count", "#date+baseline+start"
    ),
    "baseline_to": Column("the last such day", "#date+baseline+end"),
    "basis": Column(
        "cumulative (a running total since period_start) or increment (that period alone)", "#meta+basis"
    ),
    "best": Column("the greatest count that most of the weight supports; blank: bounds only", "#affected"),
    "best_before": Column("best, before", "#affected+before"),
    "event": Column("the source's own key of the incident that the row is about; blank: none", "#event+code"),
    "expected": Column("where the toll of that day is expected to settle", "#affected+expected"),
    "expected_high": Column("at most so many, expected to hold nine times in ten", "#affected+expected+high"),
    "expected_low": Column("at least so many, expected to hold nine times in ten", "#affected+expected+low"),
    "cause": Column("because of what it moved", "#cause"),
    "change": Column("added, moved or removed", "#status+change"),
    "code": Column("which check noticed it", "#meta+check+code"),
    "column": Column("the column it is about", "#meta+column"),
    "count_stated": Column("the wording of the source", "#meta+count+stated"),
    "counted_to": Column("the last day that the count takes in", "#date+occurred"),
    "counted_to_inferred": Column("whether that day is not the source's own word", "#status+inferred"),
    "counted_precision": Column(
        f"how exactly the day counted to, the last possible, is known: {', '.join(DatePrecision)}",
        "#date+occurred+precision",
    ),
    "country": Column("where the source is, or which country it is about", "#country+name"),
    "counts_as": Column(
        "this origin's own word for what its carriers call otherwise: said=meant, joined by |",
        "#meta+counted_as",
    ),
    "crisis": Column("the happening that the figure is about", "#crisis+code"),
    "crisis_id": Column("the happening that the report is about", "#crisis+code"),
    "date": Column("the day counted up to (for evidence: the first day of its span)", "#date+occurred"),
    "definition": Column("who is counted, in a sentence", "#description+definition"),
    "dimension": Column("kind (of source) or standard (of proof)", "#meta+dimension"),
    "ended_on": Column(
        "the last day of the violence or the disaster; blank: it goes on, or not known", "#date+end"
    ),
    "document": Column("the document it came in", "#meta+document"),
    "featured_areas": Column("the places shown first, joined by |", "#loc+code+featured"),
    "fix": Column("how to mend it", "#description+fix"),
    "grade": Column(f"how well supported: {', '.join(Grade)}", "#status+grade"),
    "grade_before": Column("the grade, before", "#status+grade+before"),
    "hash": Column("the hash of the entry, which chains it to the one before", "#meta+hash"),
    "high": Column("the upper bound; blank: open above", "#affected+high"),
    "high_before": Column("the upper bound, before", "#affected+high+before"),
    "independence": Column("whom the source belongs to, where that is known", "#meta+independence"),
    "is_shipped": Column("whether it comes with the service", "#status+shipped"),
    "is_undated": Column("whether the report gives no day of its own", "#status+undated"),
    "is_raised": Column(
        "whether the figure was raised to a part of it, or to the sum of its parts", "#status+raised"
    ),
    "key_id": Column("the API key with which it was handed in; blank: none", "#meta+key+id"),
    "kind": Column(
        f"of publishers: un, monitor, media …; of crises: {', '.join(CrisisKind)}; blank: not known",
        f"{THING}+type",
    ),
    "known_on": Column(
        "the day from which it may be used: published_on, else published_by, else that of recording",
        "#date+known",
    ),
    "label": Column("its name", f"{THING}+name"),
    "label_ar": Column("its Arabic name", f"{THING}+name+i_ar"),
    "lat": Column("latitude, in degrees", "#geo+lat"),
    "level": Column("what kind of place: country, region, governorate, district …", f"{THING}+type"),
    "lon": Column("longitude, in degrees", "#geo+lon"),
    "low": Column("the lower bound", "#affected+low"),
    "low_before": Column("the lower bound, before", "#affected+low+before"),
    "mapping_id": Column(
        "the mapping's very text, by its name and a hash; the name alone is the newest", "#meta+mapping+id"
    ),
    "meaning": Column("what it means, in a clause", "#description+meaning"),
    "measure": Column("what is counted: killed, injured, missing …", "#indicator+code"),
    "members": Column("the areas that a region is made of, joined by |", "#loc+code+members"),
    "message": Column("what was noticed, in a sentence", "#description+finding"),
    "method": Column("the method of reconciliation, with its version", "#meta+method"),
    "name": Column("its name", f"{THING}+name"),
    "name_ar": Column("its Arabic name", f"{THING}+name+i_ar"),
    "note": Column("what the desk noted; blank for those who have no key", "#description"),
    "number": Column("the figure in the wording itself: over 740 gives 740", "#meta+count+num"),
    "on": Column("the day it happened", "#date+occurred"),
    "origin_id": Column("whose figure it is", "#meta+origin"),
    "origin_name": Column("the name of the origin", "#meta+origin+name"),
    "origins": Column("how many independent origins stand behind it", "#meta+origins+num"),
    "parent": Column("the larger population it is a part of; blank: none", "#group+code+parent"),
    "parent_code": Column("the place it lies in; blank: none", "#loc+code+parent"),
    "people": Column("how far apart the statements are, in people", "#affected+disagreement"),
    "period_end": Column("the last day of the period that is counted", "#date+end"),
    "period_start": Column("the day from which a running total counts", "#date+start"),
    "place_precision": Column(
        f"how exactly the source knows the place: {', '.join(PlacePrecision)}; blank: it says nothing",
        "#loc+precision",
    ),
    "population": Column("who is counted: all, civilians, women …", "#group+code"),
    "population_stated": Column("who is counted, by the word of the report", "#group+stated"),
    "published_time": Column(
        "the time of day of publication as stated, with its offset from UTC if given: it orders bulletins of "
        "one day",
        "#date+published+time",
    ),
    "published_by": Column(
        "the day by which it must have been public, inferred; note says on what ground", "#date+published+by"
    ),
    "published_precision": Column(
        f"how exactly the day of publication, the last possible, is known: {', '.join(DatePrecision)}",
        "#date+published+precision",
    ),
    "published_on": Column("the day the source made it public", "#date+published"),
    "reason": Column("why it has this role", "#description+reason"),
    "terms": Column(
        "the message and the values of each sentence of the row, as JSON; blank: it stands by itself",
        "#meta+terms",
    ),
    "recorded_at": Column("when this ledger took it in (UTC)", "#date+recorded"),
    "replaced_by": Column("the reports that stand in its place, joined by |", "#meta+id+replacement"),
    "replaces": Column("the reports in whose place it stands, joined by |", "#meta+id+replaced"),
    "report_id": Column("the report: a hash of its content", "#meta+id"),
    "report_ids": Column("the reports that came or went and bear on it, joined by |", "#meta+ids"),
    "reports": Column("how many reports stand behind it", "#meta+reports+num"),
    "alone": Column(
        "of how many of these no other named origin has stated the same place, people and party",
        "#meta+alone+num",
    ),
    "crises": Column("in how many crises", "#crisis+num"),
    "delay_days": Column(
        "days from the last day counted to the first publication, at the median", "#meta+delay+days"
    ),
    "delay_days_high": Column("the same, for nine in ten", "#meta+delay+days+high"),
    "growth": Column(
        "how many times its first number a running total came to, at the median", "#meta+growth"
    ),
    "growth_days": Column(
        "days until a running total stayed within a tenth of its last, at the median", "#meta+growth+days"
    ),
    "net_revision": Column(
        "last less first number of all its figures together, in percent of the first", "#meta+revision+net"
    ),
    "revised": Column(
        "how many of these moved after the day on which they were first known", "#meta+revised+num"
    ),
    "revised_up": Column("how many of the revised rose", "#meta+revised+up+num"),
    "revision": Column(
        "last less first number of a revised figure, in percent of the first, at the median", "#meta+revision"
    ),
    "revision_high": Column("the same, that nine in ten of the revised do not exceed", "#meta+revision+high"),
    "revision_low": Column("the same, that one in ten of the revised does not exceed", "#meta+revision+low"),
    "settle_days": Column(
        "days from when a revised figure was first known to its last move, at the median", "#meta+settle+days"
    ),
    "settle_days_high": Column("the same, for nine in ten", "#meta+settle+days+high"),
    "stated": Column(
        "how many figures it is the origin of: of a place, people, party and day, or of an event",
        "#meta+stated+num",
    ),
    "taken_back": Column(
        "how many of these it has taken back, with no other number in their place", "#meta+taken+back+num"
    ),
    "totals": Column("how many running totals it gave for more than one day", "#meta+totals+num"),
    "role": Column(f"what the report did: {', '.join(Role)}", "#status+role"),
    "row": Column("the row of its document, counted from 1", "#meta+row+num"),
    "says": Column("who says what, the lowest account first", "#meta+said"),
    "says.about": Column(
        "where, who and whose doing it states, by name; blank: the cell itself", "#meta+said+about"
    ),
    "says.account_high": Column(
        "the most its origin's account says of the cell; blank: open above", "#meta+said+account+high"
    ),
    "says.account_low": Column(
        "the least that its origin's account says of the cell", "#meta+said+account+low"
    ),
    "says.count_stated": Column("the wording of the source", "#meta+said+count+stated"),
    "says.counted_to": Column(
        "the last day that the count takes in; blank: it gives none", "#date+said+occurred"
    ),
    "says.report_id": Column("the report that stands for the account", "#meta+said+id"),
    "says.weight": Column("how much the account weighs", "#meta+said+weight"),
    "seq": Column("the entry of the ledger that brought it", "#meta+entry+num"),
    "severity": Column("info, warning or error", "#severity"),
    "source": Column("who said so", "#meta+source"),
    "source_id": Column("who published it", "#meta+source+code"),
    "source_name": Column("the name of the publisher", "#meta+source+name"),
    "share": Column("whether the row is the whole, a part of it, or what lies elsewhere", "#status+share"),
    "split": Column("which of its siblings share nobody with it", "#group+split"),
    "standard": Column(f"the standard of proof: {', '.join(Standard)}", "#meta+standard"),
    "status": Column("open, resolved, or noted (nothing to do)", "#status"),
    "subject": Column("the report or the id it is about", "#meta+subject+id"),
    "term": Column("the word that is weighed", "#meta+term"),
    "text": Column("its TOML", "#meta+mapping+text"),
    "title": Column("what it is for", "#description+title"),
    "until": Column("the day before which the span ends; blank: it goes on", "#date+until"),
    "url": Column("where it is published", "#meta+url"),
    "usual_standard": Column(
        "the standard of proof that the source usually works to", "#meta+standard+usual"
    ),
    "value": Column("what stood there", "#meta+value"),
    "weight": Column("how much it weighs", "#meta+weight+num"),
    "whole_area": Column("the place that is the whole crisis; blank: none", "#loc+code+whole"),
    "withdrawn": Column("why it was taken back; blank: it stands", "#status+withdrawn"),
}  # fmt: skip


def meaning(column: str) -> str:
    """Return what a column means; "" for one that goes out nowhere. A column of the objects of a list goes by
    its own name where the list's (``says.about``) says nothing else."""
    found = COLUMNS.get(column) or COLUMNS.get(column.rpartition(".")[2])
    return found.meaning if found else ""


def row_schema(table: pa.Schema) -> dict[str, Any]:
    """Return the JSON Schema of a row of ``table`` as the API and ``--json`` write it."""
    return _object_schema(table, "")


def _object_schema(fields: Iterable[pa.Field], inside: str) -> dict[str, Any]:
    """Return the JSON Schema of an object; ``inside`` names the list it stands in, with a dot behind."""
    fields = list(fields)
    properties: dict[str, Any] = {}
    for field in fields:
        form: dict[str, Any] = {}
        if pa.types.is_list(field.type):
            kind = "array"
            form = {"items": _object_schema(field.type.value_type, f"{inside}{field.name}.")}
        elif (kind := KINDS[field.type]) in {"date", "datetime"}:
            kind, form = "string", {"format": {"datetime": "date-time"}.get(kind, kind)}
        allowed: Any = [kind, "null"] if field.nullable else kind
        properties[field.name] = {"type": allowed, **form, "description": meaning(inside + field.name)}
    return {
        "type": "object",
        "properties": properties,
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }
