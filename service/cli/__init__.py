"""What does a person type, and what do they get back?

``casualty COMMAND`` is one call of a verb of ``Ledger`` per command. Every refusal becomes one sentence with
its remedy on standard error (JSON with ``--json``) and an exit code: 0 success, 1 some rows were not
accepted, 2 the question is at fault, 3 the store is, 130 interrupted. This module must not know how figures
come about.

>>> main(["series", "--area", "Latakia"])                                   # doctest: +SKIP
0
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer
from typer.main import get_command

from service.cli import (
    areas,
    ask,
    chart,
    correct,
    crisis,
    draft,
    ingest,
    json_schemas,
    keys,
    maintain,
    mapping,
    mcp,
    prepare,
    reconcile,
    redact,
    serve,
    transfer,
)
from service.cli.examples import epilog
from service.cli.options import spread
from service.cli.terminal import complain, write
from service.errors import CasualtyError, QueryError, StoreError

UsageError: Any = typer.BadParameter.__base__
"""Typer's own word for a command line that does not parse; of its kind it exports only this child."""

INTERRUPTED = 130
INTERRUPTED_QUERY = "Query interrupted"
"""What DuckDB raises, as a RuntimeError, where Ctrl-C meets it inside a query."""
EXAMPLE = "Start with: casualty series --area Latakia --measure killed --population civilians"

COMMANDS = {
    "Ask": (*ask.COMMANDS, chart.chart),
    "Hand in": (
        ingest.ingest,
        draft.draft,
        prepare.register,
        prepare.findings,
        correct.withdraw,
        correct.correct,
        correct.reinstate,
        redact.redact,
    ),
    "Run and keep": (serve.serve, mcp.mcp, maintain.verify, maintain.head, maintain.rebuild, maintain.doctor),
    "Pass on": (*transfer.COMMANDS, reconcile.reconcile),
    "Know more": (json_schemas.schema,),
}

GROUPS = (crisis.app, areas.app, mapping.app, keys.app)

app = typer.Typer(
    name="casualty",
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(spread(command))
for group in GROUPS:
    app.add_typer(group)


def every_command() -> Iterator[tuple[str, Any]]:
    """Yield each command as it is typed, with Typer's record of it."""
    for info in app.registered_commands:
        yield command_name(info), info
    for group in GROUPS:
        yield str(group.info.name), group.registered_callback
        for info in group.registered_commands:
            yield f"{group.info.name} {command_name(info)}", info


def command_name(info: Any) -> str:  # noqa: ANN401 - Typer's own record of a command
    """Return the name that a command is called by."""
    return str(info.name or info.callback.__name__)


for typed, info in every_command():
    info.epilog = epilog(typed)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        write(f"casualty {maintain.installed_version('casualty-ledger')}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog=EXAMPLE)
def casualty(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Casualty figures over time: every report kept, conflicts reconciled, each number explained."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: this process's own) and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _collecting_rarely():
            code: int | None = _command_line()(args=words, prog_name="casualty", standalone_mode=False)
    except UsageError as error:
        return _refuse(_query_error(error), words)
    except CasualtyError as error:
        return _refuse(error, words)
    except OSError as error:
        return _refuse(
            StoreError(
                f"{error.filename or 'The system'}: {error.strerror}.",
                fix="Check that it exists and may be used, and that there is room.",
            ),
            words,
        )
    except KeyboardInterrupt:
        return INTERRUPTED
    except RuntimeError as error:
        if str(error) == INTERRUPTED_QUERY:
            return INTERRUPTED
        raise
    return code or 0


@cache
def _command_line() -> Any:  # noqa: ANN401 - what Typer makes of the commands
    """Return what reads a command line. To make it takes a twenty-fifth of a second, which a process that
    runs many commands spends once."""
    return get_command(app)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Have the garbage collector run a hundred times less often while a command runs.

    What the libraries load stays alive; to walk through it again and again takes a tenth of a short command.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _refuse(error: CasualtyError, words: Sequence[str]) -> int:
    """Print a refusal, and return its exit code."""
    complain(error, as_json="--json" in words)
    return error.exit_code


def _query_error(error: typer.BadParameter) -> QueryError:
    """Return Typer's UsageError as one of ours."""
    near = tuple(getattr(error, "possibilities", None) or ())
    message = (error.message if near else error.format_message()).replace("Value error, ", "")
    command = error.ctx.command_path if error.ctx else "casualty"
    fix = f"See {command} --help."
    if near:
        fix = f"Did you mean {' or '.join(near)}?"
    elif command == "casualty" and "option" in message.lower():
        fix = f"Options stand after the command. {fix}"
    return QueryError(message if message.endswith(("?", ".")) else f"{message}.", fix=fix, suggestions=near)
