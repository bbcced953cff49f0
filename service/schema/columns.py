"""What does a column mean, wherever it leaves?

One sentence for each column of each table that goes out. The data dictionary of a release and the schemas of
what commands print with ``--json`` are made of them; a test holds that none is missing. It must not know
which table goes where.

>>> MEANINGS["as_of"]
'the day of knowledge: only what was public by then'
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

KINDS: dict[pa.DataType, str] = {
    pa.string(): "string",
    pa.int64(): "integer",
    pa.float64(): "number",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "datetime",
}
"""Types by the names that data packages give them."""

MEANINGS = {
    "about": "what the crisis is, in a sentence or two",
    "aliases": "other spellings, joined by |",
    "area_code": "the place: a P-code, or an x- code of our own; several joined by | are counted together",
    "area_name": "the name of the place, or of the places counted together",
    "area_stated": "the place as the source spells it",
    "areas": "the place set: area codes, sorted, joined by |",
    "as_of": "the day of knowledge: only what was public by then",
    "attributed_to": "whom the source holds responsible; blank: not split by responsibility",
    "baseline_from": "the first day on which a running total may begin and still be the same count",
    "baseline_to": "the last such day",
    "basis": "cumulative (a running total since period_start) or increment (that period alone)",
    "best": "the count that agrees best; blank: bounds only",
    "best_before": "best, before",
    "cause": "because of what it moved",
    "change": "added, moved or removed",
    "code": "which check noticed it",
    "column": "the column it is about",
    "count_stated": "the wording of the source",
    "counted_to": "the last day that the count takes in",
    "counted_to_inferred": "whether that day is not the source's own word",
    "country": "where the source is, or which country it is about",
    "counts_as": "this origin's own word for what its carriers call otherwise: said=meant, joined by |",
    "crisis": "the happening that the figure is about",
    "crisis_id": "the happening that the report is about",
    "date": "the day counted up to (for evidence: the first day of its span)",
    "definition": "who is counted, in a sentence",
    "dimension": "kind (of source) or standard (of proof)",
    "document": "the document it came in",
    "featured_areas": "the places shown first, joined by |",
    "fix": "how to mend it",
    "grade": "how well supported: corroborated, single_source, contested, provisional, inferred",
    "grade_before": "the grade, before",
    "high": "the upper bound; blank: open above",
    "high_before": "the upper bound, before",
    "independence": "whom the source belongs to, where that is known",
    "is_undated": "whether the report gives no day of its own",
    "kind": "what kind of publisher: un, monitor, media …",
    "known_on": "the day from which it may be used: published_on, or that of recording",
    "label": "its name",
    "label_ar": "its Arabic name",
    "lat": "latitude, in degrees",
    "level": "what kind of place: country, region, governorate, district …",
    "lon": "longitude, in degrees",
    "low": "the lower bound",
    "low_before": "the lower bound, before",
    "measure": "what is counted: killed, injured, missing …",
    "members": "the areas that a region is made of, joined by |",
    "message": "what was noticed, in a sentence",
    "method": "the method of reconciliation, with its version",
    "name": "its name",
    "name_ar": "its Arabic name",
    "note": "what else is to be said",
    "number": "the figure in the wording itself: over 740 gives 740",
    "on": "the day it happened",
    "origin_id": "whose figure it is",
    "origin_name": "the name of the origin",
    "origins": "how many independent origins stand behind it",
    "parent": "the larger population it is a part of; blank: none",
    "parent_code": "the place it lies in; blank: none",
    "people": "how far apart the statements are, in people",
    "period_end": "the last day of the period that is counted",
    "period_start": "the day from which a running total counts",
    "population": "who is counted: all, civilians, women …",
    "population_stated": "who is counted, by the word of the report",
    "published_on": "the day the source made it public",
    "reason": "why it has this role",
    "recorded_at": "when this ledger took it in (UTC)",
    "report_id": "the report: a hash of its content",
    "report_ids": "the reports that came or went and bear on it, joined by |",
    "reports": "how many reports stand behind it",
    "role": "what the report did: counted, bound, superseded, echo, stale, outlier, out_of_scope, withdrawn",
    "row": "the row of its document, counted from 1",
    "says": "who says what, lowest first",
    "seq": "the entry of the ledger that brought it",
    "severity": "info, warning or error",
    "source": "who said so",
    "source_id": "who published it",
    "source_name": "the name of the publisher",
    "split": "which of its siblings share nobody with it",
    "standard": "the standard of proof: verified, documented, official, estimate, unverified",
    "status": "open, resolved, or noted (nothing to do)",
    "subject": "the report or the id it is about",
    "term": "the word that is weighed",
    "until": "the day before which the span ends; blank: it goes on",
    "url": "where it is published",
    "usual_standard": "the standard of proof that the source usually works to",
    "value": "what stood there",
    "weight": "how much it weighs",
    "whole_area": "the place that is the whole crisis; blank: none",
    "withdrawn": "why it was taken back; blank: it stands",
}  # fmt: skip


def row_schema(table: pa.Schema) -> dict[str, Any]:
    """The JSON Schema of a row of ``table`` as the API and ``--json`` write it."""
    properties: dict[str, Any] = {}
    for field in table:
        kind, form = KINDS[field.type], {}
        if kind in {"date", "datetime"}:
            kind, form = "string", {"format": {"datetime": "date-time"}.get(kind, kind)}
        allowed: Any = [kind, "null"] if field.nullable else kind
        properties[field.name] = {"type": allowed, **form, "description": MEANINGS.get(field.name, "")}
    return {
        "type": "object",
        "properties": properties,
        "required": table.names,
        "additionalProperties": False,
    }
