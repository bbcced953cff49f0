"""``python -m tests.fuzz [TARGET …] --seconds 60``: atheris looks for bytes that a parser takes badly.

Guided by what of the code each input reaches. A target ends after its seconds, or with the first input that
raises anything but a refusal, takes 10 seconds or 2 GB; that input is printed and kept, and the end is 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("csv", "json", "xlsx", "mapping", "wording")
LONGEST_INPUT = {"csv": 4_000, "json": 4_000, "xlsx": 6_000, "mapping": 6_000, "wording": 80}
"""Bytes of an input: what goes wrong goes wrong in few."""
LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1")


def fuzz(name: str, corpus: Path, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["service"]):
        from tests.fuzz.targets import TARGETS
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [*LIMITS, f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT[name]}"]
    atheris.Setup([sys.argv[0], str(corpus), *limits, f"-artifact_prefix={name}-"], TARGETS[name].work)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--seconds", type=int, default=60, help="of each target")
    parser.add_argument("--corpus", type=Path, help="fuzz the one target in this process")
    words = parser.parse_args()
    if unknown := set(words.targets) - set(NAMES):
        parser.error(f"no such target: {', '.join(unknown)}. There are {', '.join(NAMES)}.")
    if words.corpus is not None:
        fuzz(words.targets[0], words.corpus, words.seconds)
    failed = []
    for name in words.targets or NAMES:
        with tempfile.TemporaryDirectory() as corpus:
            command = [sys.executable, "-m", "tests.fuzz", name, "--corpus", corpus]
            if subprocess.run([*command, "--seconds", str(words.seconds)], check=False).returncode:
                failed.append(name)
    sys.stdout.write(f"Failed: {', '.join(failed) or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
