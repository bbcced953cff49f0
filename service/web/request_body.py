"""What did this request carry?

Reads a body up to the limit, as bytes with the name and the format it claims, and refuses what is no report
document (413, 415). ``strict_json`` reads JSON by the letter of its standard: what Python's parser lets pass
(NaN, names given twice, half of a surrogate pair, any depth) is a 400, not a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.types import Message

from service.formats.file_format import MEDIA_TYPES
from service.sentence import listed, sentence
from service.settings import Settings
from service.web.errors import Refusal

JSON = "application/json"
MULTIPART = "multipart/form-data"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_FORMATS = {
    **{media_type.partition(";")[0]: str(fmt) for fmt, media_type in MEDIA_TYPES.items() if fmt != "json"},
    "text/tab-separated-values": "tsv",
    XLSX: "xlsx",
}
"""The media types of files, and the format that each claims."""
MAX_DEPTH = 8
DRAIN_FACTOR = 4
"""How many times the limit is read, and dropped, of a body that is too long: a sender that is cut off while
it sends does not get to read the refusal."""
LONGEST_NAME = 100
LONGEST_NUMBER = 100
FILE_FIELD = "file"
MAPPING_FIELD = "mapping"

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Body(NamedTuple):
    """What was sent: its bytes, the media type and, for a file, its name and the format it claims."""

    data: bytes
    media_type: str
    name: str = ""
    format: str | None = None
    mapping: tuple[str, bytes] | None = None
    """The name and the bytes of the mapping that came along with a file."""


async def read_document(request: Request) -> Body:
    """Return the document of a request: JSON, a file, or a form with one. Raises Refusal (400, 413, 415)."""
    media_type = _media_type(request)
    if media_type not in {JSON, MULTIPART, *FILE_FORMATS}:
        raise _wrong_type(media_type, [JSON, *FILE_FORMATS, MULTIPART])
    data = await read_bytes(request)
    if media_type == MULTIPART:
        return await _read_form(request, data)
    return Body(data, media_type, format=FILE_FORMATS.get(media_type))


async def read_object(request: Request) -> Body:
    """Return the JSON of a request. Raises Refusal (413, 415)."""
    media_type = _media_type(request)
    if media_type != JSON:
        raise _wrong_type(media_type, [JSON])
    return Body(await read_bytes(request), media_type)


ReportDocument = Annotated[Body, Depends(read_document)]
JsonObject = Annotated[Body, Depends(read_object)]


def strict_json(data: bytes) -> Any:  # noqa: ANN401 (JSON has no narrower name)
    """Return the value of a JSON text. Raises Refusal (400) for what is none by the letter of RFC 8259."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise _malformed_json(f"it is nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise _malformed_json(str(error)) from None
    if _is_deeper(value, MAX_DEPTH):
        raise _malformed_json(f"it is nested deeper than {MAX_DEPTH} levels")
    if _SURROGATE.search(data):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _malformed_json("it holds half of a surrogate pair, which is no character") from None
    return value


LIMITS = {"rows": "CASUALTY_ROW_LIMIT", "bytes": "CASUALTY_BODY_LIMIT"}
"""The setting that says how much of something one request may carry."""


def too_large(what: str, limit: int, unit: str) -> Refusal:
    """Return the refusal (413) of something beyond a limit."""
    return Refusal(
        "too_large",
        sentence(
            "%(what)s has more than %(limit)s %(unit)s.",
            what=sentence(what),
            limit=f"{limit:,}",
            unit=sentence(unit),
        ),
        fix=sentence(
            "Hand it in in several parts, or have %(setting)s raised on the server.", setting=LIMITS[unit]
        ),
    )


def _media_type(request: Request) -> str:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal("unsupported_type", "The body is compressed.", fix="Send it without Content-Encoding.")
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_bytes(request: Request) -> bytes:
    """Return the body of a request. Raises Refusal (413) for one above the limit: one that says so itself is
    refused before it is read."""
    settings: Settings = request.app.state.settings
    limit = settings.body_limit
    if _declared_bytes(request) > limit and _stays_open(request):
        raise too_large("The body", limit, "bytes")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > DRAIN_FACTOR * limit:
            break
        if size <= limit:
            parts.append(part)
        else:
            parts.clear()
    if size > limit:
        raise too_large("The body", limit, "bytes")
    return b"".join(parts)


def _declared_bytes(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared[:LONGEST_NUMBER]) if declared.isdecimal() else 0


def _stays_open(request: Request) -> bool:
    """Whether the connection stays open after the answer, so that a sender may finish and then read it."""
    is_closing = request.headers.get("connection", "").strip().lower() == "close"
    return request.scope["http_version"] == "1.1" and not is_closing


async def _read_form(request: Request, data: bytes) -> Body:
    """Return the one file of a form whose bytes are ``data``. Raises Refusal (400)."""

    async def replay() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    async with Request(request.scope, replay).form(max_files=2, max_fields=0) as form:
        upload, mapping = form.get(FILE_FIELD), form.get(MAPPING_FIELD)
        if set(form) - {FILE_FIELD, MAPPING_FIELD} or len(form.multi_items()) > len(set(form)):
            raise Refusal(
                "malformed_body",
                "The form has more than one file and its mapping.",
                fix=sentence(
                    "Send one called %(file_field)s, and its mapping, if any, as %(mapping_field)s.",
                    file_field=repr(FILE_FIELD),
                    mapping_field=repr(MAPPING_FIELD),
                ),
            )
        if not isinstance(upload, UploadFile):
            raise Refusal(
                "malformed_body",
                sentence("The form has no file called %(file_field)s.", file_field=repr(FILE_FIELD)),
                fix=sentence(
                    "Send one, as `curl -F %(file_field)s=@reports.csv` does.", file_field=FILE_FIELD
                ),
            )
        along = None
        if isinstance(mapping, UploadFile):
            along = plain_name(mapping), await mapping.read()
        return Body(await upload.read(), MULTIPART, name=plain_name(upload), mapping=along)


def plain_name(upload: UploadFile) -> str:
    """Return the name of a file that was sent, without what cannot be seen."""
    return "".join(letter for letter in upload.filename or "" if letter.isprintable())[-LONGEST_NAME:]


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has more than one member {twice[:60]!a}")
    return members


def _short_integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(digits)


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_members, parse_int=_short_integer, parse_constant=_refuse_constant
)


def _is_deeper(value: object, levels: int) -> bool:
    """Whether containers are nested in ``value`` for more than so many levels."""
    containers = [value]
    for _ in range(levels):
        inner = (item for container in containers for item in _items(container))
        containers = [item for item in inner if isinstance(item, dict | list)]
    return bool(containers)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _malformed_json(why: str) -> Refusal:
    return Refusal(
        "malformed_body",
        sentence("The body is no sound JSON: %(why)s.", why=why),
        fix="Send JSON as in RFC 8259.",
    )


def _wrong_type(media_type: str, allowed: list[str]) -> Refusal:
    sent = repr(media_type[:80]) if media_type else "missing"
    return Refusal(
        "unsupported_type",
        sentence("The Content-Type is %(sent)s.", sent=sent),
        fix=sentence("Send one of: %(allowed)s.", allowed=listed(allowed)),
    )
