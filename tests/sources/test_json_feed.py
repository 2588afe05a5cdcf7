"""JSON Feeds of both versions, sound and torn."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import ParseFailed, SourceError
from broadsheet.types import Parsed

from .test_feed import dump

NEW = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Made Feed",
    "home_page_url": "https://example.org/",
    "items": [
        {
            "id": "https://example.org/1",
            "url": "/papers/1",
            "title": "Let's <think> & R&D",
            "content_html": "<p>One <b>block</b>, 1 &lt; 2.</p><p>Another.</p>",
            "date_published": "2026-08-06T23:30:00-08:00",
            "date_modified": "2026-08-08",
            "authors": [{"name": "Maker, Ada"}, {"name": "Bo Tester"}, {"url": "https://example.org/cy"}],
            "tags": ["cs.MA", "made"],
            "attachments": [{"url": "https://example.org/1.pdf", "mime_type": "application/pdf"}],
        },
        {
            "id": 2,
            "external_url": "https://arxiv.org/abs/2608.00001v2",
            "title": "Plain",
            "content_text": "a <b> c &amp; d",
        },
        {"id": "3", "content_text": "A note without a title."},
    ],
}
OLD = {
    "version": "https://jsonfeed.org/version/1",
    "title": "Made Feed",
    "items": [
        {
            "id": "1",
            "title": "Old",
            "summary": "In short.",
            "content_html": "<p>At length.</p>",
            "author": {"name": "Ada"},
        }
    ],
}


def parse(feed: Any) -> Parsed:
    parsed = sources.parse(dump(json.dumps(feed).encode()))
    assert parsed.format == "json-feed"
    return parsed


def test_version_1_1() -> None:
    parsed = parse(NEW)
    first, second = parsed.entries

    assert (first.title, first.abstract) == ("Let's <think> & R&D", "One block, 1 < 2. Another.")
    assert first.authors == ("Ada Maker", "Bo Tester")
    assert (first.published, first.updated) == (date(2026, 8, 6), date(2026, 8, 8))
    assert first.categories == ("cs.MA", "made")
    assert first.links == {"abstract": "https://example.org/papers/1", "pdf": "https://example.org/1.pdf"}
    assert (second.ids, second.version, second.abstract) == ({"arxiv": "2608.00001"}, 2, "a <b> c & d")
    assert [problem.reason for problem in parsed.problems] == ["a paper without a title"]
    assert (parsed.account.total, parsed.account.problem) == (3, 1)


def test_version_1() -> None:
    (entry,) = parse(OLD).entries

    assert (entry.title, entry.abstract, entry.authors) == ("Old", "In short.", ("Ada",))


def test_an_empty_feed_is_empty() -> None:
    parsed = parse({**OLD, "items": []})

    assert (parsed.entries, parsed.problems, parsed.account.total) == ((), (), 0)


@pytest.mark.parametrize("feed", [{"version": OLD["version"]}, {"version": OLD["version"], "items": {"a": 1}}])
def test_a_feed_without_a_list_is_refused(feed: Any) -> None:
    with pytest.raises(ParseFailed, match="no list of items"):
        parse(feed)


def test_records_of_any_shape() -> None:
    odd: list[Any] = [None, 3, "x", [], {"title": 7, "authors": "Ada", "tags": "x", "attachments": 1}, {"title": ["x"]}]
    parsed = parse({**OLD, "items": odd})

    assert [(entry.title, entry.authors) for entry in parsed.entries] == [("7", ("Ada",))]
    assert (parsed.account.total, parsed.account.problem) == (6, 5)


def test_cut_at_every_byte() -> None:
    content = json.dumps(NEW).encode()
    whole = parse(NEW).entries

    for at in range(1, len(content)):
        try:
            entries = sources.parse(dump(content[:at]), format="json-feed").entries
        except SourceError:
            continue
        assert entries == whole[: len(entries)], at


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=4) | st.sampled_from([b"null", b"[[", b"\\ud800"]))
def test_spliced(where: float, removed: int, put: bytes) -> None:
    content = json.dumps(NEW).encode()
    at = int(where * len(content))
    try:
        parsed = sources.parse(dump(content[:at] + put + content[at + removed :]), format="json-feed")
    except SourceError:
        return
    assert parsed.account.entry == len(parsed.entries)
    for entry in parsed.entries:
        (entry.title + (entry.abstract or "")).encode()
