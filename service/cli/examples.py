"""What does a stranger type first?

Examples of each command, shown at the end of its help. Each is run by a test, in a directory with a report
file, an article and a backup.
"""

from __future__ import annotations

CELL = "--area Latakia --measure killed --population civilians"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "series": (
        f"casualty series {CELL}",
        f"casualty series {CELL} --as-of 2025-03-12 --format csv -o latakia.csv",
        "casualty series --area 'SY06|SY0602|SY1002' --measure killed",
    ),
    "figures": ("casualty figures --crisis syria-coast-2025-03 --measure killed",),
    "explain": (
        f"casualty explain {CELL} --as-of 2025-03-12",
        f"casualty explain {CELL} --date 2025-03-11 --all",
    ),
    "evidence": (f"casualty evidence {CELL} --as-of 2025-03-12",),
    "conflicts": ("casualty conflicts --measure killed",),
    "bounds": (
        "casualty bounds --area Jableh --measure killed --population children",
        f"casualty bounds {CELL} --as-of 2025-03-12 --format csv",
    ),
    "parts": (
        "casualty parts --area 'Syrian coast' --measure killed --population civilians --as-of 2025-03-12",
    ),
    "vintages": (f"casualty vintages {CELL}",),
    "revisions": ("casualty revisions --measure killed", "casualty revisions --source sohr --format csv"),
    "changes": (
        f"casualty changes {CELL} --since 2025-03-12",
        "casualty changes --measure killed --since 2026-11-22T12:00Z --json",
    ),
    "reports": (
        "casualty reports --source sohr --from 2025-03-08 --to 2025-03-12",
        "casualty reports --format parquet -o reports.parquet",
    ),
    "history": ("casualty history r0123456789abcdef0123",),
    "lookup": (
        "casualty lookup --text 'SOHR said 1,383 civilians were killed on the Syrian coast'",
        "casualty lookup --text 11,300 --area Derna --as-of 2023-09-16",
    ),
    "differences": ("casualty differences --a r0123456789abcdef0123 --b r0123456789abcdef0123",),
    "areas": ("casualty areas", "casualty areas --format csv"),
    "areas add": (
        "casualty areas add 'Upper Village' --level village --parent Latakia",
        "casualty areas add Newtown --level town --parent SY06 --alias 'New Town' --lat 35.6 --lon 36.2",
    ),
    "areas add-country": ("casualty areas add-country Ukraine --dry-run", "casualty areas add-country NP"),
    "areas alias": ("casualty areas alias SY06 'Latakia province' Ladhiqiyah",),
    "sources": ("casualty sources",),
    "populations": ("casualty populations",),
    "crises": ("casualty crises",),
    "mappings": ("casualty mappings", "casualty mappings --format csv -o mappings.csv"),
    "measures": ("casualty measures",),
    "methods": ("casualty methods",),
    "chart": (
        f"casualty chart {CELL} -o latakia.svg",
        "casualty chart origins --area 'Syrian coast' --measure killed --population civilians "
        "--compare sohr --compare snhr --compare ohchr -o who.png",
        f"casualty chart why {CELL} -o why.html",
    ),
    "ingest": (
        "casualty ingest my-reports.csv",
        "casualty ingest my-reports.csv --dry-run --json",
        "casualty ingest my-reports.csv --release full --dry-run",
        "cat my-reports.csv | casualty ingest -",
        "casualty ingest --retry",
    ),
    "crisis new": (
        "casualty crisis new my-reports.csv --name 'Our crisis' --period-start 2025-03-06 --place Jableh",
        "casualty crisis new --name 'Flood in Derna' --kind sudden --place Derna --dry-run",
    ),
    "mapping add": ("casualty mapping add desk.toml", "casualty mapping add desk.toml --name daily-sheet"),
    "mapping list": ("casualty mapping list",),
    "mapping show": ("casualty mapping show hxl",),
    "mapping try": ("casualty mapping try desk.toml desk.csv", "casualty mapping try native my-reports.csv"),
    "draft": (
        "casualty draft article.txt --published-on 2025-03-10 --no-review --format csv -o draft.csv",
        "casualty draft article.txt --crisis syria-coast-2025-03 --source 'A paper' --no-review",
    ),
    "register": ("casualty register sources sources.csv", "casualty register sources sources.csv --dry-run"),
    "findings": ("casualty findings", "casualty findings --severity warning --all --format csv"),
    "withdraw": ("casualty withdraw r0123456789abcdef0123 --reason 'counted twice'",),
    "correct": (
        "casualty correct r0123456789abcdef0123 my-reports.csv --reason 'typing error'",
        "casualty correct r0123456789abcdef0123 --set count=104 --reason 'a zero too many'",
    ),
    "reinstate": ("casualty reinstate r0123456789abcdef0123 --reason 'the page is up again'",),
    "redact": (
        "casualty redact r0123456789abcdef0123 --reason 'the note named somebody'",
        "casualty redact r0123456789abcdef0123 --column reason --reason 'it named somebody'",
        "casualty redact --document held.csv --row 1 --reason 'the row named somebody'",
        "casualty redact --mapping desk --reason 'a remark in it named somebody'",
    ),
    "serve": ("casualty serve --port 8080", "casualty serve --data-dir /var/lib/casualty --host 0.0.0.0"),
    "mcp": (
        "casualty mcp",
        "casualty mcp --http --port 8001",
        "casualty mcp --address http://localhost:8000",
    ),
    "verify": ("casualty verify", "casualty verify --json"),
    "head": ("casualty head", "casualty head --sign"),
    "rebuild": ("casualty rebuild",),
    "doctor": ("casualty doctor", "casualty doctor --json"),
    "backup": ("casualty backup", "casualty backup ledger-copy.tar --json"),
    "restore": ("casualty restore ledger.tar --data-dir restored",),
    "export": (
        "casualty export -o reports.csv",
        "casualty export series --format ndjson",
        "casualty export areas -o areas.csv",
        "casualty export --parquet published",
    ),
    "reconcile": (
        "casualty reconcile --reports published --out published/figures",
        "casualty reconcile --reports published --out as-known-then --as-of 2025-03-12",
    ),
    "release": (
        "casualty release",
        "casualty release coast --as-of 2025-08-20",
        "casualty release coast.zip",
    ),
    "schema": ("casualty schema series", "casualty schema error"),
    "keys create": ("casualty keys create --role reporter --note 'data desk'",),
    "keys list": ("casualty keys list",),
    "keys revoke": ("casualty keys revoke 1a2b3c4d",),
}


def epilog(command: str) -> str | None:
    """Return the examples at the end of a command's help, or None; their lines are not wrapped."""
    lines = EXAMPLES.get(command)
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None
