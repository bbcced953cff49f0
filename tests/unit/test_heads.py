"""A head kept elsewhere: it proves what the ledger held, and who vouched for it."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.errors import JournalDamaged, QueryError, StoreError
from service.ledger import Store
from service.ledger.heads import Signer, open_journal, read_head, verify_beside
from service.ledger.journal import Journal
from service.schema.records import Head
from tests.builders import batch, moment, report
from tests.faults.history import fill

AT = moment("2026-11-29T10:00")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "data") as store:
        fill(store)
    return tmp_path / "data"


def codes(data: Path, head: Head) -> list[str]:
    return [finding.code for finding in verify_beside(data, [(head.seq, head.hash)])[1]]


def test_every_earlier_head_is_a_beginning_and_any_other_is_not(data: Path) -> None:
    journal = open_journal(data)
    for seq in range(journal.head.seq + 1):
        known = journal.hash_at(seq)
        assert known is not None
        assert codes(data, Head(seq, known)) == codes(data, Head(seq, known[:12])) == []
        assert codes(data, Head(seq, known[:11] + ("0" if known[11] != "0" else "1"))) == ["head_differs"]
    assert codes(data, Head(10, "0" * 64)) == ["head_missing"]


def test_an_older_copy_and_a_journal_chained_anew_are_found_by_a_head_kept_elsewhere(
    data: Path,
) -> None:
    older = shutil.copytree(data, data.with_name("older"))
    with Store.open(data) as store:
        store.submit(batch(report(count=7)), recorded_at=moment("2025-03-16"))
        kept = store.head
        assert store.verify([(kept.seq, kept.hash)]) == []
        assert [finding.code for finding in store.verify([(kept.seq, "0" * 64)])] == ["head_differs"]
    with Store.open(older) as store:
        assert store.verify() == []
    assert codes(older, kept) == ["head_missing"]
    forged = Journal.open(data.with_name("forged"))
    for number, (_, content) in enumerate(open_journal(data).contents()):
        forged.append(content if number != 4 else content + b" ")
        forged.sync()
    forged.close()
    shutil.rmtree(data / "journal")
    data.with_name("forged").rename(data / "journal")
    assert codes(data, Head(4, open_journal(data).hash_at(4) or "")) == []
    assert codes(data, kept) == ["head_differs"]


def test_of_any_tampering_with_the_journal_none_is_missed_and_none_is_made_up(data: Path) -> None:
    chance = random.Random(16)
    kept = open_journal(data).head
    segment = data / "journal/000001.seg"
    sound = segment.read_bytes()
    for _ in range(300):
        tampered = tamper(sound, chance)
        segment.write_bytes(tampered)
        try:
            is_found = bool(codes(data, kept)) or open_journal(data).tear is not None
        except JournalDamaged:
            is_found = True
        assert is_found == (tampered != sound)


def tamper(sound: bytes, chance: random.Random) -> bytes:
    """The bytes of a segment after one change at random; one in eight is none."""
    first, last = sorted(chance.sample(range(len(sound) + 1), 2))
    return chance.choice(
        [
            lambda: sound,
            lambda: sound[:first],
            lambda: sound[:first] + sound[last:],
            lambda: sound[:first] + bytes([sound[first] ^ 1 << chance.randint(0, 7)]) + sound[first + 1 :],
            lambda: sound[:first] + bytes(last - first) + sound[last:],
            lambda: sound[:first] + chance.randbytes(last - first) + sound[last:],
            lambda: sound[last:] + sound[first:last] + sound[:first],
            lambda: sound[:first] + sound[first:last] * 2 + sound[last:],
        ]
    )()


def test_a_signed_head_is_read_back_and_a_changed_one_is_refused(data: Path) -> None:
    signed = Signer.of(data).sign(open_journal(data).head, AT)
    words = signed.words()
    assert read_head(json.dumps(words)) == (signed.head.seq, signed.head.hash)
    assert Signer.of(data).public_key == signed.public_key
    assert (data / "head.key").stat().st_mode & 0o777 == 0o600
    changes = {
        "entries": 8,
        "hash": "0" * 64,
        "signed_at": "2026-11-29T10:00:00.000001Z",
        "public_key": Signer.of(data.parent).public_key,
        "signature": "00" * 64,
    }
    for name, value in changes.items():
        with pytest.raises(QueryError, match=r"is not by the key [0-9a-f]{16}… that it names"):
            read_head(json.dumps({**words, name: value}))


@pytest.mark.parametrize(
    "text",
    ["", "12", "12-", "x-0123456789ab", "12-0123", "[]", "{}", '{"entries": 1, "hash": 5}', "1" * 99],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="is no head"):
        read_head(text)


def test_a_damaged_key_is_named_and_never_replaced(data: Path) -> None:
    (data / "head.key").write_text("no key")
    with pytest.raises(StoreError, match="is damaged"):
        Signer.of(data)
    assert (data / "head.key").read_text() == "no key"


def test_verify_beside_a_writer_reads_what_is_synced_and_finds_no_fault(data: Path) -> None:
    with Store.open(data) as store:
        for number in range(5):
            store.submit(batch(report(count=100 + number)), recorded_at=moment("2025-03-16"))
            head, faults = verify_beside(data, [(store.head.seq, store.head.hash)])
            assert (head, faults) == (store.head, [])


def test_an_outsider_can_check_a_signature_with_what_the_manual_says(data: Path) -> None:
    said = Signer.of(data).sign(Head(7, "ab" * 32), moment("2025-03-12")).words()
    signed = "".join(f"{line}\n" for line in ("casualty-ledger head", 7, "ab" * 32, said["signed_at"]))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(said["public_key"])))
    key.verify(bytes.fromhex(str(said["signature"])), signed.encode())  # raises where it is not so
