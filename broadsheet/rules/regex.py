"""Regular expressions: RE2, which takes linear time and bounded memory whatever it is given.

What RE2 cannot do is a mistake in the query. Knows nothing of papers; folds nothing.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import Any

from .faults import QuerySyntaxError

#: Longer patterns are refused.
MOST_CHARACTERS = 1_000
# Of memory for one pattern: its program, and the states that its search remembers.
_MOST_BYTES = 1 << 20
# Each search can look at all the rest of the text, so more places would no longer be linear.
_MOST_PLACES = 100

_REMEDY = "it is read by RE2: no look-around, no references back, at most 1,000 repetitions; \\/ is a slash"


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool) -> Any:
    """The compiled pattern. Raises re2.error."""
    import re2  # type: ignore[import-untyped]  # late: only who writes an expression needs it

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    options.case_sensitive = not ignore_case
    options.never_capture = True
    return re2.compile(pattern, options)


def check(pattern: str, ignore_case: bool, at: int) -> None:
    """Raises QuerySyntaxError for a pattern that cannot be searched with. at: where it stands in the query."""
    import re2

    if len(pattern) > MOST_CHARACTERS:
        raise QuerySyntaxError(
            f"the regular expression has {len(pattern):,} characters, and {MOST_CHARACTERS:,} are allowed",
            at,
            "write words, phrases and *, or several rules",
        )
    try:
        compiled(pattern, ignore_case)
    except UnicodeEncodeError as error:
        raise QuerySyntaxError("the regular expression holds a broken character", at + error.start, _REMEDY) from None
    except re2.error as error:
        told = error.args[0]
        told = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        reason, _, part = told.partition(": ")
        # RE2 names the part it stumbled over; where it names all of the pattern, the fault may be anywhere in it.
        place = pattern.find(part) if part and part != pattern else 0
        raise QuerySyntaxError(
            f"RE2 cannot read this: {told if part else reason}", at + max(place, 0), _REMEDY
        ) from None


def places(pattern: str, ignore_case: bool, text: str) -> list[tuple[int, int]]:
    """Where a pattern fits, in characters, end exclusive: the first hundred places, empty ones included."""
    found = compiled(pattern, ignore_case).finditer(text.encode("utf-8", "replace").decode())
    return [match.span() for match in islice(found, _MOST_PLACES)]


def fits(pattern: str, ignore_case: bool, text: str) -> bool:
    """Whether a pattern fits anywhere in a text."""
    return compiled(pattern, ignore_case).search(text.encode("utf-8", "replace").decode()) is not None
