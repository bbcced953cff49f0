"""How is an answer cited so that a reader gets the same figures again?

A citation names the address of the answer with its day of knowledge and the moment up to which the ledger's
entries count, so that entries made later do not change what stands there; the ledger's head says which state
that was. It must not know about HTTP, files or the clock: the address and the day of access are arguments.

>>> print(cite(Citation(url="https://…", title="…", head="7-126e07231179", …), Style.RIS))  # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from urllib.parse import urlencode

from service.answers.filters import CELLS, KNOWLEDGE, METHOD, PERIOD_START, SOURCE, SPAN, WEIGHTS, Style
from service.answers.parameters import write_parameters
from service.answers.query import Query
from service.errors import QueryError
from service.reference.labels import Labels
from service.reference.weights import write_weights
from service.vocabulary import Dates

PUBLISHER = "Casualty Ledger"


ABOUT = (*CELLS, PERIOD_START, SOURCE, WEIGHTS, *SPAN)
KNOWN = (*KNOWLEDGE, METHOD)
"""The filters in the order in which a citation gives them: what is asked, then what was known and how."""


@dataclasses.dataclass(frozen=True)
class Citation:
    """One answer at one state of the ledger, as it stood at ``recorded_by``, seen on ``accessed_on``."""

    url: str
    title: str
    head: str
    method: str
    as_of: dt.date
    recorded_by: dt.datetime
    accessed_on: dt.date

    @property
    def key(self) -> str:
        return f"casualty-ledger-{self.head}"

    @property
    def note(self) -> str:
        return (
            f"As known on {self.as_of}, recorded by {_instant(self.recorded_by)}, "
            f"ledger head {self.head}, method {self.method}"
        )


def read_style(name: str) -> Style:
    """The style of that name. Raises QueryError."""
    try:
        return Style(name.strip().lower())
    except ValueError:
        raise QueryError(
            f"There is no citation style {name[:40]!r}.",
            fix=f"Use one of: {', '.join(Style)}.",
            suggestions=tuple(Style),
        ) from None


def title(query: Query, labels: Labels) -> str:
    """What an answer is about, in words.

    ``Latakia (March 2025): killed, civilians, attributed to government side, as of 2025-03-12``
    """
    places = "; ".join(map(labels.places, query.areas)) or "All places"
    crisis = f" ({labels.crisis(query.crisis)})" if query.crisis else ""
    party = "any attribution" if query.attributed_to is None else labels.attributed_to(query.attributed_to)
    what = [
        labels.measure(query.measure) if query.measure else "all measures",
        labels.population(query.population) if query.population else "all populations",
        *([party] if party else ()),
    ]
    days = [f"{word} {day}" for word, day in (("from", query.date_from), ("to", query.date_to)) if day]
    known = f"as of {query.as_of}" + (", by stated dates only" if query.dates == Dates.STATED else "")
    return f"{places}{crisis}: {', '.join([*what, *days])}, {known}"


def pinned_parameters(query: Query, recorded_by: dt.datetime, **more: str) -> str:
    """Return the query string that asks ``query`` again, of the entries up to ``recorded_by``.

    ``more`` stands in it as it is.
    """
    question = query.filters() | {
        "weights": write_weights(query.weights),
        "recorded_by": _instant(recorded_by),
    }
    about = {row.keyword: question[row.keyword] or None for row in ABOUT}
    known = {row.keyword: question[row.keyword] for row in KNOWN}
    return urlencode(write_parameters({**about, **more, **known}))


def cite(citation: Citation, style: Style) -> str:
    """The citation in a style, ended by a line break."""
    match style:
        case Style.BIBTEX:
            return _bibtex(citation)
        case Style.RIS:
            return _ris(citation)
        case Style.CSL:
            return _csl(citation)


def _bibtex(citation: Citation) -> str:
    fields = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{_tex(citation.title)}}}",
        "year": str(citation.recorded_by.year),
        "version": citation.head,
        "url": citation.url.replace("{", "%7B").replace("}", "%7D"),
        "urldate": str(citation.accessed_on),
        "note": _tex(citation.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{citation.key},\n{lines}}}\n"


def _tex(text: str) -> str:
    """``text`` with the characters that TeX would take for commands made harmless."""
    words = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\{}$&#%_~^]", lambda found: words.get(found[0], f"\\{found[0]}"), text)


def _ris(citation: Citation) -> str:
    lines = (
        ("TY", "DATA"),
        ("AU", PUBLISHER),
        ("TI", citation.title),
        ("PY", str(citation.recorded_by.year)),
        ("DA", f"{citation.recorded_by:%Y/%m/%d}"),
        ("ET", citation.head),
        ("N1", citation.note),
        ("UR", citation.url),
        ("Y2", f"{citation.accessed_on:%Y/%m/%d}"),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in lines)


def _csl(citation: Citation) -> str:
    item = {
        "id": citation.key,
        "type": "dataset",
        "author": [{"literal": PUBLISHER}],
        "publisher": PUBLISHER,
        "title": citation.title,
        "version": citation.head,
        "issued": {"date-parts": [_parts(citation.recorded_by)]},
        "accessed": {"date-parts": [_parts(citation.accessed_on)]},
        "URL": citation.url,
        "note": citation.note,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _parts(day: dt.date) -> list[int]:
    return [day.year, day.month, day.day]


def _instant(moment: dt.datetime) -> str:
    return f"{moment.isoformat(timespec='microseconds')}Z"
