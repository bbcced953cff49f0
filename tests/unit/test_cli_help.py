"""Does the command line say what it does: examples that run, schemas that hold, words that complete?"""

import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from typer.testing import CliRunner

from service import connect
from service.cli import INTERRUPTED, app, every_command, main
from service.cli.correct import NOT_ALL_ACCEPTED
from service.cli.examples import EXAMPLES
from service.cli.json_schemas import SCHEMAS, schema_of
from service.errors import CasualtyError, QueryError, StoreError
from service.ledger.api_keys import Keyring, Role
from service.web.openapi_desk import EXAMPLE_MAPPING
from tests.conftest import MOMENT, clock
from tests.unit.test_cli_ingest import GOOD, HEADER

LISTENING = ("serve", "mcp")
"""Commands that answer others until they are stopped."""
DEAR = (*LISTENING, "vintages", "release", "changes", "bounds")
"""Commands that take a second each time: `make test-long` runs them."""
RUNNING = [
    pytest.param(command, line, marks=[pytest.mark.long] if command in DEAR or not n else [])
    for command, lines in EXAMPLES.items()
    for n, line in enumerate(lines)
]
"""The first example of each command runs anyway, to be held against its schema; as it stands in
`make test-long`."""
NAMES = [name for name, _ in every_command() if name not in ("crisis", "keys", "mapping")]


@pytest.fixture(scope="module")
def prepared(seeded_dir, tmp_path_factory):
    """A ledger, and beside it the files that the examples name; not to be written to."""
    place = tmp_path_factory.mktemp("examples")
    shutil.copytree(seeded_dir, place / "data")
    (place / "my-reports.csv").write_text(f"{HEADER}\n{GOOD}\n")
    (place / "desk.toml").write_text(EXAMPLE_MAPPING)
    (place / "desk.csv").write_text("day,place,dead\n2025-03-12,Jableh,7\n")
    held = GOOD.replace("Latakia", "Nowhere at all")
    (place / "held.csv").write_text(f"{HEADER}\n{held}\n")
    (place / "article.txt").write_text("Over 740 civilians were killed in Latakia, SOHR said.")
    assert (
        main(["export", "sources", "-o", str(place / "sources.csv"), "--data-dir", str(place / "data")]) == 0
    )
    assert main(["backup", str(place / "ledger.tar"), "-q", "--data-dir", str(place / "data")]) == 0
    published = str(place / "published")
    assert main(["export", "--parquet", published, "-q", "--data-dir", str(place / "data")]) == 0
    return place


@pytest.fixture
def directory(prepared, tmp_path):
    """The same, the test's own."""
    return shutil.copytree(prepared, tmp_path / "here")


@pytest.fixture
def run(directory, monkeypatch, capfdbinary):
    """Runs a line as a stranger would, with real ids in the place of the made-up ones."""
    monkeypatch.chdir(directory)
    monkeypatch.setenv("CASUALTY_DATA_DIR", str(directory / "data"))

    def call(line):
        capfdbinary.readouterr()
        if "r0123456789abcdef0123" in line:
            with connect(clock=clock) as ledger:
                standing = ledger.reports(area="SY06").query("withdrawn.isna()")["report_id"]
            line = line.replace("r0123456789abcdef0123", standing.iloc[0])
        if "--mapping desk --reason" in line:
            assert main(["mapping", "add", "desk.toml", "-q"]) == 0
        if "held.csv" in line:
            assert main(["ingest", "held.csv", "-q"]) == NOT_ALL_ACCEPTED
        if "1a2b3c4d" in line:
            key, _ = Keyring(directory / "data").create(Role.REPORTER, at=MOMENT)
            line = line.replace("1a2b3c4d", key.id)
        if line.startswith("cat "):
            sent, _, line = line.removeprefix("cat ").partition(" | ")
            given = SimpleNamespace(buffer=io.BytesIO((directory / sent).read_bytes()), isatty=lambda: False)
            monkeypatch.setattr(sys, "stdin", given)
        program, *words = shlex.split(line)
        assert program == "casualty"
        code = main(words)
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def test_every_command_has_examples_and_a_schema():
    assert set(EXAMPLES) == set(NAMES)
    assert set(SCHEMAS) == {*NAMES, "error"}


