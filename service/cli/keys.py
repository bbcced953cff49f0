"""Who may write over HTTP?

``casualty keys`` makes a key, lists the keys, revokes one. It works while a server holds the ledger: the keys
have a lock of their own, and the server sees a change at its next request.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Session, spread
from service.cli.session import data_dir_of
from service.cli.terminal import grid, note, show, write
from service.errors import ReadOnly

if TYPE_CHECKING:
    from service.ledger.api_keys import Key, Keyring

app = typer.Typer(name="keys", rich_markup_mode=None)


class Role(StrEnum):
    """The roles of ``service.ledger.api_keys``, which is not loaded for a help text; a test compares them."""

    REPORTER = "reporter"
    EDITOR = "editor"


def create(
    session: Session,
    role: Annotated[
        Role,
        typer.Option(help="A reporter hands reports in; an editor also withdraws and corrects them."),
    ],
    label: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="What the key is for, to tell it by later.")
    ] = "",
) -> None:
    """Make a key and print it, once: it is stored as a hash and cannot be shown again."""
    from service.api import now
    from service.ledger.api_keys import Role as KeyRole

    key, secret = _keyring(session).create(KeyRole(role.value), at=now(), note=label)
    if session.as_json:
        write(json.dumps({"key": secret, "id": key.id, "role": key.role}) + "\n")
        return
    write(f"{secret}\n")
    if not session.quiet:
        note(f"Key {key.id} ({key.role}). Keep it now: it cannot be shown again.")


def list_(session: Session) -> None:
    """List the keys: id, role, what for, since when, and when revoked."""
    rows = [_row(key) for key in _keyring(session).all()]
    if session.as_json:
        write(json.dumps(rows, ensure_ascii=False) + "\n")
    elif rows:
        show(grid(list(rows[0]), [[str(cell or "") for cell in row.values()] for row in rows]))
    elif not session.quiet:
        note("There are no keys. Make one with: casualty keys create --role reporter")


def revoke(
    session: Session,
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `casualty keys list` has it.")],
) -> None:
    """Make a key worthless from this moment on."""
    from service.api import now

    stored = _keyring(session).revoke(key, at=now())
    if session.as_json:
        write(json.dumps(_row(stored), ensure_ascii=False) + "\n")
    elif not session.quiet:
        show(f"Key {stored.id} is revoked.")


@app.callback(invoke_without_command=True)
def keys(context: typer.Context) -> None:
    """Keys for handing in over HTTP; reading needs none."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")


app.command("create")(spread(create))
app.command("list")(spread(list_))
app.command("revoke")(spread(revoke))


def _keyring(session: Session) -> Keyring:
    from service.ledger.api_keys import Keyring
    from service.publication import is_published

    if is_published(data_dir_of(session)):
        raise ReadOnly.of_publication()
    return Keyring(data_dir_of(session))


def _row(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "role": str(key.role),
        "note": key.note,
        "created_at": f"{key.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "revoked_at": f"{key.revoked_at:%Y-%m-%dT%H:%M:%SZ}" if key.revoked_at else None,
    }
