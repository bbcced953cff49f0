"""Do the steps of the Dockerfile do what they say?

They are run as a script, in a folder in the place of the root of an image: where there is no Docker, nothing
else shows that the image would be built and would answer.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"^(FROM|WORKDIR|RUN|COPY|ENV|USER|HEALTHCHECK|CMD)\s+(.*)$")
STARTS_WITHIN = 120.0
"""Seconds within which the image must be healthy; HEALTHCHECK itself gives it 60."""


def steps() -> list[tuple[str, str]]:
    """The steps of the Dockerfile, each as one line."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    return [(step[1], step[2]) for step in map(STEP.match, text.splitlines()) if step]


def build(image: Path) -> dict[str, str]:
    """Run what builds the image with ``image`` as its root, and return the environment that it sets."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    set_by_image: dict[str, str] = {}
    source = image / "src"
    source.mkdir(parents=True)
    for word, rest in steps():
        if word == "RUN" and "useradd" not in rest:  # the machine's own users stay as they are
            command = rest.replace("/opt/", f"{image}/opt/").replace("--no-cache-dir ", "")
            subprocess.run(command, shell=True, cwd=source, env=environment, check=True, capture_output=True)
        elif word == "COPY" and not rest.startswith("--from"):
            *names, target = rest.split()
            for name in names:
                place = source / (target if len(names) == 1 and target != "./" else name)
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, place)
        elif word == "ENV":
            set_by_image |= dict(pair.split("=", 1) for pair in shlex.split(rest))
    return {**environment, **set_by_image, "PATH": f"{image}/opt/casualty/bin:{environment['PATH']}"}


@pytest.mark.long
def test_the_image_is_built_answers_and_is_found_healthy(tmp_path: Path) -> None:
    environment = build(tmp_path)
    assert environment["CASUALTY_DATA_DIR"] == "/data"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment |= {"CASUALTY_DATA_DIR": str(tmp_path / "data"), "CASUALTY_PORT": str(port)}
    last = dict(steps())
    command = json.loads(last["CMD"])
    health = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    shutil.rmtree(tmp_path / "src")  # the second stage has only what was installed
    process = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        end = time.monotonic() + STARTS_WITHIN
        while subprocess.run(
            health, cwd=tmp_path, env=environment, check=False, capture_output=True
        ).returncode:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < end, "it is not healthy"
        asked = ["casualty", "figures", "--area", "SY06", "--measure", "killed", "--format", "csv"]
        told = subprocess.run(
            asked, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        assert "Latakia" in told.stdout
    finally:
        process.terminate()
        assert process.wait(60) == 0, "it ends when it is told to"
