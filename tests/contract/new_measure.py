"""Give the vocabulary one more measure, with a row of two words, and say what every way out makes of it.

Run as ``python new_measure.py DATA_DIR`` (a directory with the seeds); prints a JSON object. The row is put
into the source of ``service.vocabulary`` before anything else is imported, as a contributor would put it.
"""

import importlib.util
import json
import sys
import types
from pathlib import Path

ROW = '    SHELTERED = "sheltered_at_schools", "people given shelter at schools"\n'
AREA, DAY = "SY06", "2025-03-12"
REPORT = (
    "crisis,source,published_on,counted_to,period_start,areas,measure,population,count\n"
    f"syria-coast-2025-03,sohr,{DAY},{DAY},2025-03-06,{AREA},sheltered_at_schools,civilians,1200\n"
)


def add_the_row() -> None:
    """Import ``service.vocabulary`` from its own source with the row after the last measure."""
    spec = importlib.util.find_spec("service.vocabulary")
    assert spec is not None and spec.origin is not None
    lines = Path(spec.origin).read_text(encoding="utf-8").splitlines(keepends=True)
    last = next(n for n, line in enumerate(lines) if line.startswith("    INCIDENTS = "))
    module = types.ModuleType("service.vocabulary")
    module.__file__ = spec.origin
    sys.modules[module.__name__] = module
    source = "".join([*lines[: last + 1], ROW, *lines[last + 1 :]])
    exec(compile(source, spec.origin, "exec"), module.__dict__)


def ways_out(data_dir: Path) -> dict[str, object]:
    from fastapi.testclient import TestClient

    from service.api import Ledger
    from service.charts import alt_text, svg
    from service.ingest.draft import draft
    from service.web.app import create_app

    file = data_dir.parent / "sheltered.csv"
    file.write_text(REPORT, encoding="utf-8")
    asked = {"area": AREA, "measure": "sheltered_at_schools", "population": "civilians"}
    text = "1,200 civilians were sheltered at schools in Latakia."
    with Ledger.open(data_dir) as ledger:
        receipt = ledger.ingest(file)
        series = ledger.answer(**asked)
        client = TestClient(create_app(ledger))
        (drafted,) = draft(text, ledger.reference())
        parameters = client.get("/openapi.json").json()["paths"]["/v1/series"]["get"]["parameters"]
        return {
            "accepted": receipt.accepted,
            "best": series.table.column("best").to_pylist(),
            "chart": ledger.chart(**asked).to_json(),
            "svg": svg(series),
            "alt": alt_text(series),
            "csv": client.get("/v1/series.csv", params={**asked, "hxl": "1"}).text,
            "openapi": next(each for each in parameters if each["name"] == "measure"),
            "measures": client.get("/v1/measures").json()["data"],
            "page": client.get("/", params=asked).text,
            "place": client.get(f"/area/{AREA}", params={"measure": asked["measure"]}).text,
            "citation": ledger.cite("bibtex", **asked),
            "drafted": drafted.measure,
        }


if __name__ == "__main__":
    add_the_row()
    sys.stdout.write(json.dumps(ways_out(Path(sys.argv[1]))))
