"""What did this request carry?

Reads a body up to the limit, as bytes with the name and the format it claims; what is no report document is
refused (413, 415). ``strict_json`` reads JSON as its standard has it: what Python's parser lets pass (NaN,
names given twice, half of a surrogate pair, any depth) is a 400, not a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.types import Message

from service.formats.encode import MEDIA_TYPES
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
DEEPEST = 8
DRAINED = 4
"""How many times the limit is read (and dropped) of a body that is too long, so that its sender gets to read
the refusal."""
LONGEST_NAME = 100
LONGEST_NUMBER = 100
FILE_FIELD = "file"

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Body(NamedTuple):
    """What was sent: its bytes, the media type and, for a file, its name and the format it claims."""

    data: bytes
    media_type: str
    name: str = ""
    format: str | None = None


async def read_document(request: Request) -> Body:
    """The document of a request: JSON, a file, or a form with one file. Raises Refusal (413, 415)."""
    media_type = _media_type(request)
    if media_type not in {JSON, MULTIPART, *FILE_FORMATS}:
        raise _wrong_type(media_type, [JSON, *FILE_FORMATS, MULTIPART])
    data = await _whole(request)
    if media_type == MULTIPART:
        return await _from_form(request, data)
    return Body(data, media_type, format=FILE_FORMATS.get(media_type))


async def read_object(request: Request) -> Body:
    """The JSON of a request. Raises Refusal (413, 415)."""
    media_type = _media_type(request)
    if media_type != JSON:
        raise _wrong_type(media_type, [JSON])
    return Body(await _whole(request), media_type)


Document = Annotated[Body, Depends(read_document)]
Object = Annotated[Body, Depends(read_object)]


def strict_json(data: bytes) -> Any:  # noqa: ANN401 (JSON has no narrower name)
    """The value of a JSON text. Raises Refusal (400) where it is none by the letter of RFC 8259."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise _malformed(f"it is nested deeper than {DEEPEST} levels") from None
    except ValueError as error:
        raise _malformed(str(error)) from None
    if _is_deeper(value, DEEPEST):
        raise _malformed(f"it is nested deeper than {DEEPEST} levels")
    if _SURROGATE.search(data):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _malformed("it holds half of a surrogate pair, which is no character") from None
    return value


def too_large(what: str, limit: int, unit: str) -> Refusal:
    """The refusal of something beyond a limit."""
    return Refusal("too_large", f"{what} has more than {limit:,} {unit}.", fix="Hand it in in several parts.")


def _media_type(request: Request) -> str:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal("unsupported_type", "The body is compressed.", fix="Send it without Content-Encoding.")
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _whole(request: Request) -> bytes:
    settings: Settings = request.app.state.settings
    limit = settings.body_limit
    kept: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > DRAINED * limit:
            break
        if size <= limit:
            kept.append(part)
        else:
            kept.clear()
    if size > limit:
        raise too_large("The body", limit, "bytes")
    return b"".join(kept)


async def _from_form(request: Request, data: bytes) -> Body:
    """The one file of a form that has been read."""

    async def again() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    async with Request(request.scope, again).form(max_files=1, max_fields=0) as form:
        upload = form.get(FILE_FIELD)
        if not isinstance(upload, UploadFile):
            raise Refusal(
                "malformed_body", f"The form has no file called {FILE_FIELD!r}.",
                fix=f"Send one, as `curl -F {FILE_FIELD}=@reports.csv` does.",
            )  # fmt: skip
        name = "".join(letter for letter in upload.filename or "" if letter.isprintable())
        return Body(await upload.read(), MULTIPART, name=name[-LONGEST_NAME:])


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has more than one member {twice[:60]!a}")
    return members


def _whole_number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(digits)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_int=_whole_number, parse_constant=_no_number)


def _is_deeper(value: object, levels: int) -> bool:
    inside = [value]
    for _ in range(levels):
        inside = [each for outer in inside for each in _within(outer) if isinstance(each, dict | list)]
    return bool(inside)


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _malformed(why: str) -> Refusal:
    return Refusal("malformed_body", f"The body is no sound JSON: {why}.", fix="Send JSON as in RFC 8259.")


def _wrong_type(media_type: str, allowed: list[str]) -> Refusal:
    said = repr(media_type[:80]) if media_type else "missing"
    return Refusal(
        "unsupported_type", f"The Content-Type is {said}.", fix=f"Send one of: {', '.join(allowed)}."
    )
