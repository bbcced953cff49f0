"""In which character encoding is a file written?

One that is declared, else one marked by a byte order mark, else one that the bytes suggest, else UTF-8. The
list is short: UTF-8, UTF-16, Windows-1256 and ISO-8859-6. A finding names what was detected. This module
knows no rows.

>>> detect_encoding("السيرة".encode("windows-1256"))
'windows-1256'
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from service.errors import UnreadableDocument
from service.ingest.cell_text import closest_match
from service.schema.records import Finding
from service.sentence import did_you_mean, join_sentences, listed, message, sentence
from service.vocabulary import Severity

ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16-le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16-be": "utf-16-be",
    "windows-1256": "windows-1256",
    "cp1256": "windows-1256",
    "iso-8859-6": "iso-8859-6",
    "iso8859-6": "iso-8859-6",
}
"""Every name under which an encoding may be declared, and Python's name for it."""

BLOCK = 1 << 23
_SAMPLE = 1 << 20
_ARABIC = "\u0621-\u0652"
_MIXED = re.compile(f"[{_ARABIC}][A-Za-zÀ-ÿŒœ]|[A-Za-zÀ-ÿŒœ][{_ARABIC}]")
_ARTICLE = re.compile(r"\bال")
_WORD = re.compile(f"[{_ARABIC}]{{3}}")
_FIX = message("Save it as CSV UTF-8, or name its encoding, and hand it in again.")


def find_encoding(name: str) -> str:
    """Return Python's name of a declared encoding. Raises UnreadableDocument for one that is not listed."""
    encoding = ENCODINGS.get(name.strip().lower().replace("_", "-"))
    if encoding is None:
        match = closest_match(name.lower(), ENCODINGS)
        raise UnreadableDocument(
            sentence("The encoding %(name)s is not one this reads.", name=repr(name)),
            fix=join_sentences(
                did_you_mean((match,) if match else ()),
                sentence("Name one of %(names)s.", names=listed(sorted(set(ENCODINGS.values())))),
            ),
        )
    return encoding


def detect_encoding(sample: bytes) -> str:
    """Return the encoding that a file's beginning suggests, ``utf-8`` where it suggests no other.

    Of the two Arabic single-byte encodings it is the one in which no word mixes scripts (Arabic decoded
    wrongly gets accented Latin letters) and more words begin with the article. Where neither fits it is
    UTF-8, and reading raises at the first byte that does not fit.
    """
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(sample) >= 4 and sample[1:40:2].count(0) > 0.8 * len(sample[1:40:2]) and 0 not in sample[:40:2]:
        return "utf-16-le"
    if len(sample) >= 4 and sample[:40:2].count(0) > 0.8 * len(sample[:40:2]) and 0 not in sample[1:40:2]:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    candidates: list[tuple[int, str]] = []
    replaced = sample.decode("utf-8", "replace")
    if sum(char > "\x7f" and char != "\ufffd" for char in replaced) > replaced.count("\ufffd"):
        return "utf-8"
    for encoding in ("iso-8859-6", "windows-1256"):
        text = sample.decode(encoding, "replace")
        if "\ufffd" not in text and _WORD.search(text) and not _MIXED.search(text):
            candidates.append((len(_ARTICLE.findall(text)), encoding))
    return max(candidates)[1] if candidates else "utf-8"


def read_utf8_blocks(
    file: BinaryIO, document: str, encoding: str | None
) -> tuple[Iterator[bytes], tuple[Finding, ...]]:
    """Return the document as blocks of UTF-8 without a byte order mark, and findings about its encoding.

    Raises UnreadableDocument for an unknown encoding, and, while the blocks are read, for bytes that the
    encoding does not allow.
    """
    sample = file.read(_SAMPLE)
    if not encoding and sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableDocument(
            sentence("%(document)s is UTF-32, which this does not read.", document=document), fix=_FIX
        )
    chosen = find_encoding(encoding) if encoding else detect_encoding(sample)
    findings: tuple[Finding, ...] = ()
    if not encoding and chosen != "utf-8":
        findings = (
            Finding(
                "encoding_detected",
                Severity.INFO,
                sentence(
                    "%(document)s is not UTF-8; it was read as %(chosen)s.", document=document, chosen=chosen
                ),
                "Name the encoding if letters look wrong.",
                value=chosen,
            ),
        )
    return _transcode(file, sample, document, chosen), findings


def _transcode(file: BinaryIO, block: bytes, document: str, encoding: str) -> Iterator[bytes]:
    """Yield ``block`` and the rest of the file as UTF-8, without a byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, line, is_start = 0, 1, True
    while True:
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            pending = len(error.object) - len(block)
            at = offset - pending + error.start
            line += _line_ends(decoder.decode(block[: max(error.start - pending, 0)]))
            raise UnreadableDocument(
                sentence(
                    "%(document)s is not %(encoding)s: byte %(at)s (line %(line)s) is 0x%(value)s.",
                    document=document,
                    encoding=encoding.upper(),
                    at=at,
                    line=line,
                    value=f"{error.object[error.start]:02x}",
                ),
                fix=_FIX,
            ) from error
        offset, line = offset + len(block), line + _line_ends(text)
        if is_start and text:
            text, is_start = text.removeprefix("\ufeff"), False
        if text:
            yield text.encode("utf-8", "replace")
        if not block:
            return
        block = file.read(BLOCK)


def decode_utf8(data: bytes, document: str) -> str:
    """Return the text of a UTF-8 document, without its byte order mark. Raises UnreadableDocument."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if data.startswith(codecs.BOM_UTF8) else 0)
        line = _line_ends(data[:at].decode("utf-8", "replace")) + 1
        raise UnreadableDocument(
            sentence(
                "%(document)s is not UTF-8: byte %(at)s (line %(line)s) is 0x%(value)s.",
                document=document,
                at=at,
                line=line,
                value=f"{data[at]:02x}",
            ),
            fix=_FIX,
        ) from error


def _line_ends(text: str) -> int:
    """Return how many lines end in a text, as a text editor counts them."""
    ends = text.count("\n")
    return ends + text.count("\r") - text.count("\r\n") if "\r" in text else ends
