"""Every query, title and profile of docs/rules.md, tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from broadsheet.config import read_profile
from broadsheet.rules import parse_query
from broadsheet.rules.checked import queries_of
from broadsheet.rules.lint import lint
from broadsheet.rules.query import FIELDS, SHORT
from broadsheet.rules.reference import hits_of
from broadsheet.types import Paper
from tests.made import entry, paper

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")

_CELLS = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


def rows(*header: str) -> Iterator[list[str]]:
    """The rows of the tables with these headings."""
    inside = False
    for line in PAGE.splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line)[1:-1]]
        if cells == list(header):
            inside = True
        elif inside and set(cells[0]) != {"-"}:
            yield cells


EXAMPLES = [
    (_CODE.findall(query)[0], title, holds)
    for query, found, missed in rows("you write", "finds", "does not find")
    for cell, holds in ((found, True), (missed, False))
    for title in cell.split(" · ")
]


def described(text: str) -> Paper:
    """A paper as the page describes one: *Its Title* — authors: Ada Quill, Ben Oak; comments: 3."""
    title, _, rest = (f"*{text[1:-1]}*" if text[0] == "`" else text.replace("`", "")).partition(" — ")
    fields: dict[str, Any] = {}
    source = "daily-papers"
    for fact in filter(None, rest.split("; ")):
        name, _, value = fact.partition(": ")
        match name:
            case "authors" | "categories":
                fields[name] = tuple(value.split(", "))
            case "comments" | "upvotes":
                fields[name] = int(value)
            case "published":
                fields[name] = date.fromisoformat(value)
            case "org":
                fields["organization"] = value
            case "arxiv":
                fields["ids"] = {"arxiv": value}
            case "source":
                source = value
            case "abstract":
                fields[name] = value
            case _:
                raise AssertionError(text)
    assert title[0] == title[-1] == "*", text
    made = paper(title.strip("*"), guid=f"arxiv:{fields['ids']['arxiv']}" if "ids" in fields else "", **fields)
    return replace(made, best=entry(made.best.title, source=source, **fields))


@pytest.mark.parametrize(("query", "text", "holds"), EXAMPLES)
def test_an_example_finds_what_the_page_says(query: str, text: str, holds: bool) -> None:
    assert (hits_of(parse_query(query), described(text)) is not None) is holds


def test_the_page_has_examples_of_both_kinds() -> None:
    assert sum(holds for _, _, holds in EXAMPLES) > 40 < sum(not holds for _, _, holds in EXAMPLES)


HERE = [
    query
    for _, _, here in rows("you know it from", "there you write", "here you write")
    for query in _CODE.findall(here)
    if " = " not in query
]
REFERENCE = [query for cells in rows("you write", "means") for cell in cells for query in _CODE.findall(cell)]


@pytest.mark.parametrize("query", HERE)
def test_what_is_written_here_instead_is_understood(query: str) -> None:
    parse_query(query)


# Names of fields and signs that the table tells about, and what is no query by itself.
_PARTS = re.compile(r"[a-z]+:|\( \)|/\.\.\./i|i|config/sources\.toml")


@pytest.mark.parametrize("query", [query for query in REFERENCE if not _PARTS.fullmatch(query)])
def test_a_query_of_the_reference_is_understood(query: str) -> None:
    parse_query(query)


def test_the_reference_names_every_field_and_sign() -> None:
    told = " ".join(REFERENCE)
    signs = ("OR", "AND", "NOT", "ANDNOT", "NEAR/", "&&", "||", "!", "~", "@", "*", "..")
    assert [name for name in (*FIELDS, *SHORT) if f"{name}:" not in told] == []
    assert [sign for sign in signs if sign not in told] == []


@pytest.mark.parametrize("system", ["arXiv search", "PubMed", "Google Scholar", "Lucene", "Miniflux", "FreshRSS"])
def test_every_system_people_come_from_is_there(system: str) -> None:
    assert system in [cells[0] for cells in rows("you know it from", "there you write", "here you write")]


def test_the_profile_of_the_page_is_sound(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    file = tmp_path / "page.toml"
    file.write_text(text, encoding="utf-8")
    profile = read_profile(file)
    queries = queries_of(profile)
    warnings = lint(profile, [queries[one.name] for one in profile.rules], [queries[one.name] for one in profile.mutes])
    assert [warning.rule for warning in warnings] == ["serving, measured"]  # its point is meant to come on top


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("a1 b1", "a1 AND b1"),
        ("a1 && b1", "a1 AND b1"),
        ("a1 || b1", "a1 OR b1"),
        ("!a1", "NOT a1"),
        ("-a1", "NOT a1"),
        ("a1 ANDNOT b1", "a1 AND NOT b1"),
        ("ti:a1 abs:b1 au:c1 cat:d1", "title:a1 abstract:b1 author:c1 category:d1"),
        ("a1 b1 OR c1", "(a1 b1) OR c1"),
    ],
)
def test_short_forms_mean_what_the_page_says(short: str, long: str) -> None:
    assert parse_query(short) == parse_query(long)
