"""``python -m service …`` is ``casualty …``, where the command itself is not on the path."""

from service.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
