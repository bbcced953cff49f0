"""Each table that goes out, column by column: name, type, whether it may be blank, meaning, HXL tag; and the
words of its closed lists."""

from __future__ import annotations

import inspect

import pyarrow as pa

from service import vocabulary
from service.answers.endpoints import ENDPOINTS
from service.release.tables import ABOUT, SCHEMAS
from service.schema.columns import COLUMNS, KINDS, meaning
from service.vocabulary import Term
from tests.reference.markdown import table


def table_page() -> str:
    """Return ``docs/reference/tables.md``."""
    parts = [
        "# Tables and words",
        "Made from the schemas by `make docs`. The answers of each verb come first, then the tables of a "
        "[release](commands.md#casualty-release) that are not such an answer, then the closed lists of "
        "words. A blank number is unknown, never zero.",
    ]
    shown: dict[int, str] = {}
    for verb in ENDPOINTS.values():
        parts += [f"## {verb.name}", verb.summary]
        if same := shown.get(id(verb.columns)):
            parts.append(f"The columns are those of [{same}](#{same}).")
            continue
        shown[id(verb.columns)] = verb.name
        parts.append(_columns(verb.columns))
    for name, schema in SCHEMAS.items():
        if id(schema) not in shown:
            parts += [f"## {name}, of a release", f"{ABOUT[name].capitalize()}.", _columns(schema)]
    for _, words in inspect.getmembers(vocabulary, _is_list_of_words):
        parts += [f"## Words: {words.__name__}", (inspect.getdoc(words) or "").partition("\n")[0]]
        parts.append(table(("word", "meaning"), [(f"`{word}`", word.meaning) for word in words]))
    return "\n\n".join(parts) + "\n"


def _is_list_of_words(each: object) -> bool:
    return inspect.isclass(each) and issubclass(each, Term) and each is not Term


def _columns(schema: pa.Schema) -> str:
    rows = [
        (
            f"`{field.name}`",
            _kind(field),
            meaning(field.name),
            f"`{tag}`" if (tag := _tag(field.name)) else "",
        )
        for field in schema
    ]
    return table(("column", "type", "meaning", "HXL"), rows)


def _kind(field: pa.Field) -> str:
    kind = "list" if pa.types.is_list(field.type) else KINDS[field.type]
    return f"{kind}, may be blank" if field.nullable else kind


def _tag(column: str) -> str:
    """Return the HXL tag of a column, "" where the standard has none."""
    hxl = COLUMNS[column].hxl if column in COLUMNS else ""
    return f"`{hxl}`" if hxl else ""
