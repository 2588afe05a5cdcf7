"""Invented papers and digests, the shipped templates, and texts that want to be more than text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from broadsheet.config import Site
from broadsheet.render import Templates, open_templates
from broadsheet.types import (
    Change,
    ChangeKind,
    Digest,
    Entry,
    FieldChange,
    Guid,
    HeldBack,
    Hit,
    Match,
    Muted,
    Paper,
    Problem,
    Provenance,
    Ranked,
    Section,
    SourceReport,
)
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

SHIPPED = Path(__file__).parents[2] / "templates"

NAUGHTY = (
    "<script>window.pwned = 1</script>",
    '<img src=x onerror="window.pwned = 1">',
    "\"><svg onload='window.pwned = 1'>",
    "' onmouseover='window.pwned = 1",
    "</title></style></script><iframe srcdoc='<script>window.pwned=1</script>'>",
    "<!-- a comment --> and <projektor>, a name",
    "{{ 7 * 7 }} {% raw %} {# gone #} ${7*7} #{7*7}",
    "{{ edition.title }} {{< shortcode >}} {%- endfor %}",
    "a ]]> b <![CDATA[ c ]]>",
    "[a link](javascript:alert(1)) and ![a picture](https://example.net/x.png)",
    "javascript:alert(1)",
    "[x]: https://example.net/a_b 'reference'",
    "see https://example.net/a_b_c?d=e&f=g%20h. And www.example.net, too",
    "https://example.org@example.net/ and https://xn--bcher-kva.example/",
    "mail me@example.net or xmpp:me@example.net",
    "&amp; &lt;b&gt; &copy; &#60; AT&T & co &",
    "a<b and b>c, a <= b, a<b",
    "`code` ``quotes'' *emph* **strong** _under_ __dunder__ ~~gone~~ ==marked==",
    "1. not a list",
    "123456789) not a list either",
    "# no heading #",
    "- no list",
    "+3 no list",
    "> no quote",
    ": no definition",
    "===",
    "---",
    "***",
    "~20%-30%~ at $5 to $10, x_1^2, \\alpha \\% \\",
    "a | b | c",
    "@someone :smile: #tag [[wiki]] ^block %%comment%%",
    "![",
    "control \x00 \x01 \x07 \x1b[31m \x7f \x85 \x9b end",
    "line\nbreak\r\nand\ttab \u2028 line separator \u2029 paragraph separator",
    "half \ud83d of a pair, \ufffe and \uffff and \U0001fffe",
    "right \u202eto left override\u202c and \u2067isolate\u2069",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "\u4e2d\u6587\u3002\u65e5\u672c\u8a9e\uff01",
    "e\u0301 combining, \u0338 overlay, \u200b zero width, \ufeff mark, \U0001f9ea astral",
    "   blanks   at both ends   ",
    "+\u0338 <\u0338 =\u0338",
)

MakeRow = Callable[..., Ranked]
MakeDigest = Callable[..., Digest]


def match(rule: str = "caching", points: float = 3.0, *hits: Hit, weight: float | None = None) -> Match:
    weight = points if weight is None else weight
    return Match(rule=rule, when=f'"{rule}"', weight=weight, points=points, boosted=weight != points, hits=hits)


def row(
    title: str = "Paged caches for invented models",
    abstract: str | None = "We invent a cache. It stores pages of 1.5 kB, e.g. keys. Nothing else is known.",
    *,
    number: int = 1,
    kind: ChangeKind = "new",
    late: bool = False,
    matches: tuple[Match, ...] | None = None,
    fields: tuple[FieldChange, ...] = (),
    guid: str = "",
    source: str = "made-up",
    **best: Any,
) -> Ranked:
    entry = Entry(
        title=title,
        title_raw=title,
        abstract=abstract,
        provenance=Provenance(source=source, dump="made-up.txt", sha256="0" * 64, position=number, span=(1, 2)),
        **best,
    )
    seen = datetime(2026, 7, 3, tzinfo=UTC)
    paper = Paper(guid=Guid(guid or f"title:{number:064x}"), best=entry, first_seen=seen, last_seen=seen)
    change = Change(seq=number, kind=kind, paper=paper, fields=fields, late=late)
    return Ranked(change=change, matches=(match(),) if matches is None else matches)


def report(**values: Any) -> SourceReport:
    told: dict[str, Any] = {
        "dump": "made-up.txt",
        "source": "made-up",
        "format": "made-up-text",
        "taken": datetime(2026, 7, 3, tzinfo=UTC),
        "taken_from": "page date, year inferred",
        "verdict": "complete",
        "reason": "63 papers, 60 of them new; 100 % understood",
        "entries": 63,
        "new": 60,
        "updated": 2,
        "coverage": 100.0,
    }
    return SourceReport(**(told | values))


def digest(
    new: tuple[Ranked, ...] = (),
    updated: tuple[Ranked, ...] = (),
    *,
    day: date = date(2026, 7, 3),
    profile: str = "serving",
    title: str = "Efficient serving",
    held_back: tuple[HeldBack, ...] = (),
    muted: tuple[Muted, ...] = (),
    unmatched: int = 0,
    sources: tuple[SourceReport, ...] | None = None,
    timezone: str = "UTC",
) -> Digest:
    sections = (Section(name="new", title="New", rows=new), Section(name="updated", title="Updated", rows=updated))
    considered = len(new) + len(updated) + len(held_back) + len(muted) + unmatched
    return Digest(
        profile=profile,
        title=title,
        day=day,
        timezone=timezone,
        from_seq=1,
        to_seq=considered,
        min_score=2.0,
        limit=25,
        sections=sections,
        held_back=held_back,
        muted=muted,
        unmatched=unmatched,
        considered=considered,
        sources=(report(),) if sources is None else sources,
    )


def filled(text: str) -> Digest:
    """A digest that has this text in every field that may hold text from outside."""
    hit = Hit(field="title", text=text, start=0, end=len(text))
    matches = (match(text, 3.0, hit), match("discussed", 1.0, Hit(field="author", text=text, start=0, end=len(text))))
    best: dict[str, Any] = {
        "authors": (text, text, text, text, text),
        "organization": text,
        "categories": (text,),
        "links": {"abstract": text, "code": f"https://example.net/{text}", text: "javascript:alert(1)"},
        "comments": 3,
    }
    fields = (FieldChange(field=text, old=text, new=f"{text} more {text}"), FieldChange(field="x", old=None, new=text))
    guid = f"title:{text}"
    problem = Problem(source=text, dump=text, place=(1, 2), level="warning", reason=text, text=text)
    return digest(
        (row(text, text, matches=matches, source=text, guid=guid, **best),),
        (row(text, f"One. {text}", number=2, kind="updated", matches=matches, fields=fields, **best),),
        title=text,
        held_back=(HeldBack(guid=Guid(guid), title=text, score=1.0, reason="threshold", rank=None),),
        muted=(Muted(guid=Guid(guid), title=text, rule=text),),
        sources=(report(dump=text, source=text, format=text, reason=text, problems=(problem,)),),
    )


@pytest.fixture(scope="session")
def make_match() -> Callable[..., Match]:
    return match


@pytest.fixture(scope="session")
def make_row() -> MakeRow:
    return row


@pytest.fixture(scope="session")
def make_report() -> Callable[..., SourceReport]:
    return report


@pytest.fixture(scope="session")
def make_digest() -> MakeDigest:
    return digest


@pytest.fixture(scope="session")
def digest_of() -> Callable[[str], Digest]:
    return filled


@pytest.fixture(scope="session")
def shipped() -> Path:
    return SHIPPED


@pytest.fixture(scope="session")
def templates() -> Templates:
    return open_templates([SHIPPED])


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")


@pytest.fixture(scope="session")
def naughty_digest() -> Digest:
    """One digest with every naughty text in every field."""
    all_of = [filled(text) for text in NAUGHTY]
    return replace(
        all_of[0],
        sections=tuple(
            Section(name=section.name, title=section.title, rows=tuple(one.sections[n].rows[0] for one in all_of))
            for n, section in enumerate(all_of[0].sections)
        ),
        held_back=tuple(one.held_back[0] for one in all_of),
        muted=tuple(one.muted[0] for one in all_of),
        sources=tuple(one.sources[0] for one in all_of),
    )


@pytest.fixture(params=NAUGHTY, ids=[f"naughty-{number}" for number in range(len(NAUGHTY))])
def naughty(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Debian's Chromium, with a folder of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"), executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        yield context
        context.close()
