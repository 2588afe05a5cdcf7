"""The operator is told by mail when a run fails: once for each failure, not at every run, and once when all is well.

    report(workspace, failures, access=..., now=..., tell=...)                     after a run; raises nothing
    notify(workspace, deliveries, settings, failures=..., access=..., now=...)     what failed
    recover(workspace, deliveries, settings, access=..., now=...)                  a good run after a bad one

Needs no store, which may be what is broken. Has no say in what a run's exit code is, and mends nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from .. import config
from ..access import Access
from ..deliver.outcome import Outcome
from ..errors import BroadsheetError, ConfigError
from ..workspace import Workspace
from . import letters
from .letters import Desk, summed
from .memory import Memory, Trouble, keep, kept

__all__ = ["MOST", "notify", "recover", "report"]

#: Sends the operator's mail: sender, receiver, content.
Send = Callable[[str, str, bytes], Outcome]
#: Takes a line about a mail that should have gone out and could not.
Tell = Callable[[str], None]

#: Mails in 24 hours, whatever happens. The last one is kept for bad news: who was told that all is well believes it.
MOST = 6
_DAY = timedelta(hours=24)
#: A failure that was not seen for so long, while others were, is a new one when it comes back.
_FORGOTTEN = timedelta(days=7)
#: A daily run does not begin at the same second: a day that lacks some of them is a day.
_SLACK = timedelta(minutes=30)
_CHANGING = re.compile(r"[0-9]+")


def _nobody(message: str) -> None:
    """Tell nobody."""


def report(
    workspace: Workspace, failures: Sequence[str], *, access: Access, now: datetime, tell: Tell = _nobody
) -> bool:
    """Tell the operator what came of a run: what failed, or without failures that it was good; whether a mail went out.

    Reads the configuration itself, as far as it can be read: it may be what failed. Never raises: what goes wrong here
    is told in one line, and the run's own failure stays what is heard of.
    """
    try:
        deliveries = config.read_deliveries(workspace.file("deliveries.toml"))
        settings = _settings(workspace)
        if failures:
            return notify(workspace, deliveries, settings, failures=failures, access=access, now=now, tell=tell)
        return recover(workspace, deliveries, settings, access=access, now=now, tell=tell)
    except Exception as error:
        # Only our own errors are known to hold no secret.
        told = str(error).partition("\n")[0] if isinstance(error, BroadsheetError) else type(error).__name__
        tell(f"the operator could not be told: {told}")
        return False


def notify(
    workspace: Workspace,
    deliveries: config.Deliveries,
    settings: config.Settings,
    *,
    failures: Sequence[str],
    access: Access,
    now: datetime,
    send: Send | None = None,
    tell: Tell = _nobody,
) -> bool:
    """Mail the operator what failed, unless they know already; whether a mail went out.

    failures: at least one text, without secrets; two that differ in numbers alone are the same. now: aware. send: in
    place of the configured server.
    """
    assert failures, "a run without a failure did not fail"  # noqa: S101
    operator = deliveries.operator
    if not (operator.mail and deliveries.smtp.host):
        return False
    before = _recent(kept(workspace.state), now)
    current = {_key(failure): _seen(before.troubles.get(_key(failure)), failure, now) for failure in failures}
    noted = Memory(at=now, troubles={**before.troubles, **current}, mails=before.mails)
    again = max(timedelta(hours=operator.again_hours) - _SLACK, _SLACK)
    if len(noted.mails) >= MOST or not any(_is_news(trouble, again, now) for trouble in current.values()):
        keep(workspace.state, noted)
        return False
    told = {key: replace(trouble, told=now) for key, trouble in current.items()}
    desk = Desk(root=workspace.root, settings=settings, operator=operator.mail)
    content = letters.failed(desk, tuple(current.values()), operator.again_hours, now)
    done = Memory(at=now, troubles={**noted.troubles, **told}, mails=(*noted.mails, now))
    return _mail(workspace, desk, content, done, noted, send or _by_server(deliveries.smtp, access), tell)


def recover(
    workspace: Workspace,
    deliveries: config.Deliveries,
    settings: config.Settings,
    *,
    access: Access,
    now: datetime,
    send: Send | None = None,
    tell: Tell = _nobody,
) -> bool:
    """Mail the operator that all is well again, if the last they heard is that it is not; whether a mail went out.

    Arguments as for notify.
    """
    operator = deliveries.operator
    if not (operator.mail and deliveries.smtp.host):
        return False
    before = _recent(kept(workspace.state), now)
    heard = tuple(trouble for trouble in before.troubles.values() if trouble.told)
    if not heard:
        if before.troubles:
            keep(workspace.state, Memory(at=now, mails=before.mails))
        return False
    if len(before.mails) >= MOST - 1:
        return False
    desk = Desk(root=workspace.root, settings=settings, operator=operator.mail)
    done = Memory(at=now, mails=(*before.mails, now))
    content = letters.well(desk, heard, now)
    return _mail(workspace, desk, content, done, before, send or _by_server(deliveries.smtp, access), tell)


def _mail(
    workspace: Workspace, desk: Desk, content: bytes, done: Memory, undone: Memory, send: Send, tell: Tell
) -> bool:
    # Written down first: who cannot remember that they told would tell at every run.
    if not keep(workspace.state, done):
        tell(f"the operator is not told: {workspace.state} cannot be written, so that every run would tell it anew")
        return False
    try:
        outcome = send(desk.sender, desk.operator, content)
    except BroadsheetError as error:
        outcome = Outcome(state="later", told=str(error))
    if outcome.state in ("sent", "unknown"):
        return True
    keep(workspace.state, replace(undone, at=done.at))
    tell(f"the operator could not be told: {outcome.told}")
    return False


def _by_server(smtp: config.Smtp, access: Access) -> Send:
    # A run without a failure mails nobody.
    from ..deliver.smtp import Smtp

    def send(sender: str, receiver: str, content: bytes) -> Outcome:
        password = access.secret(smtp.password) if smtp.password else ""
        with Smtp(smtp, password) as server:
            return server.send(sender, receiver, content, lambda: None)

    return send


def _settings(workspace: Workspace) -> config.Settings:
    try:
        return config.read_settings(workspace.file("settings.toml"))
    except ConfigError:
        return config.Settings()


def _seen(old: Trouble | None, failure: str, now: datetime) -> Trouble:
    text = summed(failure)
    if old is None:
        return Trouble(text=text, since=now, last=now)
    return replace(old, text=text, last=now, times=old.times + 1)


def _is_news(trouble: Trouble, again: timedelta, now: datetime) -> bool:
    # Told in the future: by a clock that was wrong.
    return trouble.told is None or not timedelta(0) <= now - trouble.told < again


def _recent(memory: Memory, now: datetime) -> Memory:
    """Without mails of more than a day ago, and without failures that would be new ones."""
    return Memory(
        at=memory.at,
        troubles={key: trouble for key, trouble in memory.troubles.items() if now - trouble.last < _FORGOTTEN},
        # One in the future is of a clock that was wrong, and must not count for ever.
        mails=tuple(mail for mail in memory.mails if timedelta(0) <= now - mail < _DAY),
    )


def _key(failure: str) -> str:
    """The failure without what changes from one time to the next."""
    plain = _CHANGING.sub("#", " ".join(failure.split())).casefold()
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:16]
