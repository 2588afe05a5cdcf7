"""What two sources say of one paper: one paper with one history, nobody's word lost, no update that nobody made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.changes import Decision, decide
from broadsheet.clean import clean
from broadsheet.identity import identify
from broadsheet.types import Entry, Guid, Paper, Provenance

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = [MONDAY + timedelta(days=number) for number in range(7)]
LONG = (
    "Kites that share one line tangle when the wind turns. We let each kite listen to the tension of the others, and"
    " a small rule of three knots decides who climbs. Forty afternoons on a beach show fewer tangles by half."
)


def said(source: str, title: str = "Kites That Listen", abstract: str | None = None, **fields: Any) -> Entry:
    """An entry as a source's format makes it: raw as it stands there, clean beside it."""
    return Entry(
        title=clean(title),
        title_raw=title,
        abstract=clean(abstract) if abstract else None,
        abstract_raw=abstract,
        provenance=Provenance(source=source, dump=f"{source}.txt", sha256="0" * 64, position=1, span=(1, 1)),
        **fields,
    )


class History:
    """Aliases and papers after the dumps that were read into it."""

    def __init__(self) -> None:
        self.aliases: dict[str, Guid] = {}
        self.papers: dict[Guid, Paper] = {}

    def read(self, day: int, *entries: Entry) -> Decision:
        identified = identify(entries, self.aliases)
        self.aliases |= identified.aliases
        decision = decide(tuple(zip(identified.guids, entries, strict=True)), self.papers, taken=DAYS[day], late=False)
        self.papers |= {paper.guid: paper for paper in decision.papers}
        return decision

    def only(self) -> Paper:
        (paper,) = self.papers.values()
        return paper


def kinds(decision: Decision) -> list[str]:
    return [change.kind for change in decision.changes]


@pytest.mark.parametrize(
    ("stripped", "source"),
    [
        ("8.7times Longer Tails", r"$8.7\times$ Longer Tails"),
        ("nabla^2KITE: {bf Wind} and epsilon-Tails", r"$\nabla^2$KITE: {\bf Wind} and $\epsilon$-Tails"),
        ("Kites of Erdős and Gödel", r"Kites of Erd\H{o}s and G\"{o}del"),
        ("mathcal{O}(n) Knots", r"$\mathcal{O}(n)$ Knots"),
        ("50\\% Fewer Tangles", "50% Fewer Tangles"),
    ],
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_title_with_its_tex_and_without_is_one_paper(stripped: str, source: str, order: tuple[int, int]) -> None:
    entries = [
        said("page", stripped, f"{stripped} are kept. {LONG}"),
        said("feed", source, f"{source} are kept. {LONG}"),
    ]
    history = History()
    assert kinds(history.read(0, entries[order[0]])) == ["new"]
    assert kinds(history.read(1, entries[order[1]])) == []
    assert len(history.papers) == 1


def test_ids_come_later_and_the_history_stays_one() -> None:
    history = History()
    history.read(0, said("page"))
    first = history.only().guid
    assert (
        kinds(
            history.read(1, said("api", ids={"arxiv": "2606.01234"}, links={"pdf": "https://arxiv.org/pdf/2606.01234"}))
        )
        == []
    )
    assert kinds(history.read(2, said("index", "Kites that listen.", ids={"doi": "10.48550/arXiv.2606.01234"}))) == []
    paper = history.only()
    assert (paper.guid, paper.first_seen, paper.best.ids["arxiv"]) == (first, MONDAY, "2606.01234")


def test_preprint_and_published_version_are_two_papers_that_name_each_other() -> None:
    history = History()
    preprint = said("feed", ids={"arxiv": "2606.01234"}, related={"doi:10.1000/kites.7": "published version"})
    published = said("index", "Kites That Listen to Each Other", ids={"doi": "10.1000/kites.7"})
    assert kinds(history.read(0, preprint)) == ["new"]
    assert kinds(history.read(1, published)) == ["new"]
    assert kinds(history.read(2, preprint)) == []
    assert {paper.best.ids.get("doi") for paper in history.papers.values()} == {None, "10.1000/kites.7"}
    assert history.papers[Guid("arxiv:2606.01234")].best.related == {"doi:10.1000/kites.7": "published version"}


def test_sources_that_disagree_make_no_update_however_often_they_say_it() -> None:
    history = History()
    history.read(0, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))
    other = said("index", "Kites that Hear", LONG.replace("Forty", "Thirty"), ids={"arxiv": "2606.01234"})
    for day in (1, 2, 3):
        assert kinds(history.read(day, other)) == []
        assert kinds(history.read(day, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))) == []
    assert history.only().version == 1


def test_a_source_that_departs_from_its_own_word_makes_one() -> None:
    history = History()
    history.read(0, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))
    history.read(1, said("index", abstract=LONG.replace("Forty", "Thirty"), ids={"arxiv": "2606.01234"}))
    decision = history.read(2, said("feed", abstract=LONG.replace("Forty", "Fifty"), ids={"arxiv": "2606.01234"}))
    assert [(change.kind, [field.field for field in change.fields]) for change in decision.changes] == [
        ("updated", ["abstract"])
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"version": 2}, ["version", "abstract"]),
        ({"announce_type": "replace"}, ["abstract"]),
        ({}, []),
    ],
)
def test_a_source_that_is_new_to_a_paper_updates_it_where_it_says_so(
    fields: dict[str, Any], told: Sequence[str]
) -> None:
    history = History()
    version = 1 if "version" in fields else None
    history.read(0, said("page", abstract=LONG, ids={"arxiv": "2606.01234"}, version=version))
    changed = said("feed", abstract=LONG.replace("Forty", "Fifty"), ids={"arxiv": "2606.01234"}, **fields)
    found = [field.field for change in history.read(1, changed).changes for field in change.fields]
    assert sorted(found) == sorted(told)


def test_a_teaser_does_not_take_the_place_of_an_abstract() -> None:
    history = History()
    history.read(0, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))
    history.read(1, said("alert", abstract="Kites listen, and tangle less.", ids={"arxiv": "2606.01234"}))
    assert history.only().best.abstract == LONG
    history = History()
    history.read(0, said("alert", abstract="Kites listen, and tangle less.", ids={"arxiv": "2606.01234"}))
    assert kinds(history.read(1, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))) == []
    assert history.only().best.abstract == LONG


def test_a_list_of_authors_that_is_cut_does_not_take_the_place_of_the_whole() -> None:
    names = ("Ada Reel", "Bo Spool", "Cy Line")
    history = History()
    history.read(0, said("feed", authors=names, ids={"arxiv": "2606.01234"}))
    assert kinds(history.read(1, said("alert", authors=("A Reel", "B Spool"), ids={"arxiv": "2606.01234"}))) == []
    assert history.only().best.authors == names


def test_what_was_written_down_before_sources_were_told_apart_is_updated_as_it_was() -> None:
    history = History()
    history.read(0, said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}))
    ((guid, paper),) = history.papers.items()
    history.papers[guid] = replace(paper, said={})
    assert kinds(history.read(1, said("index", abstract=LONG[::-1], ids={"arxiv": "2606.01234"}))) == ["updated"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_paper_known_by_an_id_alone_takes_the_title_of_any_listing(order: tuple[int, int]) -> None:
    listings = [
        said("index", "Untitled paper 0a1b2c", ids={"arxiv": "2606.01234"}),
        said("feed", abstract=LONG, ids={"arxiv": "2606.01234"}),
    ]
    history = History()
    history.read(0, listings[order[0]])
    assert kinds(history.read(1, listings[order[1]])) == []
    assert history.only().best.title == "Kites That Listen"
