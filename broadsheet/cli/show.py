"""Answers as lines of text for a terminal; every text of a dump is made safe before it gets there."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

import click

from ..changes import Difference
from ..questions import Explanation
from ..types import Digest, Ranked
from ..wording import badge, format_points
from .terminal import out, safe


def strong(text: str) -> str:
    """Bold on a terminal that takes it; NO_COLOR is honoured (https://no-color.org)."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else click.style(text, bold=True)


def _wrapped(text: str, indent: str) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    return textwrap.fill(safe(text), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def show_digest(digest: Digest, limit: int | None) -> None:
    """The rows of a digest with their reasons, and what was kept back."""
    out(strong(safe(f"{digest.title}: {digest.shown} of {digest.considered} papers")))
    for section in digest.sections:
        if section.rows:
            out(f"  {section.title}")
        for rank, row in enumerate(section.rows[:limit], start=1):
            _show_row(rank, row)
        if limit and len(section.rows) > limit:
            out(f"    and {len(section.rows) - limit} more")
    out(f"  {len(digest.held_back)} held back, {len(digest.muted)} muted, {digest.unmatched} matched no rule\n")


def _show_row(rank: int, row: Ranked) -> None:
    out(
        f"{format_points(row.score):>7}  {strong(safe(row.change.paper.best.title))}"
        + (" [late]" if row.change.late else "")
    )
    for match in row.matches:
        out(_wrapped(f"{format_points(match.points)}  {badge(match)}", " " * 9))


def show_explanation(explanation: Explanation) -> None:
    """What one profile makes of a paper, the points rule by rule, and where it stands."""


def show_difference(difference: Difference) -> None:
    """Two dumps against each other, in the words added, removed, changed."""
    for sign, guids in (("+", difference.added), ("-", difference.removed)):
        for _, entry in guids:
            out(f"{sign} {safe(entry.title)}")
    for changed in difference.changed:
        out(f"~ {safe(changed.new.title)}")
        for field in changed.fields:
            out(_wrapped(f"{field.field}: {field.old or 'unknown'}", "    - "))
            out(_wrapped(f"{field.field}: {field.new or 'unknown'}", "    + "))
    out(
        f"{len(difference.added)} added, {len(difference.removed)} removed, "
        f"{len(difference.changed)} changed, {difference.unchanged} unchanged"
    )
