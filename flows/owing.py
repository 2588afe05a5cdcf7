"""What is owed to receivers and comes due between two mornings starts a run of the flow "deliver".

A server that is busy asks to be tried again in minutes or hours: without this, that would be the next morning. Looks
into the store only, and starts a run only where there is something for it to do: an empty one every few minutes would
bury the others on Prefect's page. Sends nothing itself.
"""

from __future__ import annotations

from datetime import UTC, datetime

from broadsheet import config
from broadsheet.setup import store_at
from broadsheet.store import Message, open_store
from broadsheet.workspace import Workspace

from .starting import Beside, Tell, start

#: Seconds between two looks; the shortest pause of a message is five minutes.
PAUSE = 180.0
#: Of runs that this has started.
OWED = "owed"


class Reminder(Beside):
    """Looks every few minutes, in a thread of its own, until it is left."""

    def __init__(self, workspace: Workspace, tell: Tell, pause: float = PAUSE) -> None:
        super().__init__("owing")
        self._workspace = workspace
        self._tell = tell
        self._pause = pause

    def run(self) -> None:
        """Look; what was told at the last look is not told again, and a fault does not end it."""
        told: list[str] = []
        # The first look only after a pause: what was missed while the machine was off is the daily run's.
        while not self._left.wait(self._pause):
            before, told = told, []
            try:
                remind(self._workspace, datetime.now(UTC), told.append)
            except Exception as error:
                told.append(f"what is owed to receivers cannot be looked at: {error}")
            for line in told:
                if line not in before:
                    self._tell(line)


def remind(workspace: Workspace, now: datetime, tell: Tell) -> None:
    """Start a run if one would find something to send and none is at it. Raises ConfigError, StoreError."""
    if waiting := due(workspace, now):
        # What cannot even be tried, for want of a password say, stays as it is: it is asked for anew once an hour.
        reason = [f"{now:%Y-%m-%d %H}", *(f"{one.id} {one.state} {one.attempt}" for one in waiting)]
        count = f"{len(waiting)} messages that are" if len(waiting) > 1 else "a message that is"
        start("deliver/deliver", OWED, reason, f"{count} due", tell)


def due(workspace: Workspace, now: datetime) -> tuple[Message, ...]:
    """What a run could bring on: due, or left behind by a sender that died; nothing while somebody works.

    Raises ConfigError, StoreError.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    with open_store(store_at(workspace, settings), workspace.state / "archive") as store:
        waiting = (*store.outbox.due(now), *store.outbox.messages(("claimed", "dot")))
        # A daily run sends what it cuts, and what is owed from before, by itself.
        return () if waiting and (store.sender() or store.holder()) else waiting
