"""Feeds of every dialect and with every defect, against what is expected of them: tests/data/feed/."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet import sources
from broadsheet.errors import ParseFailed, UnknownFormat
from broadsheet.types import Dump, Parsed

DATA = Path(__file__).parent.parent / "data" / "feed"
REFUSED = {
    "entity-bomb": "entities of its own",
    "entity-with-a-backslash": "entities of its own",
    "html-page-with-status-200": "an HTML page titled '503 Service & Unavailable'",
    "no-feed": "holds no feed",
}
FEEDS = sorted(path for path in DATA.glob("*.xml") if path.stem not in REFUSED)
FIELDS = ("title", "abstract", "authors", "published", "published_precision", "updated", "categories", "ids", "links")
NUMBERS = ("comments", "upvotes", "version")


def dump(content: bytes) -> Dump:
    return Dump(source="", name="made", sha256="0" * 64, modified=datetime(2026, 9, 1, tzinfo=UTC), content=content)


def seen(path: Path) -> dict[str, Any]:
    """What a file says, as its JSON file holds it: nothing that is unknown."""
    parsed = sources.parse(dump(path.read_bytes()), format="feed")
    entries = []
    for entry in parsed.entries:
        fields = {name: getattr(entry, name) for name in (*FIELDS, *NUMBERS)}
        entries.append({name: value for name, value in fields.items() if value not in (None, (), {})})
    account = parsed.account
    read: dict[str, Any] = {
        "entries": entries,
        "problems": [
            [problem.place and problem.place[0], problem.level, problem.reason] for problem in parsed.problems
        ],
        "account": [account.total, account.entry, account.furniture, account.problem],
        "taken": parsed.taken.isoformat() if parsed.taken_from == "page date" else None,
    }
    loaded: dict[str, Any] = json.loads(json.dumps(read, default=str))
    return loaded


def parse(text: str) -> Parsed:
    return sources.parse(dump(text.encode()), format="feed")


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_it_is_read_as_expected(path: Path) -> None:
    assert seen(path) == json.loads(path.with_suffix(".json").read_text())


def test_every_file_is_expected_to_be_something() -> None:
    stems = {path.stem for path in DATA.iterdir()}

    assert len(stems) > 45
    assert {path.stem for path in DATA.glob("*.json")} == stems - set(REFUSED)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_it_is_recognised(path: Path) -> None:
    assert sources.recognise(dump(path.read_bytes())).name == "feed"


@pytest.mark.parametrize("stem", REFUSED)
def test_what_is_no_feed_is_refused_by_name(stem: str) -> None:
    (path,) = DATA.glob(f"{stem}.*")

    with pytest.raises(ParseFailed, match=REFUSED[stem]):
        sources.parse(dump(path.read_bytes()), format="feed")


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><body><p>&lt;rss&gt;</p></body></html>",
        "<catalog><item>An item</item></catalog>",
        '{"rss": 1}',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/></rdf:RDF>',
        "A text about <rss> and <feed> and nothing else.\n",
    ],
)
def test_other_things_are_no_feeds(text: str) -> None:
    try:
        name = sources.recognise(dump(text.encode())).name
    except UnknownFormat:
        name = ""
    assert name != "feed"


def test_a_url_is_not_fetched() -> None:
    with pytest.raises(ParseFailed, match="holds no feed"):
        parse("http://127.0.0.1:9/feed.xml")


def test_nothing_that_an_entity_names_is_read() -> None:
    with pytest.raises(ParseFailed, match="entities of its own"):
        parse('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><title>&x;</title></item></rss>')
    parsed = parse('<!DOCTYPE rss SYSTEM "file:///etc/hostname"><rss><item><title>&x; &eacute;</title></item></rss>')

    assert parsed.entries[0].title == "&x; é"


def test_a_torn_record_keeps_its_text_in_the_problem() -> None:
    parsed = parse("<rss><channel><item><title>Whole</title></item><item><title>Torn</title><descr")

    assert [entry.title for entry in parsed.entries] == ["Whole"]
    torn = next(problem for problem in parsed.problems if problem.level == "error")
    assert torn.text == "<item><title>Torn</title><descr"
    assert torn.place == (2, 2)


def test_the_newest_date_of_the_feed_counts() -> None:
    parsed = parse(
        "<rss><channel><pubDate>Thu, 06 Aug 2026 00:00:00 GMT</pubDate>"
        "<lastBuildDate>Fri, 07 Aug 2026 00:00:00 GMT</lastBuildDate>"
        "<image><title>x</title><pubDate>Sat, 08 Aug 2026 00:00:00 GMT</pubDate></image>"
        "<item><title>One</title><pubDate>Sun, 09 Aug 2026 00:00:00 GMT</pubDate></item></channel></rss>"
    )

    assert (parsed.taken.day, parsed.taken_from) == (7, "page date")


@pytest.mark.parametrize(
    ("body", "abstract"),
    [
        ("By doubling the depth, we show more.</p><p>Second.", "By doubling the depth, we show more. Second."),
        ("Source: the moon.</p><p>It shines.", "Source: the moon. It shines."),
        ("We compare Nature, Science and Cell.", "We compare Nature, Science and Cell."),
        ("In Volume 3, we show more.", "In Volume 3, we show more."),
        ("No abstract available", None),
        ("Made-up title", None),
        ("<script>alert(1)</script><style>p {}</style><!-- no -->Words", "Words"),
    ],
)
def test_what_only_looks_like_a_citation_stays(body: str, abstract: str | None) -> None:
    text = f"<rss><item><title>Made-up title</title><description><![CDATA[<p>{body}</p>]]></description></item></rss>"

    assert parse(text).entries[0].abstract == abstract


def test_a_whole_post_gives_way_to_its_description() -> None:
    post = "<p>A post goes on.</p>" * 1_000
    text = (
        "<rss><item><title>T</title><description>In short.</description>"
        f"<content:encoded><![CDATA[{post}]]></content:encoded></item></rss>"
    )

    assert parse(text).entries[0].abstract == "In short."


CDF = """<?xml version="1.0"?>
<CHANNEL HREF="https://kites.example/">
  <TITLE>Kite News</TITLE>
  <ITEM HREF="https://kites.example/1"><TITLE>A Kite That Listens</TITLE><ABSTRACT>It flies.</ABSTRACT></ITEM>
  <ITEM HREF="https://kites.example/2"><TITLE>Knots</TITLE></ITEM>
</CHANNEL>
"""


def test_a_channel_in_the_format_before_rss_is_read() -> None:
    parsed = sources.parse(dump(CDF.encode()))
    assert (parsed.format, [entry.title for entry in parsed.entries]) == ("feed", ["A Kite That Listens", "Knots"])
    assert [entry.links for entry in parsed.entries] == [
        {"abstract": "https://kites.example/1"},
        {"abstract": "https://kites.example/2"},
    ]
    assert parsed.account.entry == parsed.account.total == 2


@pytest.mark.parametrize(
    ("content", "titles"),
    [
        (CDF[: CDF.index("Knots")], ["A Kite That Listens"]),
        (CDF.replace("</TITLE>", "", 1), ["A Kite That Listens", "Knots"]),
        (CDF.replace("</CHANNEL>", "</width>"), ["A Kite That Listens", "Knots"]),
    ],
)
def test_of_a_damaged_channel_the_whole_records_are_read(content: str, titles: list[str]) -> None:
    assert [entry.title for entry in parse(content).entries] == titles
