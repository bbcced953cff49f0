"""Keys: made once, stored as hashes, revoked at once, and nobody's business but their owner's."""

from __future__ import annotations

import hashlib
import json
import stat
import threading

import pytest

from service.cli import keys as commands
from service.cli import main
from service.errors import NotFound, QueryError, StoreError
from service.ledger.api_keys import FILE_NAME, Keyring, Role
from tests.builders import moment

NOW = moment("2025-03-12T09:00")
LATER = moment("2025-03-13T09:00")


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path / "data")


def test_a_key_opens_what_its_role_allows_and_is_stored_nowhere(keyring, tmp_path):
    key, secret = keyring.create(Role.REPORTER, at=NOW, note="desk")
    assert keyring.find(secret) == key
    assert (key.role, key.note, key.created_at, key.is_valid) == (Role.REPORTER, "desk", NOW, True)
    stored = (tmp_path / "data" / FILE_NAME).read_text()
    assert secret not in stored
    assert secret.split("_", 2)[2] not in stored
    assert key.hash not in repr(key)


def test_a_stored_hash_is_of_the_key_and_a_salt_of_its_own(keyring):
    made = [keyring.create(Role.REPORTER, at=NOW) for _ in range(2)]
    assert len({key.salt for key, _ in made}) == 2
    for key, secret in made:
        assert key.hash == hashlib.sha256(bytes.fromhex(key.salt) + secret.encode()).hexdigest()


def test_no_two_keys_have_the_same_text_or_hash(keyring):
    made = [keyring.create(Role.EDITOR, at=NOW) for _ in range(20)]
    assert len({secret for _, secret in made}) == len({key.hash for key, _ in made}) == 20
    assert {keyring.find(secret).id for _, secret in made} == {key.id for key, _ in made}


@pytest.mark.parametrize("spoil", [
    lambda secret: secret[:-1],
    lambda secret: secret + "A",
    lambda secret: secret.swapcase(),
    lambda secret: "cl_00000000_" + secret.split("_", 2)[2],
    lambda secret: secret.split("_", 2)[2],
    lambda secret: secret.split("_", 2)[1],
    lambda secret: "",
    lambda secret: "_",
    lambda secret: "ключ",
    lambda secret: secret + "x" * 100_000,
])  # fmt: skip
def test_what_is_nearly_a_key_opens_nothing(keyring, spoil):
    _, secret = keyring.create(Role.EDITOR, at=NOW)
    assert keyring.find(spoil(secret)) is None


def test_a_revoked_key_opens_nothing_and_stays_listed(keyring):
    key, secret = keyring.create(Role.REPORTER, at=NOW)
    other, other_secret = keyring.create(Role.EDITOR, at=LATER)
    assert keyring.revoke(key.id, at=LATER).revoked_at == LATER
    assert keyring.find(secret) is None
    assert keyring.find(other_secret) == other
    assert [each.id for each in keyring.all()] == [key.id, other.id]
    assert keyring.revoke(key.id, at=moment("2026-01-01T00:00")).revoked_at == LATER
    with pytest.raises(NotFound, match="nothing-such"):
        keyring.revoke("nothing-such", at=LATER)


def test_another_process_s_keys_are_seen_at_once(keyring, tmp_path):
    elsewhere = Keyring(tmp_path / "data")
    assert keyring.find("cl_1_2") is None
    key, secret = elsewhere.create(Role.REPORTER, at=NOW)
    assert keyring.find(secret) == key
    elsewhere.revoke(key.id, at=LATER)
    assert keyring.find(secret) is None
    (tmp_path / "data" / FILE_NAME).unlink()
    assert keyring.all() == []


def test_keys_made_at_the_same_time_are_all_kept(tmp_path):
    def make() -> None:
        for _ in range(5):
            Keyring(tmp_path).create(Role.REPORTER, at=NOW)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Keyring(tmp_path).all()) == 20


def test_only_the_owner_may_read_the_file(keyring, tmp_path):
    keyring.create(Role.REPORTER, at=NOW)
    assert stat.S_IMODE((tmp_path / "data" / FILE_NAME).stat().st_mode) == 0o600
    (tmp_path / "data" / FILE_NAME).chmod(0o644)
    keyring.create(Role.REPORTER, at=NOW)
    assert stat.S_IMODE((tmp_path / "data" / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{"id": "x"}]}', '{"keys": 1}'])
def test_a_damaged_file_opens_nothing_and_is_not_overwritten(keyring, tmp_path, text):
    _, secret = keyring.create(Role.EDITOR, at=NOW)
    (tmp_path / "data" / FILE_NAME).write_text(text)
    with pytest.raises(StoreError, match=FILE_NAME):
        keyring.find(secret)
    with pytest.raises(StoreError, match=FILE_NAME):
        keyring.create(Role.EDITOR, at=NOW)
    assert (tmp_path / "data" / FILE_NAME).read_text() == text


def test_a_note_is_one_short_line(keyring):
    for note in ("two\nlines", "x" * 201, "\x1b[31m"):
        with pytest.raises(QueryError):
            keyring.create(Role.REPORTER, at=NOW, note=note)
    assert keyring.all() == []


def test_an_editor_may_do_what_a_reporter_may_and_not_the_other_way_round():
    assert Role.EDITOR.covers(Role.REPORTER)
    assert Role.EDITOR.covers(Role.EDITOR)
    assert Role.REPORTER.covers(Role.REPORTER)
    assert not Role.REPORTER.covers(Role.EDITOR)
    assert [role.value for role in commands.Role] == [role.value for role in Role]


# --- on the command line -----------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, capfdbinary):
    def call(*words):
        code = main(["keys", *words, "--data-dir", str(tmp_path)])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def test_the_command_prints_the_key_once(run, tmp_path):
    code, said, _ = run("create", "--role", "reporter", "--json", "--note", "desk")
    secret = json.loads(said)["key"]
    assert code == 0
    key = Keyring(tmp_path).find(secret)
    assert (key.role, key.note) == (Role.REPORTER, "desk")
    for words in (("list",), ("list", "--json"), ("list", "-q")):
        assert secret.split("_", 2)[2] not in run(*words)[1]
    assert run("create", "--role", "editor", "-q")[1].startswith("cl_")


def test_the_command_lists_and_revokes(run, tmp_path):
    secret = json.loads(run("create", "--role", "editor", "--json")[1])["key"]
    (row,) = json.loads(run("list", "--json")[1])
    assert (row["role"], row["revoked_at"]) == ("editor", None)
    assert run("revoke", row["id"])[:2] == (0, f"Key {row['id']} is revoked.\n")
    assert Keyring(tmp_path).find(secret) is None
    assert json.loads(run("list", "--json")[1])[0]["revoked_at"]
    assert run("revoke", "unknown")[0] == 2
    assert run("create", "--role", "boss")[0] == 2


def test_keys_are_made_while_another_process_holds_the_ledger(run, own_ledger, data_dir):
    assert main(["keys", "create", "--role", "reporter", "--data-dir", str(data_dir)]) == 0
    assert len(Keyring(own_ledger.store.data_dir).all()) == 1


def test_keys_alone_shows_what_can_be_done(capfdbinary):
    assert main(["keys"]) == 0
    said = capfdbinary.readouterr().out.decode()
    assert all(word in said for word in ("create", "list", "revoke"))
