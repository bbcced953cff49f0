"""Which options does a command take?

Options that several commands share are written once, as the fields of a dataclass; a command names the groups
it takes and receives each as one object. The filters are those of the API, with dashes.

This module must not know what a command does with them, and imports nothing heavy: it stands on the way of
``casualty --help``.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.models import OptionInfo

from service.cli import completion
from service.errors import QueryError


class Format(StrEnum):
    """How rows leave: a table to read, or one of the file formats of ``service.formats.encode``."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"


BINARY = frozenset({Format.PARQUET, Format.ARROW, Format.XLSX})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Session:
    """What every command takes."""

    data_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the ledger lies (default: CASUALTY_DATA_DIR, else ./data).",
            show_default=False,
        ),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; an error too is JSON then.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what was asked for.")] = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Output(Session):
    """What a command that prints rows takes."""

    wanted: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"One of {', '.join(Format)} (default: table, or what FILE's ending says).",
            show_default=False,
        ),
    ] = None
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead.", show_default=False),
    ] = None

    @property
    def format(self) -> Format:
        """The one format that ``--format``, ``--json`` and the file's ending agree on."""
        if self.as_json and self.wanted not in (None, Format.JSON):
            raise QueryError(
                f"--json and --format {self.wanted} contradict each other.", fix="Give one of them."
            )
        if self.as_json:
            return Format.JSON
        if self.wanted:
            return self.wanted
        ending = self.file.suffix.lstrip(".").lower() if self.file else ""
        if ending in set(Format):
            return Format(ending)
        if ending not in ("", "txt"):
            raise QueryError(f"No format goes with the ending .{ending}.", fix="Name one with --format.")
        return Format.TABLE


def _filter(
    help: str, *names: str, metavar: str = "WORD", complete: completion.Complete | None = None
) -> OptionInfo:
    """An option that narrows the question; not giving it is no filter."""
    option: OptionInfo = typer.Option(
        *names, metavar=metavar, help=help, show_default=False, autocompletion=complete
    )
    return option


@dataclasses.dataclass(frozen=True, kw_only=True)
class Filters:
    """Which place and people, and what was known when."""

    area: Annotated[
        list[str] | None,
        _filter(
            "A place by code or name; repeat it for several. 'A|B' is a count of both together.",
            metavar="PLACE",
            complete=completion.names("area", "area_code", "name"),
        ),
    ] = None
    measure: Annotated[
        str | None, _filter("What is counted: killed, injured, …", complete=completion.measures)
    ] = None
    population: Annotated[
        str | None,
        _filter(
            "Who is counted: all, civilians, …",
            complete=completion.names("population", "population", "label"),
        ),
    ] = None
    crisis: Annotated[
        str | None,
        _filter("One crisis only.", metavar="ID", complete=completion.names("crisis", "crisis_id", "name")),
    ] = None
    as_of: Annotated[
        str | None, _filter("As the public could know it on that day (default: today).", metavar="DAY")
    ] = None
    recorded_by: Annotated[
        str | None, _filter("As this ledger would have answered then (default: now).", metavar="TIME")
    ] = None

    def asked(self) -> dict[str, Any]:
        """The filters that were given, by the names ``Ledger`` takes."""
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in given.items() if value is not None}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Span(Filters):
    """… and counted up to which days."""

    date_from: Annotated[str | None, _filter("First day counted up to.", "--from", metavar="DAY")] = None
    date_to: Annotated[str | None, _filter("Last day counted up to.", "--to", metavar="DAY")] = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reckoning:
    """… whose doing, reckoned since when, and how."""

    attributed_to: Annotated[
        str | None, _filter("Whom the source holds responsible, or any (default: figures not split by it).")
    ] = None
    period_start: Annotated[
        str | None,
        _filter("Running totals that begin that day, or any (default: the crisis's own).", metavar="DAY"),
    ] = None
    method: Annotated[
        str | None,
        _filter(
            "How to reconcile (default: least-disagreement).", metavar="NAME", complete=completion.methods
        ),
    ] = None
    weights: Annotated[
        list[str] | None,
        _filter(
            "A weight of its own: kind:anonymous=0.1, origin:sohr=2; repeat it.", "--weight", metavar="W"
        ),
    ] = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class FigureFilters(Reckoning, Filters):
    """The question for one reconciled figure."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SeriesFilters(Reckoning, Span):
    """The question for reconciled figures over time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportFilters(Span):
    """The question for reports as published."""

    source: Annotated[
        str | None,
        _filter(
            "Reports this source published, or whose figure it is.",
            metavar="ID",
            complete=completion.names("source", "source_id", "name"),
        ),
    ] = None


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` as Typer can read it: each option group among its parameters gives way to its fields."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[Callable[..., Any], list[str]]] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        kind = hints[name]
        if not dataclasses.is_dataclass(kind):
            parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        options = get_type_hints(kind, include_extras=True)
        fields = dataclasses.fields(kind)
        groups[name] = (hints[name], [field.name for field in fields])
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=options[field.name],
            )
            for field in fields
        ]

    def flat(**given: object) -> None:
        for name, (group, fields) in groups.items():
            given[name] = group(**{field: given.pop(field) for field in fields})
        command(**given)

    flat.__name__, flat.__doc__ = command.__name__, command.__doc__
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return flat
