"""Which options does a command take?

Options that several commands share are written once, as the fields of a dataclass; a command names the groups
it takes and receives each as one object. The filters come from the table in ``answers.filters``.

This module must not know what a command does with them, and imports nothing heavy: it stands on the way of
``casualty --help``.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from service.answers.chart_kinds import CHART_FILTERS
from service.answers.endpoints import endpoint
from service.answers.filters import SINCE, Filter
from service.cli import completion
from service.connection import is_address
from service.errors import QueryError
from service.formats.file_format import Format

CHART = "chart"
"""The command whose options are the filters of every kind of chart; the ledger says which a kind lacks."""
TABLE = "table"
"""Rows as a table to read, in the place of a file format."""
NEEDED = frozenset({SINCE.keyword})
"""The options without which a command is refused at once; of a cell, the ledger says what is missing."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Session:
    """What every command takes."""

    where: Annotated[
        str | None,
        typer.Option(
            "--data-dir",
            "--server",
            metavar="DIR|URL",
            help="Where the ledger lies (default: CASUALTY_DATA_DIR, else ./data), or a server's address.",
            show_default=False,
        ),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; an error too is JSON then.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what was asked for.")] = False

    @property
    def address(self) -> str | None:
        """The address of the server that is asked; None where it is a directory."""
        return self.where if self.where is not None and is_address(self.where) else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Output(Session):
    """What a command that prints rows takes."""

    wanted: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"One of {', '.join((TABLE, *Format))} (default: table, or what FILE's ending says).",
            show_default=False,
            autocompletion=completion.words_of((TABLE, *Format)),
        ),
    ] = None
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead.", show_default=False),
    ] = None

    def __post_init__(self) -> None:
        _ = self.format  # so that what is no format is refused before a ledger is opened

    @property
    def format(self) -> Format | None:
        """The one format that ``--format``, ``--json`` and the file's ending agree on; None: a table."""
        if self.as_json and self.wanted not in (None, Format.JSON):
            raise QueryError(
                f"--json and --format {self.wanted} contradict each other.", fix="Give one of them."
            )
        if self.as_json:
            return Format.JSON
        ending = self.file.suffix.lstrip(".").lower() if self.file else ""
        word = self.wanted or ending
        if word in set(Format):
            return Format(word)
        if self.wanted not in (None, TABLE):
            near = tuple(get_close_matches(self.wanted, (TABLE, *Format), n=2))
            fix = (
                f"Did you mean {' or '.join(near)}?"
                if near
                else f"Use one of: {', '.join((TABLE, *Format))}."
            )
            raise QueryError(f"There is no format {self.wanted!r}.", fix=fix, suggestions=near)
        if self.wanted is None and ending not in ("", "txt"):
            raise QueryError(f"No format goes with the ending .{ending}.", fix="Name one with --format.")
        return None


class Question(dict[str, Any]):
    """The filters that were given to a command, by keyword; those that were not are None.

    A command that takes one has the name of its verb: its options are that verb's filters.
    """


def filter_parameter(row: Filter, *, is_argument: bool = False) -> inspect.Parameter:
    """Return a filter as a parameter that Typer reads: an option, or an argument of the command."""
    text = f"{row.meaning} Repeat it for several." if row.repeatable else row.meaning
    info: Any
    if is_argument:
        info = typer.Argument(metavar=row.metavar, help=text)
    else:
        info = typer.Option(
            row.flag, metavar=row.metavar, help=text, show_default=False,
            autocompletion=completion.words_for(row),
        )  # fmt: skip
    is_needed = is_argument or row.keyword in NEEDED
    kind: Any = list[str] if row.repeatable else str
    return inspect.Parameter(
        row.keyword,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if is_needed else None,
        annotation=Annotated[kind if is_needed else kind | None, info],
    )


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` as Typer can read it: each group of options in its signature, one by one."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[Callable[..., Any], list[str]]] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        kind = hints[name]
        if kind is Question:
            options = _parameters_of_verb(command.__name__)
        elif dataclasses.is_dataclass(kind):
            options = _parameters_of_fields(kind)
        else:
            parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        groups[name] = (kind, [option.name for option in options])
        parameters += options

    def flat(**given: object) -> None:
        for name, (group, options) in groups.items():
            given[name] = group(**{option: given.pop(option) for option in options})
        command(**given)

    flat.__name__, flat.__doc__ = command.__name__, command.__doc__
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return flat


def _parameters_of_verb(verb: str) -> list[inspect.Parameter]:
    if verb == CHART:
        return [filter_parameter(option) for option in CHART_FILTERS]
    row = endpoint(verb)
    arguments = [filter_parameter(argument, is_argument=True) for argument in row.in_path]
    return [*arguments, *(filter_parameter(option) for option in row.filters)]


def _parameters_of_fields(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401 - a dataclass
    kinds = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=kinds[field.name]
        )
        for field in dataclasses.fields(group)
    ]
