"""Is nothing of root's left in the data directory of the user whom the service runs as?"""

import os

import pytest

from service.cli import main
from service.ledger import Store
from tests.builders import batch, moment, report

SERVICE_USER = 54321
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a directory to another user")


@pytest.fixture
def service_dir(tmp_path):
    """A ledger, all of whose files are the service user's."""
    place = tmp_path / "data"
    with Store.open(place) as store:
        store.submit(batch(report(count=683)), recorded_at=moment("2025-03-12T00:00"))
    for path in (place, *place.rglob("*")):
        os.chown(path, SERVICE_USER, SERVICE_USER)
    return place


def owners(place):
    return {path.stat().st_uid for path in (place, *place.rglob("*"))}


@pytest.mark.parametrize(
    "command",
    [
        "keys create --role editor",
        "rebuild",
        "series",
        "areas add-country Nepal",
        "head --sign",
        "serve --port 0",
    ],
)  # fmt: skip
def test_root_is_told_whom_to_be_and_makes_nothing(service_dir, capsys, command):
    assert main([*command.split(), "--data-dir", str(service_dir)]) == 3
    complaint = capsys.readouterr().err
    assert f"is that of the user #{SERVICE_USER}" in complaint
    assert f"`sudo -u #{SERVICE_USER} casualty" in complaint
    assert owners(service_dir) == {SERVICE_USER}


def test_root_may_read_and_copy_the_journal_of_another_user(service_dir, tmp_path, capsys):
    assert main(["head", "--data-dir", str(service_dir)]) == 0
    assert main(["backup", str(tmp_path / "ledger.tar"), "--data-dir", str(service_dir)]) == 0
    assert owners(service_dir) == {SERVICE_USER}
    empty = tmp_path / "volume"
    empty.mkdir()
    os.chown(empty, SERVICE_USER, SERVICE_USER)
    assert main(["restore", str(tmp_path / "ledger.tar"), "--data-dir", str(empty)]) == 3
    assert "is that of the user" in capsys.readouterr().err
    assert list(empty.iterdir()) == []


def test_a_directory_that_keys_are_the_first_in_is_its_owners_alone(tmp_path):
    assert main(["keys", "create", "--role", "editor", "--data-dir", str(tmp_path / "data")]) == 0
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
