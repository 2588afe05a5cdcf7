"""The flows' door to secrets: the process's environment, and Prefect's Secret blocks. Keeps none."""

from __future__ import annotations

import os

import httpx

from broadsheet.access import Access
from broadsheet.errors import BroadsheetError


def access() -> Access:
    """What a run in this process may ask for secrets. A secret is never a flow's parameter: Prefect keeps those."""
    return Access(environment=os.environ, blocks=block)


def block(name: str) -> str:
    """The value of a Prefect Secret block. Raises BroadsheetError, which never holds the value."""
    from prefect.blocks.system import Secret
    from prefect.exceptions import PrefectException

    try:
        value = Secret.load(name, _sync=True).get()  # type: ignore[call-arg, union-attr]
    except ValueError as error:
        raise BroadsheetError(
            f"there is no Secret block {name!r}; make it on Prefect's page (Blocks), or name an environment variable"
        ) from error
    except (PrefectException, httpx.HTTPError) as error:
        reason = type(error).__name__
        raise BroadsheetError(f"the Secret block {name!r} could not be asked for: {reason}; run again") from error
    if not isinstance(value, str) or not value:
        raise BroadsheetError(f"the Secret block {name!r} holds no text; put the secret into it as plain text")
    return value
