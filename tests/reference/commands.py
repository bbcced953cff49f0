"""Each command with its arguments, options and examples: as a page, and as ``man casualty``.

Both are read from the parser itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import typer.main

from service import settings
from service.cli import app, every_command
from service.cli.examples import EXAMPLES
from service.cli.maintain import installed_version
from tests.reference.markdown import table

CODES = (
    ("0", "all is well; an empty answer is an answer"),
    ("1", "some rows were quarantined or rejected; the others are in"),
    ("2", "the question is at fault"),
    ("3", "the store is held by another process, damaged, full, or not to be read or written"),
    ("130", "interrupted; nothing is half done"),
)


class Option(NamedTuple):
    """An option or an argument: how it is written, and what it means."""

    written: str
    meaning: str


class Command(NamedTuple):
    """A command as it is typed, what it does, what it takes, and lines that run."""

    name: str
    about: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]
    examples: tuple[str, ...]


def commands() -> Iterator[Command]:
    """Yield every command, in the order of ``casualty --help``."""
    root: Any = typer.main.get_command(app)
    for name, _ in every_command():
        found = root
        for word in name.split():
            found = found.commands[word]
        context = typer.Context(found)
        if name in EXAMPLES or not hasattr(found, "commands"):
            yield Command(
                name,
                _sentences(found.help),
                tuple(_argument(each) for each in found.params if not each.opts[0].startswith("-")),
                tuple(
                    _option(each, context)
                    for each in found.get_params(context)
                    if each.opts[0].startswith("-")
                ),
                EXAMPLES.get(name, ()),
            )


def _sentences(text: str | None) -> str:
    return " ".join((text or "").split())


def _argument(parameter: Any) -> Option:
    return Option(parameter.metavar or parameter.name.upper(), parameter.help or "")


def _option(parameter: Any, context: typer.Context) -> Option:
    written, meaning = parameter.get_help_record(context)
    return Option(written, meaning)


def _table(options: Sequence[Option]) -> str:
    return table(("option", "meaning"), [(f"`{each.written}`", each.meaning) for each in options])


def variables() -> list[Option]:
    """Return the settings of the environment, from the table in ``service.settings``."""
    rows = re.findall(r"^\| ``(CASUALTY_\w+)`` \| (.+?) \| (.+) \|$", settings.__doc__ or "", re.MULTILINE)
    return [
        Option(name, f"{meaning} (default: {default})".replace("`", "")) for name, default, meaning in rows
    ]


def common(listed: Sequence[Command]) -> list[Option]:
    """Return the options that every command takes."""
    return [each for each in listed[0].options if all(each in other.options for other in listed)]


def command_page() -> str:
    """Return ``docs/reference/commands.md``."""
    listed = list(commands())
    shared = common(listed)
    parts = [
        "# Commands",
        "Made from the command line itself by `make docs`. What all commands have in common: "
        "[the command line](../command-line.md).",
        "## Every command",
        _table(shared),
    ]
    for command in listed:
        parts += [f"## casualty {command.name}", command.about]
        own = [each for each in (*command.arguments, *command.options) if each not in shared]
        if own:
            parts.append(_table(own))
        if command.examples:
            parts.append("```sh\n" + "\n".join(command.examples) + "\n```")
    return "\n\n".join(parts) + "\n"


def man_page() -> str:
    """Return ``docs/casualty.1``."""
    root: Any = typer.main.get_command(app)
    listed = list(commands())
    shared = common(listed)
    lines = [
        f'.TH CASUALTY 1 "" "casualty {installed_version("casualty-ledger")}" "Casualty Ledger"',
        ".SH NAME",
        "casualty \\- casualty figures over time: every report kept, conflicts reconciled",
        ".SH SYNOPSIS",
        ".B casualty",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        _roff(_sentences(root.help)),
        ".SH OPTIONS",
    ]
    context = typer.Context(root)
    lines += [line for each in root.get_params(context) for line in _tagged(_option(each, context))]
    lines += [".PP", "Every command takes:"]
    lines += [line for each in shared for line in _tagged(each)]
    lines.append(".SH COMMANDS")
    for command in listed:
        words = " ".join(["casualty", command.name, *(each.written for each in command.arguments)])
        lines += [f".SS {_roff(words)}", _roff(command.about)]
        own = [each for each in (*command.arguments, *command.options) if each not in shared]
        lines += [line for each in own for line in _tagged(each)]
        for example in command.examples:
            lines += [".PP", ".RS 4", ".EX", _roff(example), ".EE", ".RE"]
    lines.append(".SH EXIT STATUS")
    lines += [line for code, meaning in CODES for line in _tagged(Option(code, meaning))]
    lines.append(".SH ENVIRONMENT")
    lines += [line for each in variables() for line in _tagged(each)]
    lines += [".SH FILES", ".TP", ".I data/journal", "Every report and decision, appended and never changed."]
    return "\n".join(lines) + "\n"


def _tagged(option: Option) -> list[str]:
    return [".TP", f".B {_roff(option.written)}", _roff(option.meaning) or "\\&"]


def _roff(text: str) -> str:
    """Return a text in which roff finds no command of its own."""
    line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    line = re.sub(r"[^\x00-\x7f]", lambda letter: f"\\[u{ord(letter[0]):04X}]", line)
    return re.sub(r"^([.'])", r"\\&\1", line)
