"""Is what is to be changed still as the client saw it?

``If-Match`` on a decision about a report carries the ETag of the report's history, or the ``Casualty-Head``
of any answer, in quotation marks. The ledger itself compares, within the write: so of two who decide at once
one is told. A write that compares nothing refuses the header, since it may not be overlooked (RFC 9110).
"""

from __future__ import annotations

import re

from fastapi import Request

from service.answers.filters import HEAD
from service.schema.records import Head
from service.sentence import sentence
from service.web.errors import Refusal

HEADER = "If-Match"
_STRONG_TAG = re.compile(rf'\s*"({HEAD})(?:\.[0-9a-f]+)?"\s*')


def seen_head(request: Request) -> Head | None:
    """Return the head at which the client saw the report; None where it says nothing, or would have any.

    Of several tags the latest counts. Raises Refusal (412) where none is a tag of a report or a head.
    """
    sent = request.headers.get(HEADER)
    if sent is None or sent.strip() == "*":
        return None
    tags = [match[1] for match in map(_STRONG_TAG.fullmatch, sent.split(",")) if match]
    if not tags:
        raise Refusal(
            "precondition_failed", sentence("%(tag)s is no state of a report.", tag=repr(sent[:100])),
            fix="Send the ETag of its history, or the Casualty-Head of an answer in quotation marks.",
        )  # fmt: skip
    return max((Head(int(seq), digest) for seq, _, digest in (tag.partition("-") for tag in tags)), key=_seq)


def refuse_if_match(request: Request) -> None:
    """Raise Refusal (412) for a write that compares nothing and is asked to."""
    if HEADER in request.headers:
        raise Refusal(
            "precondition_failed", "If-Match has nothing to be compared with at this address.",
            fix="Leave it out; withdraw, reinstate and correct take it.",
        )  # fmt: skip


def _seq(head: Head) -> int:
    return head.seq
