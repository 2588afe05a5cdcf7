"""Entry -> paper: ids, title keys, and which of them mean one work. Pure.

Does not read or write history: what is known comes in as a mapping, and what became known goes out as one.
The strongest id of a listing wins; a title joins only what no id keeps apart.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .clean import spelled
from .ids import ARXIV_DOI, SCHEMES
from .ids import doi as doi_of
from .text import fold_space, folded
from .types import Entry, Guid

# PostgreSQL refuses index entries beyond a third of a page; no honest id is near this long.
_LONGEST = 300


_RANK = {scheme: rank for rank, scheme in enumerate((*SCHEMES, "title"))}
#: Where a work appeared, if it is no preprint of arXiv; arXiv's own DOIs are ids of arXiv.
_PUBLISHED = ("doi", "pmid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Which paper each entry is, and the aliases to remember it by."""

    #: One for each entry, in their order.
    guids: tuple[Guid, ...]
    #: The aliases that were not known before, each with the one paper it stands for from now on.
    aliases: Mapping[str, Guid]


def title_key(title: str) -> str:
    """The alias of a title: "title:" and 20 hex digits of the SHA-256 of its letters and digits.

    White space, punctuation, hyphens, case and accents never decide. A title without a letter or digit is taken as a
    whole, so that "???" and "!!!" stay two.
    """
    text = folded(title)
    kept = "".join(char for char in text if char.isalnum() or (char > "\x7f" and unicodedata.category(char)[0] == "M"))
    # Lone surrogates, which a file name or a broken escape can bring, are hashed rather than refused.
    digest = hashlib.sha256((kept or fold_space(text)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"title:{digest[:20]}"


def aliases_of(entry: Entry) -> tuple[str, ...]:
    """Everything that names the entry's paper, strongest first: ids as "scheme:value", then the keys of its title.

    There are two keys where TeX stands in the title: of the title as it is shown, and of its source with all TeX but
    accents read as letters, as it is in listings that take backslashes and dollars out. Values are normalised (an
    arXiv id without version and subject class, a DOI in lower case); arXiv's own DOIs count as arXiv ids. What does
    not look like an id of its scheme is left out, and so are schemes not in SCHEMES.
    """
    ids = {scheme: "".join(value.split()) for scheme, value in entry.ids.items()}
    doi = doi_of(ids.get("doi", "")) or ""
    if doi.startswith(ARXIV_DOI):
        ids.setdefault("arxiv", doi.removeprefix(ARXIV_DOI))
        del ids["doi"]
    found = ((scheme, normal(ids[scheme])) for scheme, normal in SCHEMES.items() if scheme in ids)
    named = (f"{scheme}:{value}" for scheme, value in found if value)
    titles = {title_key(entry.title), title_key(spelled(entry.title_raw))}
    return (*(_bounded(alias) for alias in named), *sorted(titles))


def _bounded(alias: str) -> str:
    if len(alias) <= _LONGEST:
        return alias
    scheme, value = alias.split(":", 1)
    return f"{scheme}:sha256-{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"


def resolve(entries: Sequence[Entry], known: Mapping[str, Guid]) -> tuple[Guid, ...]:
    """One guid for each entry, as `identify` gives them."""
    return identify(entries, known).guids


def identify(entries: Sequence[Entry], known: Mapping[str, Guid]) -> Identified:
    """Which paper each entry is.

    known: alias to paper, for every alias of the entries that history has, and for all other aliases of the papers they
    lead to (they tell which ids a paper has already).

    Aliases join from the strongest scheme down, within the batch and with what is known. Two different ids of a
    stronger scheme keep apart what a weaker one would join; a title joins nothing that any two ids of one scheme keep
    apart, and no preprint of arXiv to what has a DOI or PubMed id and none of arXiv: its published version is another
    paper, mostly of the same title. Papers that are known as two stay two. A paper keeps the guid it was first seen
    under, even when a stronger id comes later; a new one takes its strongest alias. An alias that several papers claim
    stands for the first of them: the known one, else the one with the strongest, then smallest, alias. Nothing depends
    on the order of entries.
    """
    named = [aliases_of(entry) for entry in entries]
    works, holders = _works(sorted(set(named), key=_strength), known)
    firsts: dict[str, _Work] = {}
    for rank, scheme in enumerate(_RANK):
        for alias in sorted(alias for alias in holders if alias.startswith(f"{scheme}:")):
            firsts[alias] = _join(holders[alias], rank)
    guids = tuple(works[aliases].root().name() for aliases in named)
    aliases = {alias: work.root().name() for alias, work in firsts.items() if alias not in known}
    return Identified(guids=guids, aliases=aliases)


def _strength(aliases: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return _RANK[_scheme(aliases[0])], aliases


def _scheme(alias: str) -> str:
    return alias.split(":", 1)[0]


@dataclass(slots=True, eq=False)
class _Work:
    """Aliases that mean one paper, as far as seen; a node of a forest, whose roots are the papers."""

    aliases: set[str]
    #: The paper's guid, where history knows it.
    guid: Guid | None = None
    into: _Work | None = field(default=None, repr=False)

    def root(self) -> _Work:
        work = self
        while work.into:
            work = work.into
        return work

    def name(self) -> Guid:
        return self.guid or Guid(min(self.aliases, key=lambda alias: (_RANK[_scheme(alias)], alias)))

    def clashes(self, other: _Work, rank: int) -> bool:
        """Whether history, or an id of a scheme stronger than the rank, says that these are two papers."""
        if self.guid and other.guid:
            return True
        for scheme in list(_RANK)[:rank]:
            mine = {alias for alias in self.aliases if _scheme(alias) == scheme}
            theirs = {alias for alias in other.aliases if _scheme(alias) == scheme}
            if mine and theirs and mine.isdisjoint(theirs):
                return True
        return rank == _RANK["title"] and {self.side(), other.side()} == {"preprint", "published"}

    def side(self) -> Literal["preprint", "published", "both"] | None:
        """Which of the two that mostly share a title it is, by its ids; None where they do not say."""
        schemes = {_scheme(alias) for alias in self.aliases}
        published = not schemes.isdisjoint(_PUBLISHED)
        if "arxiv" in schemes:
            return "both" if published else "preprint"
        return "published" if published else None

    def take(self, other: _Work) -> None:
        self.aliases |= other.aliases
        self.guid = self.guid or other.guid
        other.into = self


def _works(
    named: Iterable[tuple[str, ...]], known: Mapping[str, Guid]
) -> tuple[dict[tuple[str, ...], _Work], dict[str, list[_Work]]]:
    """A work for each known paper and each set of aliases, and which works hold an alias, known papers first."""
    papers: dict[Guid, _Work] = {}
    holders: dict[str, list[_Work]] = {}
    for alias, guid in known.items():
        paper = papers.setdefault(guid, _Work(set(), guid))
        paper.aliases.add(alias)
        holders[alias] = [paper]
    works = {aliases: _Work(set(aliases)) for aliases in named}
    for aliases, work in works.items():
        for alias in aliases:
            holders.setdefault(alias, []).append(work)
    return works, holders


def _join(holders: Sequence[_Work], rank: int) -> _Work:
    """Make one paper of the works that share an alias, where nothing keeps them apart; the first of them comes back."""
    heads: list[_Work] = []
    for holder in holders:
        work = holder.root()
        if work in heads:
            continue
        for head in heads:
            if not head.clashes(work, rank):
                head.take(work)
                break
        else:
            heads.append(work)
    return heads[0]
