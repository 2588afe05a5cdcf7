"""Where secrets come from: the one door to the environment, to files of secrets and to Prefect's Secret blocks.

A configuration names places (`env:NAME`, `file:/path`, `secret:block`); this looks there, when a secret is needed and
not before. Keeps none, prints none, writes none down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import BroadsheetError

#: No password or key has more bytes.
_MOST = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a run may ask for secrets."""

    #: The variables of the process.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Gives the value of a Prefect Secret block by its name; None where there is no Prefect.
    blocks: Callable[[str], str] | None = field(default=None, repr=False)

    def secret(self, place: str) -> str:
        """What stands at a place. Raises BroadsheetError, which names the place and the remedy, never a value."""
        kind, _, name = place.partition(":")
        if kind == "env":
            found = self.environment.get(name, "")
            if not found:
                raise BroadsheetError(f"the environment variable {name} is not set; set it where the run starts")
            return found
        if kind == "file":
            return _from_file(Path(name))
        if self.blocks is None:
            raise BroadsheetError(
                f"the Secret block {name} cannot be read without Prefect: "
                "leave --plain away, or name an environment variable or a file"
            )
        return self.blocks(name)


def _from_file(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST + 1)
    except OSError as error:
        raise BroadsheetError(f"{file}: the secret in it cannot be read: {error.strerror or error}") from error
    if len(content) > _MOST:
        raise BroadsheetError(f"{file}: is too large for a secret; name the file that holds it alone")
    try:
        # Editors end a file with a line break, which is no part of a password.
        text = content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BroadsheetError(f"{file}: the secret in it is not UTF-8") from error
    if not text:
        raise BroadsheetError(f"{file}: is empty; put the secret into it")
    return text
