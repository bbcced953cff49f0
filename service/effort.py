"""May this answer be worked out now, and may it be worked out at all?

Whoever answers for others opens a ``Workshop``: so many answers are worked out at a time, so many wait for a
moment, and no answer may take more time or memory than it allows. What is about to work says first what that
will take (``begin``), estimated from the size of what it reads. Work that is small needs no place. Where
nobody has opened a workshop (a command, a notebook) all work goes ahead. It must not know what is worked out.

>>> begin(seconds=900.0, memory=1 << 40)
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextvars import ContextVar
from typing import ParamSpec, Protocol, TypeVar

from service import deadline
from service.errors import CasualtyError
from service.sentence import message, sentence

SMALL = 0.25
"""Seconds of work that need no place."""
MANY = 4_000
"""Rows from which on going through them wants a place, and is worth sending to another process."""
PATIENCE = 0.7
"""Seconds that an answer waits for a place before it is refused."""
LOOK = 0.1
"""Seconds between two looks of who waits for others whether there is time left."""
WINDOW = 60.0
"""Seconds over which the work done for one client is counted."""
MOST_CLIENTS = 10_000
"""Clients whose work is remembered."""
_NARROW = message(
    "Name a crisis, a place or a shorter span, or take another format; whoever runs the service may allow "
    "more (CASUALTY_ANSWER_TIME, CASUALTY_ANSWER_MEMORY)."
)

_LATER_OR_LESS = message(
    "Ask again in a moment, or for less: one crisis, one place or a shorter span may need no process. "
    "Whoever runs the service finds the reason in its log."
)

P = ParamSpec("P")
T = TypeVar("T")
_work: ContextVar[Work | None] = ContextVar("work", default=None)


class TooBusy(CasualtyError):
    """All places are taken just now; the same question may be answered in a moment."""

    code = "too_busy"


class TooMuch(CasualtyError):
    """An answer that takes more than whoever runs the service allows, now and later."""

    code = "too_much"


class TooMuchForOne(CasualtyError):
    """A client for whom more has been worked out lately than one client may ask for."""

    code = "too_much_for_one"


@dataclasses.dataclass(frozen=True)
class Allowed:
    """What a workshop allows.

    ``places``: answers worked out at a time; ``waiting``: answers that wait for one; ``following``: answers
    that wait for the making of the same one; ``seconds`` and ``memory`` (bytes) of one answer; ``budget``:
    seconds of work for one client in a minute.
    """

    places: int
    waiting: int
    following: int
    seconds: float
    memory: int
    budget: float


class Workshop:
    """The places at which answers are worked out. Safe to use from several threads."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        self._working: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._following = 0
        self._held: Counter[str] = Counter()
        self._spent: dict[str, tuple[float, float]] = {}
        self._is_closed = False
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def work(self, client: str = "") -> Iterator[None]:
        """What is worked out while it lasts is for this client ("": nobody's budget counts)."""
        work = Work(self, client)
        before = _work.set(work)
        try:
            yield
        finally:
            _work.reset(before)
            work.end()

    def close(self) -> None:
        """Let nothing begin any more; what is at work ends at its next step."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def take_place(self, client: str) -> None:
        """Wait a moment for a place. Raises TooBusy, or TooMuchForOne for a client that has had its share."""
        with self._changed:
            self._require_budget(client)
            if self._is_free():
                self._working[client] += 1
                return
            if self._waiting.total() >= self.allowed.waiting or self._is_crowding(client):
                raise self.busy()
            self._waiting[client] += 1
            try:
                if not self._changed.wait_for(self._is_free, PATIENCE):
                    raise self.busy()
                self._working[client] += 1
            finally:
                self._waiting[client] -= 1

    def leave_place(self, client: str, seconds: float) -> None:
        """Give a place back after so many seconds of work."""
        with self._changed:
            self._working[client] -= 1
            if client:
                spent, now = self._spent_by(client), time.monotonic()
                if len(self._spent) >= MOST_CLIENTS:
                    self._spent = {who: each for who, each in self._spent.items() if self._spent_by(who)}
                self._spent[client] = (spent + seconds, now)
            self._working, self._waiting = +self._working, +self._waiting
            self._changed.notify()

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """While it lasts, somebody waits for what another thread is making. Raises TooBusy where many do."""
        with self._changed:
            if self._following >= self.allowed.following:
                raise self.busy()
            self._following += 1
        try:
            yield
        finally:
            with self._changed:
                self._following -= 1

    def follow(self, coming: Future[T]) -> T:
        """Return what another thread is making. Raises TooBusy where many wait like this, or for too long."""
        with self.following():
            try:
                return coming.result(deadline.seconds_left())
            except FutureTimeoutError:
                raise self.busy() from None

    def hold(self, client: str, size: int) -> Callable[[], None]:
        """Keep ``size`` bytes of an answer until all of it is sent; return what lets them go.

        Raises TooBusy where as much is kept as one answer may take, or half of it for one client.
        """
        with self._changed:
            own = 2 * (self._held[client] + size) if client and self._held[client] else 0
            if self._held.total() and max(self._held.total() + size, own) > self.allowed.memory:
                raise self.busy()
            self._held[client] += size

        def let_go() -> None:
            with self._changed:
                self._held[client] -= size
                self._held = +self._held

        return let_go

    def busy(self) -> TooBusy:
        """Return the refusal of what may be answered in a moment."""
        return TooBusy(
            "As many answers are being worked out as this service takes on at a time.",
            fix="Ask again in a moment, or for less: one crisis, one place or a shorter span may need no "
            "place. Answers that are ready are not affected.",
        )

    def _is_free(self) -> bool:
        if self._is_closed:
            raise self.busy()
        return self._working.total() < self.allowed.places

    def _is_crowding(self, client: str) -> bool:
        """Whether a client has half of the places to wait at already."""
        return bool(client) and 2 * self._waiting[client] >= self.allowed.waiting

    def _spent_by(self, client: str) -> float:
        """Return the seconds worked for a client lately: what was spent fades within the window."""
        spent, at = self._spent.get(client, (0.0, 0.0))
        faded = (time.monotonic() - at) * self.allowed.budget / WINDOW
        return max(0.0, spent - faded)

    def _require_budget(self, client: str) -> None:
        if client and self._spent_by(client) > self.allowed.budget:
            raise TooMuchForOne(
                sentence(
                    "More than %(seconds)s seconds of work in a minute have been done for you.",
                    seconds=f"{self.allowed.budget:g}",
                ),
                fix="Ask again in a minute, for less (name a crisis, a place or a shorter span), and for "
                "what has not changed with its ETag.",
            )


class Run(Protocol):
    """Calls a function that has so many ``rows`` to go through: here, or wherever it holds up nobody."""

    def __call__(
        self, rows: int, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> T: ...


def run_here(rows: int, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:  # noqa: ARG001
    """Call the function in this process, however many rows it has to go through."""
    return function(*arguments, **named)


@dataclasses.dataclass(frozen=True)
class Terms:
    """On what terms an answer is worked out: what is allowed, and the seconds counted so far."""

    allowed: Allowed
    counted: float


class Work:
    """The work on one answer: the seconds it takes in all, and whether it has a place."""

    def __init__(self, workshop: Workshop, client: str) -> None:
        self.workshop, self._client = workshop, client
        self.seconds = 0.0
        self._began: float | None = None

    def begin(self, seconds: float, memory: int) -> None:
        """See ``begin``."""
        self.seconds += seconds
        self.expect(0.0, memory)

    def expect(self, more: float, memory: int = 0) -> None:
        """See ``expect``."""
        allowed, seconds = self.workshop.allowed, self.seconds + more
        if memory > allowed.memory:
            raise TooMuch(
                sentence(
                    "The answer takes about %(memory)s MiB of memory to work out; %(allowed)s are allowed.",
                    memory=f"{memory >> 20:,}",
                    allowed=f"{allowed.memory >> 20:,}",
                ),
                fix=_NARROW,
            )
        if seconds > allowed.seconds:
            raise TooMuch(
                sentence(
                    "The answer takes about %(seconds)s seconds to work out; %(allowed)s are allowed.",
                    seconds=f"{seconds:,.0f}",
                    allowed=f"{allowed.seconds:g}",
                ),
                fix=_NARROW,
            )
        if seconds > SMALL:
            self.take_place()

    def take_place(self) -> None:
        """See ``take_place``."""
        if self._began is None:
            self.workshop.take_place(self._client)
            self._began = time.monotonic()

    def end(self) -> None:
        if self._began is not None:
            self.workshop.leave_place(self._client, time.monotonic() - self._began)
            self._began = None


def begin(*, seconds: float = 0.0, memory: int = 0) -> None:
    """Say that work begins that takes about so many ``seconds``, besides earlier ones, and while it lasts so
    many bytes of ``memory``.

    Raises TooBusy, TooMuch or TooMuchForOne as the workshop has it, NotAtOnce where nobody may be kept
    waiting.
    """
    deadline.will_take_time()
    work = _work.get()
    if work is not None:
        work.begin(seconds, memory)


def expect(seconds: float) -> None:
    """Say that about so many ``seconds`` of work will follow, each of which ``begin`` counts when it begins.

    Raises as ``begin`` does: what will take too much is refused before it has cost anything.
    """
    deadline.will_take_time()
    work = _work.get()
    if work is not None:
        work.expect(seconds)


def take_place() -> None:
    """Say that work begins that wants a place, however little of it has been counted. Raises as ``begin``."""
    deadline.will_take_time()
    work = _work.get()
    if work is not None:
        work.take_place()


def terms() -> Terms | None:
    """Return on what terms the answer at hand is worked out; None for none."""
    work = _work.get()
    return None if work is None else Terms(work.workshop.allowed, work.seconds)


@contextlib.contextmanager
def on_terms(terms: Terms | None) -> Iterator[Callable[[], float]]:
    """Work on the terms of another process, whose place this work has; gives what returns the seconds
    counted by then."""
    if terms is None:
        yield counted
        return
    with Workshop(dataclasses.replace(terms.allowed, places=1, budget=float("inf"))).work():
        count_up_to(terms.counted)
        yield counted


def count_up_to(seconds: float) -> None:
    """Count so many seconds in all for the answer at hand, which were worked elsewhere."""
    work = _work.get()
    if work is not None:
        work.seconds = max(work.seconds, seconds)


def too_much_memory(terms: Terms | None) -> TooMuch:
    """Return the refusal of what took more memory than was thought."""
    if terms is None:
        return TooMuch("The answer takes more memory to work out.", fix=_NARROW)
    said = sentence(
        "The answer takes more memory than the %(allowed)s MiB that are allowed to work out.",
        allowed=f"{terms.allowed.memory >> 20:,}",
    )
    return TooMuch(said, fix=_NARROW)


def did_not_survive() -> TooMuch:
    """Return the refusal of what ended the process that worked it out."""
    return TooMuch("The process that worked the answer out did not survive it.", fix=_NARROW)


def has_no_process() -> TooBusy:
    """Return the refusal of what would be worked out by another process, which the system does not give."""
    return TooBusy(
        "The system gives this service no process to work the answer out.",
        fix=_LATER_OR_LESS,
    )


def is_stopped() -> TooBusy:
    """Return the refusal of what is worked out by processes that somebody stops again and again."""
    return TooBusy(
        "The processes that work answers out are being stopped.",
        fix=_LATER_OR_LESS,
    )


def counted() -> float:
    """Return the seconds of work counted so far for the answer at hand."""
    work = _work.get()
    return 0.0 if work is None else work.seconds


def wait(event: threading.Event) -> None:
    """Wait for what another thread is making. Raises TooBusy where many wait like this, or TooSlow."""
    work = _work.get()
    if work is None:
        event.wait(deadline.seconds_left())
    else:
        with work.workshop.following():
            event.wait(deadline.seconds_left())
    check()


@contextlib.contextmanager
def turn(lock: threading.Lock) -> Iterator[None]:
    """Have a lock under which other threads work for long. Raises TooBusy where many wait like this, or
    TooSlow."""
    if not lock.acquire(blocking=False):
        work = _work.get()
        with contextlib.nullcontext() if work is None else work.workshop.following():
            while not lock.acquire(timeout=LOOK):
                check()
    try:
        yield
    finally:
        lock.release()


def check() -> None:
    """Raise TooSlow where the time for the answer is up, TooBusy where the workshop has closed."""
    deadline.check()
    work = _work.get()
    if work is not None and work.workshop.is_closed:
        raise work.workshop.busy()
