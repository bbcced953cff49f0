"""Which questions may a reader without a key ask, and which are the costliest of each kind?

One line of ``QUESTIONS`` a question, of the ledger that ``bench.cost.ledger`` builds.
"""

from __future__ import annotations

ONE = "crisis=crisis-000000&area=G01&measure=killed&population=all"
FORMATS = ("csv", "ndjson", "parquet", "arrow", "xlsx")

QUESTIONS = {
    "series": "/v1/series",
    **{f"series.{fmt}": f"/v1/series.{fmt}" for fmt in FORMATS},
    "one series": f"/v1/series?{ONE}",
    "figures": "/v1/figures",
    "evidence": "/v1/evidence",
    **{f"evidence.{fmt}": f"/v1/evidence.{fmt}" for fmt in FORMATS},
    "conflicts": "/v1/conflicts",
    "conflicts.csv": "/v1/conflicts.csv?measure=killed",
    "conflicts of one place": "/v1/conflicts?area=G01",
    "explain": f"/v1/explain?{ONE}",
    "explain an earlier day": f"/v1/explain?{ONE}&as_of=2024-09-01",
    "bounds": f"/v1/bounds?{ONE}",
    "bounds of a place set": "/v1/bounds?area=G01D01%7CG01D02&measure=killed&population=all",
    "parts": "/v1/parts?area=x-whole&measure=killed&population=all",
    "vintages of one cell": f"/v1/vintages?{ONE}",
    "vintages of the whole": "/v1/vintages?crisis=crisis-000000&area=x-whole&measure=killed&population=all",
    "vintages": "/v1/vintages",
    "revisions": "/v1/revisions",
    "revisions of one source": "/v1/revisions.csv?source=monitor-1",
    "changes": "/v1/changes?since=2025-06-02",
    "changes since the beginning": "/v1/changes?since=2025-01-01",
    "changes.atom": "/v1/changes.atom",
    "changes.atom since": "/v1/changes.atom?since=2025-06-02",
    "findings": "/v1/findings",
    "findings of a crisis": "/v1/findings?crisis=crisis-000000",
    "reports": "/v1/reports",
    **{f"reports.{fmt}": f"/v1/reports.{fmt}" for fmt in FORMATS},
    "reports, a page": "/v1/reports?limit=100",
    "another method": "/v1/series?method=median",
    "range": "/v1/figures?method=range",
    "ucdp": "/v1/figures?method=ucdp",
    "one origin": "/v1/series?method=latest:monitor-1",
    "other weights": f"/v1/series?{ONE}&weights=kind:media=2",
    "other weights, evidence": "/v1/evidence?weights=kind:media=3",
    "as of a day": f"/v1/series?{ONE}&as_of=2024-06-30",
    "as of a day, evidence": "/v1/evidence.csv?as_of=2024-07-30",
    "dates as stated": f"/v1/series?{ONE}&dates=stated",
    "recorded by": f"/v1/series?{ONE}&recorded_by=2025-06-01T18:00:00",
    "any beginning": "/v1/series?period_start=any&attributed_to=any",
    "citation": f"/v1/series?{ONE}&cite=bibtex",
    "areas": "/v1/areas",
    "history": "/v1/reports/r00000000000000000001/history",
    "page /": "/",
    "page / of six places": "/?area=G01&area=G02&area=G03&area=x-whole&area=G05&area=G06",
    "page /area": "/area/x-whole",
    "page /source": "/source/monitor-1",
    "page /report": "/report/r00000000000000000001",
    "page /conflict": "/conflict",
    "page /findings": "/findings",
    "page /why": f"/why?{ONE}",
    "chart": "/v1/charts/trend.svg",
    "chart of a place": f"/v1/charts/trend.svg?{ONE}",
}
