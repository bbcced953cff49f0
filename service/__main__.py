"""The command ``casualty``, and ``python -m service`` where it is not on the path."""

import sys

from service.errors import MissingExtra
from service.extras import explain_missing


def run() -> int:
    """Run the command line of this process and return its exit code.

    Where only what reads a ledger elsewhere is installed there are no commands, which a sentence says.
    """
    try:
        with explain_missing():
            from service.cli import main
    except MissingExtra as error:
        sys.stderr.write(f"casualty: {error}\n")
        return error.exit_code
    return main()


if __name__ == "__main__":
    raise SystemExit(run())