def test_the_page_names_every_command_and_every_code_it_ends_with():
    text = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    listed = text.partition("| to | commands |")[2].partition("\n\n")[0]
    assert set(NAMES) <= set(re.findall(r"`([a-z -]+)`", listed))
    errors = {kind.exit_code for kind in (CasualtyError, QueryError, StoreError)}
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert codes == {0, NOT_ALL_ACCEPTED, INTERRUPTED, *errors}


@pytest.mark.parametrize("command", NAMES)
def test_the_help_of_a_command_says_what_it_does_and_ends_with_its_examples(command):
    helped = CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=80)
    assert helped.exit_code == 0
    about, _, rest = helped.output.partition("Options:\n")
    assert about.count("\n\n  ") >= 1
    assert rest.rstrip().endswith(EXAMPLES[command][-1])


@pytest.mark.parametrize(("command", "line"), RUNNING, ids=lambda text: text)
def test_every_example_of_the_help_runs(run, directory, command, line):
    if command in LISTENING and (command == "serve" or "--http" in line):
        assert served(directory, shlex.split(line))["url"].startswith("http://")
        return
    if command in LISTENING:  # it ends where its input does
        program = [sys.executable, "-m", "service", *shlex.split(line)[1:]]
        done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        return
    code, _, complaint = run(line)
    assert (code, complaint.count("Traceback")) == (0, 0), complaint


BEGINNING = {
    "serve", "ingest", "register", "crisis new", "areas add", "areas add-country", "mapping add", "restore",
}  # fmt: skip
"""Commands that begin a ledger where there is none, as docs/command-line.md says."""
WITHOUT = {"schema", "doctor", "keys create", "keys list", "keys revoke", "reconcile", "mapping try"}
"""Commands that ask no ledger, or try out on one that nothing is left of."""
READING = [
    *(line for name in NAMES if name not in BEGINNING | WITHOUT | set(LISTENING) for line in EXAMPLES[name]),
    "casualty ingest --retry",
    "casualty export --parquet public",
    "casualty rebuild",
]


def test_only_the_commands_that_are_said_to_begin_a_ledger_begin_one(prepared, tmp_path, monkeypatch, capsys):
    for file in prepared.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASUALTY_DATA_DIR", "mistyped")
    for line in READING:
        sent, _, words = line.rpartition(" | ")
        if sent:
            given = SimpleNamespace(buffer=io.BytesIO(b"killed"), isatty=lambda: False)
            monkeypatch.setattr(sys, "stdin", given)
        code = main(shlex.split(words)[1:])
        complaint = capsys.readouterr().err
        assert (code, "There is no ledger in mistyped." in complaint) == (3, True), (line, complaint)
        assert "`casualty serve`" in complaint, line
        assert not Path("mistyped").exists(), line
    listed = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    said = re.search(r"- \*\*Beginning\*\*: (.*?) begin", listed, re.DOTALL)[1]
    assert set(re.findall(r"`([a-z -]+)`", said)) == BEGINNING


@pytest.mark.parametrize(
    "line",
    [
        "ingest my-reports.csv --dry-run",
        "register sources sources.csv --dry-run",
        "mapping add desk.toml --dry-run",
        "mapping try desk.toml desk.csv",
    ],
)
def test_a_dry_run_where_there_is_no_ledger_says_what_a_new_one_would_and_leaves_none(
    prepared, tmp_path, monkeypatch, capsys, line
):
    monkeypatch.chdir(prepared)
    place = tmp_path / "none-yet"
    assert main([*line.split(), "--data-dir", str(place), "--json"]) == 0
    tried, note = capsys.readouterr()
    assert f"There is no ledger in {place} yet" in note
    assert not place.exists()
    assert main([*line.split(), "--data-dir", str(prepared / "data"), "--json"]) == 0
    assert tried == capsys.readouterr().out


