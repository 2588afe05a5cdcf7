"""What is owed to receivers is sent: the order of it, and what is to be done with each outcome.

    owed_of(deliveries, digest, leavers)    who is to get a digest: given to store.cut, so that it is owed from then on
    deliver(errand)                         send all that is due

A message's bytes are made once and kept before the first try, so that every try sends the same. One sender at a time
works, under the delivery lock; what a sender that died left behind is put right first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ..access import Access
from ..config import Deliveries, Delivery
from ..deliver.outcome import Outcome
from ..errors import BroadsheetError, DeliveryError, StoreBusy, StoreError
from ..running import Progress, silent
from ..setup import Setup, load, store_of
from ..store import Message, Owed, Store, has_left, open_store
from ..types import Digest
from ..workspace import Workspace
from .making import Maker
from .ways import Connect, Mailer, Ways, connect

__all__ = ["PAUSES", "Connect", "Errand", "Mailer", "Sender", "deliver", "open_errand", "owed_of", "pause_after"]

_HOUR = timedelta(hours=1)
#: How long to wait after the first failure that may pass, the second, ...; the last one from then on.
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), _HOUR, 4 * _HOUR, 12 * _HOUR, 24 * _HOUR)
#: No server makes us wait for longer.
_LONGEST_PAUSE = timedelta(days=7)
#: Seconds to wait for another sender: it looks once more for what is due right before it ends, so that what was cut
#: while it worked is not left behind.
_WAIT = 2.0
#: The bytes of a message that is over are kept for so long, for whoever wants to know what was sent.
_KEPT = timedelta(days=30)
#: Ids named in one line.
_NAMED = 20


class Sender(Protocol):
    """What is needed to send: a run has it, and so has an errand."""

    @property
    def setup(self) -> Setup:
        """The configuration."""
        ...

    @property
    def store(self) -> Store:
        """Where it is written what is owed."""
        ...

    @property
    def access(self) -> Access:
        """To passwords."""
        ...

    @property
    def now(self) -> datetime:
        """The time of all that happens."""
        ...

    @property
    def leaving(self) -> list[str]:
        """Requests by mail to be left out, and what became of them, a line each."""
        ...

    @property
    def progress(self) -> Progress:
        """Told how far it is."""
        ...

    @property
    def failures(self) -> list[BroadsheetError]:
        """What could not be sent is added here."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Sending without a run."""

    setup: Setup
    store: Store
    access: Access
    now: datetime
    progress: Progress = silent
    #: Requests by mail to be left out, and what became of them, a line each.
    leaving: list[str] = field(default_factory=list)
    failures: list[BroadsheetError] = field(default_factory=list)


@contextmanager
def open_errand(
    workspace: Workspace, *, now: datetime, access: Access | None = None, progress: Progress = silent
) -> Iterator[Errand]:
    """An errand over the workspace's store. Raises ConfigError, RenderError, StoreError."""
    setup = load(workspace)
    with open_store(store_of(setup), workspace.state / "archive") as store:
        yield Errand(setup=setup, store=store, access=access or Access(), now=now, progress=progress)


def owed_of(
    deliveries: Deliveries, digest: Digest, leavers: Collection[tuple[str, str]], *, today: date | None = None
) -> tuple[Owed, ...]:
    """What a digest is to be sent as: one message to each receiver of each delivery that has its profile.

    leavers: of store.leavers.all(). today: without it, no digest is too old. A digest that shows nothing is owed only
    where the delivery wants to hear that all is quiet, or where a source needs a look: then nobody may take silence for
    "nothing new". One that is too old for a delivery from the beginning, made for a day of long ago, is not owed.
    """
    quiet = not digest.shown and not any(report.alarm for report in digest.sources)
    owed: dict[tuple[str, str], Owed] = {}
    for delivery in deliveries.deliveries:
        if not _has(delivery, digest.profile) or (quiet and not delivery.quiet):
            continue
        if today is not None and (today - digest.day).days > delivery.max_age_days:
            continue
        for receiver in delivery.to:
            if delivery.kind == "smtp" and has_left(leavers, receiver, digest.profile):
                continue
            # An address in two deliveries is one reader, who reads a digest once; a folder may be filled by two.
            key = ("smtp", receiver.lower()) if delivery.kind == "smtp" else (delivery.name, receiver)
            owed.setdefault(key, Owed(delivery=delivery.name, kind=delivery.kind, receiver=receiver))
    return tuple(owed.values())


