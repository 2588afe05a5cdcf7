r"""The lines that hold one of arXiv's text listings together. Pure.

\\                  begins a record, divides its fields from its abstract, and ends it
\\ ( URL ,  12kb)   ends it too
-----               between records, 78 of them
%-%-%- %%--%% %%%---    end the new papers, the cross-listed ones, and the listing
"""

from __future__ import annotations

import re

_RULE = re.compile(r"\s*-{20,}\s*|\s*-{5,}[^-]{1,60}-{5,}\s*")
_CLOSING = re.compile(r"\\\\\s*(?:\(.*)?")
_SECTIONS = (
    ("help", re.compile(r"(?:%%%---){4,}[%-]*\s*")),
    ("replace", re.compile(r"(?:%%--){4,}[%-]*\s*")),
    ("cross", re.compile(r"(?:%-){8,}[%-]*\s*")),
)

#: The first line of a record: a mark of cross-listing, the id, the same mark.
ID = re.compile(
    r"(?:arXiv|Paper)\s{0,3}(\(\*cross-listing\*\))?\s{0,3}:\s{0,3}(\S+)\s*(\(\*cross-listing\*\))?", re.IGNORECASE
)
#: A day of a past-week file, in place of a record.
DAY = re.compile(r"/\*.{0,60}\*/")
SUBJECT = re.compile(r"\s*Subject:\s*(.*)")
#: When the listing was sent, and until when it goes.
DATED = (
    re.compile(r"\s*Date:\s*(.{5,60}?)\s*$"),
    re.compile(r"\s*received from .{10,50}\bto\s+(.{10,40}?)\s*$"),
)
#: What only arXiv's mails say above their papers.
SENT_BY_ARXIV = re.compile(
    r"^(?:\s*Send any comments regarding submissions directly to submitter"
    r"|Subject: \S{2,30} daily (?:Subj-class mailing|.{0,40}received)|\s*received from .{10,50} to .{10,40}GMT)",
    re.MULTILINE,
)

_KNOWN = re.compile(
    r"\s*(?:Send any comments regarding|Archives? at\b|To unsubscribe|received from\b|Submissions to:"
    r"|Papers received as of|\(abstracts alone|get \d|For (?:general|subscribe|help)|keyword subject|e-mail To:)"
)
_LONGEST_SUBJECT = 100
_HEADER = re.compile(r"[A-Za-z][A-Za-z-]{0,40}:(?:\s|$)|From \S+ ")
_FIELD = re.compile(r"(?:Title|Authors?|Categories|Comments?|MSC-class|ACM-class|Report-no|Journal-ref|DOI|License):")


def is_mark(text: str) -> bool:
    """Whether it is the mark and nothing else."""
    return text.strip() == "\\\\"


def begins(text: str) -> bool:
    """Whether it is the first line behind the mark that begins a record."""
    return bool(ID.match(text) or DAY.fullmatch(text.strip()))


def closes(text: str) -> bool:
    """Whether it ends the fields or the abstract of a record."""
    return text.startswith("\\\\") and bool(_CLOSING.fullmatch(text))


def is_rule(text: str) -> bool:
    """Whether it only divides."""
    return bool(_RULE.fullmatch(text))


def section(text: str) -> str:
    """What comes behind this line: "cross", "replace" or "help"; empty for any other line."""
    if not text.startswith("%"):
        return ""
    return next((name for name, pattern in _SECTIONS if pattern.fullmatch(text)), "")


def lists_subjects(text: str, before: bool) -> bool:
    """Whether a line belongs to the subjects that a mail is about, one a line; before: whether the line above did."""
    if "Submissions to:" in text:
        return True
    return (
        before and len(text) < _LONGEST_SUBJECT and not is_rule(text) and not text.lstrip().startswith("received from")
    )


def is_furniture(text: str, above: str) -> bool:
    """Whether a line outside of all records is known: what arXiv says above its papers, a mail's header lines."""
    if _KNOWN.match(text):
        return True
    if _FIELD.match(text):
        return False
    return bool(_HEADER.match(text)) or (text[:1] in " \t" and bool(_HEADER.match(above)) and not _FIELD.match(above))
