"""Mails of a source's mailbox -> the inbox, a file each. The mailbox is only read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import FromMailbox, Source
from ..errors import DeliveryError
from ..fetch import landing
from ..running import Run
from .came import Came, counted, line

if TYPE_CHECKING:
    from ..fetch.mailbox import Letter, Mark

#: As broadsheet.fetch.mailbox.letters.
Letters = Callable[..., Iterator[tuple["Mark", "Letter | None"]]]

_HEAD = 64 << 10
_DATE = re.compile(rb"^Date:[ \t]*([^\r\n]{1,100})", re.IGNORECASE | re.MULTILINE)


def collect(run: Run, source: Source, way: FromMailbox, known: Mapping[str, Any], letters: Letters) -> Came:
    """Bring the mails that were not brought before. Raises OSError, and BroadsheetError without a password."""
    from ..fetch.mailbox import Mark

    mark = Mark(validity=int(known.get("validity", 0)), uid=int(known.get("uid", 0)))
    into = run.setup.workspace.dumps / source.name
    into.mkdir(parents=True, exist_ok=True)
    # Whatever day stands in its name: a mail is known by its number.
    there = {_number_of(name) for name in os.listdir(into) if name.endswith(".eml")}  # noqa: PTH208
    files: list[Path] = []
    alarms: list[str] = []
    failure: DeliveryError | None = None
    found = letters(
        way.mailbox,
        run.access.secret(way.password),
        mark,
        since=run.now.date() - timedelta(days=way.days),
        senders=way.senders,
        limit=way.limit_mib << 20,
        allow_private=way.allow_private,
    )
    try:
        for reached, letter in found:
            if letter and not letter.content:
                alarms.append(letter.told or f"mail {letter.uid} is empty")
            elif letter and (number := f"{reached.validity}-{letter.uid}") not in there:
                place = into / f"{source.name}-{_day(letter.content, run.day):%Y-%m-%d}-{number}.eml"
                landing.settle(landing.begin(into, [letter.content]), place)
                files.append(place)
                run.progress(f"collecting {source.name}", len(files), 0)
            mark = reached
    except DeliveryError as error:
        # What came before it lies in the inbox, and is not asked for again.
        failure = error
    body = {"validity": mark.validity, "uid": mark.uid}
    told = counted(len(files), "new mail") if files else "nothing new"
    if failure:
        told = f"{failure}; {told} before that" if files else str(failure)
        return Came(outcome="later" if failure.transient else "failed", told=told, body=body, files=tuple(files))
    told = "; ".join((told, *map(line, alarms[:3])))
    return Came(outcome="new" if files else "same", told=told, body=body, files=tuple(files), alarms=tuple(alarms))


def _number_of(name: str) -> str:
    return "-".join(name.removesuffix(".eml").rsplit("-", 2)[1:])


def _day(content: bytes, today: date) -> date:
    """The day of the mail, as it says; today where it says none, or one to come.

    The name's day says when a dump was taken, and a mailbox may hold those of two weeks.
    """
    head = re.split(rb"\r?\n\r?\n", content[:_HEAD], maxsplit=1)[0]
    if found := _DATE.search(head):
        try:
            day = parsedate_to_datetime(found[1].decode("ascii", "replace")).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            return today
        return day if day.year >= 1991 and day <= today else today
    return today