def pause_after(attempt: int, asked: int = 0) -> timedelta:
    """How long to wait after an attempt (counted from 1) that failed; asked: what the server wants, in seconds."""
    usual = PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]
    return max(usual, min(timedelta(seconds=min(max(asked, 0), 10**9)), _LONGEST_PAUSE))


def deliver(sender: Sender, *, paused: bool = False, connect: Connect = connect) -> dict[str, int]:
    """Send all that is due, the oldest day first; how many messages are in each state then.

    paused: also what is to wait before it is tried again. connect: how a mail server is reached. What could not be sent
    goes to sender.failures, a DeliveryError each. Steps back where another process is sending. Raises StoreError.
    """
    outbox = sender.store.outbox
    if any(state in outbox.counts() for state in ("pending", "claimed", "dot")):
        try:
            with sender.store.delivery_lock(now=sender.now, wait=_WAIT):
                _Round(sender, paused=paused, connect=connect).go()
        except StoreBusy as busy:
            # A line for the person, as for all that is waited for; nothing has failed.
            sender.progress(f"waiting messages are left as they are: {busy}", 0, 0)
    return outbox.counts()


class _Round:
    """All that is due, once."""

    def __init__(self, sender: Sender, *, paused: bool, connect: Connect) -> None:
        self._sender = sender
        self._outbox = sender.store.outbox
        self._now = sender.now
        self._paused = paused
        self._connect = connect
        config = sender.setup.config
        self._deliveries = {delivery.name: delivery for delivery in config.deliveries.deliveries}
        self._today = sender.now.astimezone(ZoneInfo(config.settings.timezone)).date()
        self._maker = Maker(setup=sender.setup, store=sender.store, access=sender.access)
        #: What is to be tried again, and what no delivery brings any more, by what was told.
        self._later: defaultdict[str, list[Message]] = defaultdict(list)
        self._orphans: defaultdict[str, list[Message]] = defaultdict(list)
        self._tried: set[int] = set()

    def go(self) -> None:
        """Put right what a dead sender left, then send until nothing is due that was not tried."""
        self._recover()
        self._outbox.prune(self._now - _KEPT)
        # Asked once more when all servers are hung up on, which takes its time: what is cut meanwhile by a run that
        # finds us at work would wait for the next morning.
        while self._due():
            with Ways(self._maker, self._connect) as ways:
                while batch := self._due():
                    for done, message in enumerate(batch):
                        self._sender.progress("delivering", done, len(batch))
                        self._tried.add(message.id)
                        self._send(message, ways)
        self._tell()

    def _due(self) -> list[Message]:
        return [one for one in self._outbox.due(self._now, paused=self._paused) if one.id not in self._tried]

    def _recover(self) -> None:
        resend = [delivery.name for delivery in self._deliveries.values() if delivery.on_unknown == "resend"]
        doubtful = self._outbox.messages(("dot",))
        self._outbox.recover(self._now, resend=resend)
        for message in filter(None, (self._outbox.message(one.id) for one in doubtful)):
            if message.state == "held":
                self._fail(message, f"is held: {message.error}; {_decide(message)}")

    def _tell(self) -> None:
        failures = self._sender.failures
        for told, messages in self._later.items():
            failures.append(DeliveryError("outbox", f"{_names(messages)} tried again later: {told}", transient=True))
        for told, messages in self._orphans.items():
            numbers = " ".join(f"--resend {message.id}" for message in messages[:_NAMED])
            more = " ..." if len(messages) > _NAMED else ""
            remedy = f"if that is a mistake, put it back, then `broadsheet deliver {numbers}{more}`"
            failures.append(DeliveryError("outbox", f"{_names(messages)} not sent: {told}; {remedy}"))

    def _send(self, due: Message, ways: Ways) -> None:
        message = self._outbox.message(due.id)
        if message is None or message.state != "pending":
            # Dropped by a person meanwhile, or taken back with its digest.
            return
        delivery = self._delivery_of(message)
        if delivery is None or (why := self._left(message)):
            why = self._orphaned(message) if delivery is None else why
            self._outbox.settle(message.id, message.attempt, "cancelled", self._now, why)
            return
        if (self._today - message.since).days > delivery.max_age_days:
            told = f"it is older than {delivery.max_age_days} days" + (f"; {message.error}" if message.error else "")
            self._outbox.settle(message.id, message.attempt, "expired", self._now, told)
            self._fail(message, f"is given up: {told}; {_decide(message)}")
            return
        try:
            send = ways.ready(message)
            content = self._content(message)
        except StoreError:
            if self._is_waiting(message):
                raise
            # Dropped, or taken back with its digest, while its bytes were made.
            return
        except BroadsheetError as error:
            # Of our own making: no attempt was begun, and the next round begins with the same.
            self._later[str(error)].append(message)
            return
        claimed = self._outbox.claim(message.id, self._now)
        if claimed is None:
            return
        outcome = send(content, lambda: self._outbox.dot(claimed.id, claimed.attempt, self._now))
        self._settle(claimed, outcome, delivery)

    def _content(self, message: Message) -> bytes:
        content = self._outbox.body(message.id)
        if content is None:
            content, message_id = self._maker.make(message)
            self._outbox.keep(message.id, content, message_id)
        return content

    def _settle(self, message: Message, outcome: Outcome, delivery: Delivery) -> None:
        state = outcome.state
        settle: Callable[..., None] = self._outbox.settle
        if state == "sent":
            settle(message.id, message.attempt, "sent", self._now, outcome.told)
        elif state == "later" or (state == "unknown" and delivery.on_unknown == "resend"):
            again = self._now + pause_after(message.attempt, outcome.pause)
            settle(message.id, message.attempt, "pending", self._now, outcome.told, not_before=again)
            self._later[outcome.told].append(message)
        else:
            after = "held" if state == "unknown" else "failed"
            settle(message.id, message.attempt, after, self._now, outcome.told)
            what = "may have arrived, or may not" if state == "unknown" else "is refused for good"
            self._fail(message, f"{what}: {outcome.told}; {_decide(message)}", transient=False)

    def _is_waiting(self, message: Message) -> bool:
        found = self._outbox.message(message.id)
        return found is not None and found.state == "pending"

    def _delivery_of(self, message: Message) -> Delivery | None:
        """The delivery that brings the message: its own, or, where that was renamed or split, another that does."""
        own = self._deliveries.get(message.delivery)
        every = (*filter(None, (own,)), *self._deliveries.values())
        return next((delivery for delivery in every if _brings(delivery, message)), None)

    def _orphaned(self, message: Message) -> str:
        """Why no delivery brings the message any more."""
        if message.delivery in self._deliveries:
            return f"the delivery {message.delivery} does not bring this to this receiver any more"
        told = f"there is no delivery {message.delivery} any more"
        # A receiver is taken out on purpose; a whole delivery may be missing because a file is.
        self._orphans[told].append(message)
        return told

    def _left(self, message: Message) -> str:
        """Why the receiver does not want it; empty where they do."""
        # Looked up for each: who leaves while others are served is left out too.
        if message.kind == "smtp" and has_left(self._sender.store.leavers.all(), message.receiver, message.profile):
            return "the receiver asked to be left out"
        return ""

    def _fail(self, message: Message, what: str, *, transient: bool = False) -> None:
        self._sender.failures.append(DeliveryError("outbox", f"{_name(message)} {what}", transient=transient))


def _has(delivery: Delivery, profile: str) -> bool:
    return not delivery.profiles or profile in delivery.profiles


def _brings(delivery: Delivery, message: Message) -> bool:
    receivers = [to.lower() if delivery.kind == "smtp" else to for to in delivery.to]
    receiver = message.receiver.lower() if message.kind == "smtp" else message.receiver
    return delivery.kind == message.kind and receiver in receivers and _has(delivery, message.profile)


def _names(messages: Sequence[Message]) -> str:
    """What is told of them, up to its verb."""
    return f"{len(messages)} messages are" if len(messages) > 1 else f"{_name(messages[0])} is"


def _name(message: Message) -> str:
    return f"{message.profile} of {message.day} to {message.receiver} (message {message.id})"


def _decide(message: Message) -> str:
    return f"decide with `broadsheet deliver --resend {message.id}`, `--sent {message.id}` or `--drop {message.id}`"
