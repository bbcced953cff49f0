"""Does ``bench.scale`` say what it measured, and what it missed?"""

import os
import subprocess
import sys

from bench.scale.__main__ import result_of
from bench.scale.meter import Meter

BUSY = "import subprocess, sys, time; subprocess.run([sys.executable, '-c', {inner!r}]); time.sleep(1.5)"
INNER = (
    "import time; held = b'x' * (100 << 20); end = time.process_time() + 1\n"
    "while time.process_time() < end: 0"
)


def run(workers, number, seconds):
    return {
        "step": "s",
        "clock, s": seconds,
        "processor, s": 1.0,
        "memory, MB": 10,
        "workers": workers,
        "run": number,
    }


def test_two_workers_are_held_against_one_in_their_last_runs():
    rows = [{"step": "export", "clock, s": 1.0, "processor, s": 1.0, "memory, MB": 30_000}]
    rows += [run(1, 1, 50.0), run(1, 2, 30.0), run(2, 1, 50.0), run(2, 2, 20.0)]
    aims = dict(result_of(rows, 1_000, is_alike=True)["aims"])
    assert aims == {
        "the same bytes from one process and from Spark": True,
        "two workers at least 1.5 times as fast as one (1.50)": True,
        "within 24,576 MB, all processes together (30,000)": False,
    }
    slower = result_of([*rows, run(2, 3, 25.0)], 1_000, is_alike=False)["aims"]
    assert [is_met for _, is_met in slower] == [False, False, False]


def test_what_a_command_has_started_counts_as_its_own_also_after_it_has_ended():
    process = subprocess.Popen([sys.executable, "-c", BUSY.format(inner=INNER)], start_new_session=True)
    with Meter(lambda: [process.pid]) as meter:
        process.wait()
    assert meter.processor_s >= 1.0
    assert 100 < meter.memory_mb < 200
    with Meter(lambda: [os.getsid(0) + 10_000_000]) as nobody:
        pass
    assert (nobody.processor_s, nobody.memory_mb) == (0.0, 0)
