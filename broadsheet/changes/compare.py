"""Which differences between two listings of a paper matter to a reader. Pure.

Does not choose between the two: see broadsheet.changes.merge.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from ..clean import spelled
from ..text import UNTITLED, folded
from ..types import Entry, FieldChange

#: The fields whose change makes a paper "updated". Not among them: organisation, categories and dates, which sources
#: name differently for one work; comments and upvotes, which are news of the listing and not of the paper.
SIGNIFICANT = ("title", "abstract", "authors", "version")

# A point or comma between digits is kept: 3.5 is not 35.
_IDLE = re.compile(r"(?<=\d)([.,])(?=\d)|[\W_]+")
_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.|\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\))$")
_SENTENCE_END = re.compile(r"[.!?。！？]['\"’”)\]»]*$")


def essence(text: str) -> str:
    """What of a text is compared: letters, digits, and points within numbers, without case, accents and white space."""
    return _IDLE.sub(_kept, folded(text))


def _kept(idle: re.Match[str]) -> str:
    if idle[1]:
        return idle[1]
    # Vowel signs of Indic scripts are marks, not letters, and do decide.
    return "" if idle[0].isascii() else "".join(char for char in idle[0] if unicodedata.category(char)[0] == "M")


def is_cut_from(part: str, whole: str) -> bool:
    """Whether a text is the beginning of a longer one, cut off rather than ended.

    A text ends where a sentence ends; a mark of omission at its end says that it was cut, whatever stands before.
    """
    text = part.rstrip()
    bare = _CUT_MARK.sub("", text)
    if bare == text and _SENTENCE_END.search(text):
        return False
    beginning, all_of_it = essence(bare), essence(whole)
    return len(beginning) < len(all_of_it) and all_of_it.startswith(beginning)


def fingerprint(entry: Entry) -> str:
    """What an entry says of title, abstract and authors, as three short digests; "-" where it says nothing."""
    said = (
        essence(spelled(entry.title_raw)),
        essence(_written(entry)),
        essence(",".join(entry.authors)) or str(entry.author_count or ""),
    )
    return " ".join(_short(text) if text else "-" for text in said)


def _short(text: str) -> str:
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def repeats(field: str, before: str, now: str) -> bool:
    """Whether a source says of a field what it said before; before and now: its fingerprints."""
    place = ("title", "abstract", "authors").index(field)
    return before.split(" ")[place] == now.split(" ")[place]


def differences(old: Entry, new: Entry) -> tuple[FieldChange, ...]:
    """The fields of SIGNIFICANT that are known on both sides and say different things, in the order of SIGNIFICANT."""
    found: list[FieldChange] = []
    if not _same_title(old, new):
        found.append(FieldChange(field="title", old=old.title, new=new.title))
    if old.abstract and new.abstract and not _same_abstract(old, new):
        found.append(FieldChange(field="abstract", old=old.abstract, new=new.abstract))
    if not _same_authors(old, new):
        found.append(FieldChange(field="authors", old=_names(old), new=_names(new)))
    if old.version and new.version and old.version != new.version:
        found.append(FieldChange(field="version", old=str(old.version), new=str(new.version)))
    return tuple(found)


def _same_title(old: Entry, new: Entry) -> bool:
    """Whether the titles say the same; what had none and has one now is only known better."""
    if old.title.startswith(UNTITLED):
        return True
    return _same_text(old.title, new.title) or _same_text(spelled(old.title_raw), spelled(new.title_raw))


def _same_text(old: str, new: str) -> bool:
    return old == new or essence(old) == essence(new)


def _written(entry: Entry) -> str:
    return spelled(entry.abstract_raw or entry.abstract or "")


def _same_abstract(old: Entry, new: Entry) -> bool:
    """Whether the abstracts say the same as they are shown, or in their sources, of which TeX's names are words."""
    pairs = [(old.abstract or "", new.abstract or ""), (_written(old), _written(new))]
    return any(_same_text(*pair) or is_cut_from(*pair) or is_cut_from(*reversed(pair)) for pair in dict.fromkeys(pairs))


def _same_authors(old: Entry, new: Entry) -> bool:
    """Names against names, numbers against numbers; a number says nothing against names."""
    if old.authors and new.authors:
        return old.authors == new.authors or (
            len(old.authors) == len(new.authors)
            and all(_same_person(*pair) for pair in zip(old.authors, new.authors, strict=True))
        )
    if old.authors or new.authors or old.author_count is None or new.author_count is None:
        return True
    return old.author_count == new.author_count


def is_begin_of(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether a list of names is the beginning of a longer one, cut off."""
    return 0 < len(part) < len(whole) and all(_same_person(*pair) for pair in zip(part, whole, strict=False))


def _same_person(old: str, new: str) -> bool:
    """Whether two names in the same place of two lists share a word: Ada Lovelace, A. Lovelace, Lovelace, Ada."""
    words = [set(re.findall(r"\w+", folded(name))) for name in (old, new)]
    longer = [{word for word in name if len(word) > 1} for name in words]
    return bool(longer[0] & longer[1]) or words[0] == words[1]


def _names(entry: Entry) -> str:
    if entry.authors:
        return ", ".join(entry.authors)
    return "1 author" if entry.author_count == 1 else f"{entry.author_count} authors"