def served(directory, words):
    """What a server says as it starts, on a free port and for this test's ledger."""
    words = [*words[1:], "--port", "0", "--data-dir", str(directory / "data"), "--json"]
    server = subprocess.Popen([sys.executable, "-m", "service", *words], stdout=subprocess.PIPE, text=True)
    told = json.loads(server.stdout.readline())
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=600)
    assert server.returncode == 0
    return told


@pytest.mark.parametrize(
    "command", [pytest.param(name, marks=[pytest.mark.long] if name in DEAR else []) for name in NAMES]
)
def test_what_a_command_prints_with_json_is_what_its_schema_says(run, directory, command):
    words = shlex.split(EXAMPLES[command][0])
    for option in ("-o", "--format"):
        if option in words:
            del words[words.index(option) :][:2]
            words = words[: words.index(option)] + words[words.index(option) + 2 :]
    if command in LISTENING:
        told = served(directory, [*words, "--http"] if command == "mcp" else words)
    else:
        code, said, complaint = run(shlex.join([*words, "--json"]))
        assert code == 0, complaint
        told = json.loads(said)
    valid(told, command)
    if isinstance(told, dict) and "data" in told and command != "findings":  # none may be open
        assert told["data"], "an empty answer would satisfy any schema"


def valid(told, command):
    schema = schema_of(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(
        told, schema, jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker()
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("casualty series --area Latkia --json", 2),
        ("casualty sereis --json", 2),
        ("casualty schema seris --json", 2),
        ("casualty restore nowhere.tar --json", 2),
        ("casualty verify --data-dir my-reports.csv --json", 3),
        ("casualty backup x.tar --data-dir nowhere --json", 3),
    ],
)
def test_a_refusal_is_what_the_schema_of_errors_says(run, line, code):
    ended, said, complaint = run(line)
    assert (ended, said) == (code, "")
    valid(json.loads(complaint), "error")


def test_a_mistyped_command_of_a_schema_is_answered_with_the_nearest(run):
    assert "Did you mean series" in run("casualty schema seris")[2]


@pytest.fixture
def offered(directory, monkeypatch, capsys):
    """What a shell is told, as by a process of its own, when somebody asks how ``words`` may go on."""

    def ask(words, shell):
        for name, value in asking(words, shell, directory / "data").items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            main([])
        return capsys.readouterr().out

    return ask


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("casualty ser", {"series", "serve"}),
        ("casualty series --area SY060", {"SY0600", "SY0602"}),
        ("casualty series --area Jab", {"Jableh"}),
        ("casualty series --crisis syria-c", {"syria-coast-2025-03"}),
        ("casualty reports --source soh", {"sohr"}),
        ("casualty series --measure kil", {"killed"}),
        ("casualty series --population civ", {"civilians"}),
        ("casualty series --method med", {"median"}),
        ("casualty export cri", {"crises"}),
        ("casualty series --area Nowhere", set()),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_shell_completes_commands_and_names(offered, words, expected, shell):
    completed = offered(words, shell)
    assert {word for word in expected if word in completed} == expected
    if not expected:
        assert "SY" not in completed


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_before_there_is_a_ledger_the_shipped_names_complete_and_nothing_is_made(tmp_path, shell):
    assert "SY0602" in typed("casualty series --area SY060", shell, tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_cannot_be_read_completes_to_nothing(directory):
    segment = next((directory / "data" / "journal").iterdir())
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert typed("casualty series --area SY060", "bash", directory / "data").strip() == ""


def asking(words, shell, data_dir):
    """The environment in which a shell asks how ``words`` may go on."""
    asked = {"bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}}
    asked["zsh"] = {"_TYPER_COMPLETE_ARGS": words}
    return {**asked[shell], "_CASUALTY_COMPLETE": f"complete_{shell}", "CASUALTY_DATA_DIR": str(data_dir)}


def typed(words, shell, data_dir):
    """What a shell is told when somebody has typed ``words`` and asks for more."""
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **asking(words, shell, data_dir)},
    )
    assert "Traceback" not in done.stderr
    return done.stdout
