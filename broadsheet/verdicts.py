"""Can this dump be trusted? One verdict for each dump, with the numbers it rests on.

Looks only at what the dump says of itself and at how much of it was known already. Pure.
"""

from __future__ import annotations

from .types import Parsed, Verdict


def judge(parsed: Parsed, *, papers: int, known: int, updated: int = 0) -> tuple[Verdict, str]:
    """The verdict on a dump that could be read, and the numbers behind it in words.

    papers: how many papers it lists, each counted once; known: how many of them earlier dumps had; updated: how many
    of those say something new.
    """
    account = parsed.account
    serious = [problem for problem in parsed.problems if problem.level != "note"]
    if not papers:
        return "empty", serious[0].reason if serious else "it lists no paper"
    if serious:
        more = f" (and {len(serious) - 1} more)" if len(serious) > 1 else ""
        return "partial", f"{account.coverage:.4g} % understood; {serious[0].reason}{more}"
    if known == papers and not updated:
        return "stale", f"all {papers} papers were known already"
    more = f", {updated} updated" if updated else ""
    return "complete", f"{papers} papers, {papers - known} of them new{more}; {account.coverage:.4g} % understood"
