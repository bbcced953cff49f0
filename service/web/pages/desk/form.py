"""What did somebody type into a form of the desk, and may its key do what it asks?

The key stands in a field of the form, so that no other page can send one for a reader. A form is always read
to its end before anything is refused: what was typed is shown again beside the reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from service.errors import CasualtyError
from service.ledger.api_keys import Key, Role
from service.sentence import sentence
from service.web import gc_tuning
from service.web.access import NeedsKey, refuse_key_in_address, require_key, require_role
from service.web.errors import PROBLEMS, Refusal
from service.web.request_body import MULTIPART, plain_name, read_bytes

KEY_FIELD, FILE_FIELD = "key", "file"
CLICKED_PARTS = 3
MOST_FIELDS = 8_000
"""Fields of one form: a page's grid of cells has no more."""


@dataclasses.dataclass(frozen=True)
class Trouble:
    """Why a form was not accepted: one sentence, what to do, and the status of the answer."""

    message: str
    fix: str
    status: int
    suggestions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Form:
    """The fields of a form by name, each with all its values, and its file, if any (name, bytes)."""

    fields: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    key: Key | Refusal | None = None
    """The key, else why it is none that is good for this; None on a page that nobody has sent yet."""

    def text(self, name: str) -> str:
        """Return the value of a field without blanks around it; "" where there is none."""
        return self.fields.get(name, ("",))[0].strip()

    def as_typed(self, name: str) -> str:
        """Return the value of a field with the blanks around it: a table may begin with one."""
        return self.fields.get(name, ("",))[0]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, as typed."""
        return self.fields.get(name, ())

    def require_key(self) -> Key:
        """Return the key. Raises Refusal (400, 401, 403)."""
        if not isinstance(self.key, Key):
            raise self.key or Refusal("key_needed", "The form has no key.", fix="Type your key.")
        return self.key


class KeyInForm(NeedsKey):
    """The dependency of a page's form; gives the route the ``Form``, its key judged by the role."""

    async def __call__(self, request: Request) -> Form:
        """Return the form. Raises Refusal (400, 413, 415) for a body that is none."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
            raise Refusal(
                "unsupported_type",
                "This address takes its own form.",
                fix=sentence("Send %(media_type)s.", media_type=MULTIPART),
            )
        data = await read_bytes(request)
        fields, file = await _read_fields(request, data)
        return Form(fields, file, self._judge(request, fields))

    def _judge(self, request: Request, fields: Mapping[str, tuple[str, ...]]) -> Key | Refusal:
        try:
            refuse_key_in_address(request)
            secret = fields.get(KEY_FIELD, ("",))[0].strip()
            key = require_key(request, secret or None, "Handing something in")
            require_role(key, self.role)
        except Refusal as refusal:
            return refusal
        return key


def answer_form(
    form: Form, work: Callable[[Key], str], show: Callable[[Trouble], str], *, status: int = 200
) -> Response:
    """Return the page that ``work`` makes once the key is good, else the page that ``show`` makes of what was
    wrong, with its status. Neither is kept by anybody."""
    gc_tuning.lower_thread_priority()
    try:
        page = work(form.require_key())
    except Refusal as refusal:
        trouble = Trouble(refusal.detail, _fix(refusal), refusal.status)
        page, status = show(trouble), trouble.status
    except CasualtyError as error:
        trouble = Trouble(error.message, error.fix, PROBLEMS[error.code].status, error.suggestions)
        page, status = show(trouble), trouble.status
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def clicked(form: Form) -> tuple[str, str, str]:
    """Return the suggestion that was clicked: its column, the value there, and what is to stand in its place;
    blanks for none."""
    parts = form.text("apply").replace("\r", "").split("\n")
    return (parts[0], parts[1], parts[2]) if len(parts) == CLICKED_PARTS else ("", "", "")


def _fix(refusal: Refusal) -> str:
    """Return what to do, for somebody who sees a form and no header."""
    if refusal.code == "key_needed":
        return sentence(
            "Type the key into its field; whoever runs the service makes keys (%(role)s or higher).",
            role=sentence(Role.REPORTER),
        )
    return refusal.fix


async def _read_fields(
    request: Request, data: bytes
) -> tuple[dict[str, tuple[str, ...]], tuple[str, bytes] | None]:
    """Return the fields and the file of a form whose bytes are ``data``. Raises Refusal (400)."""

    async def replay() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    try:
        whole = Request(request.scope, replay).form(
            max_files=1, max_fields=MOST_FIELDS, max_part_size=max(1, len(data))
        )
        async with whole as form:
            return _fields_of(form), await _file_of(form)
    except HTTPException as error:
        raise Refusal("malformed_body", str(error.detail), fix="Send the form as the page has it.") from error


def _fields_of(form: FormData) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = (*fields.get(name, ()), value)
    return fields


async def _file_of(form: FormData) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the form's file; None where no file was chosen."""
    upload = form.get(FILE_FIELD)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    return plain_name(upload), await upload.read()
