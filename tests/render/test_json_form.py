from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import RenderError
from broadsheet.render import digest_json, read_digest
from broadsheet.types import Digest, Match, Ranked


def whole(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def test_a_digest_reads_back_equal(digest_of: Callable[[str], Digest], naughty: str) -> None:
    digest = digest_of(naughty)
    if whole(naughty):
        assert read_digest(digest_json(digest)) == digest
    else:
        assert "\ufffd" in read_digest(digest_json(digest)).title


@given(st.text())
def test_any_text_reads_back_equal(digest_of: Callable[[str], Digest], text: str) -> None:
    digest = digest_of(text)
    content = digest_json(digest)
    assert read_digest(content) == digest
    assert digest_json(read_digest(content)) == content


def test_programs_find_scores_and_the_number_of_papers(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], make_match: Callable[..., Match]
) -> None:
    row = make_row(matches=(make_match("a", 2.5), make_match("b", -1.0)))
    content = digest_json(make_digest((row,), (make_row(number=2),)))
    plain = json.loads(content)
    assert plain["shown"] == 2
    assert [row["score"] for section in plain["sections"] for row in section["rows"]] == [1.5, 3.0]
    assert content.endswith(b"}\n")
    assert b'\n  "profile": "serving"' in content


def test_the_order_of_ids_and_links_changes_no_byte(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    one = make_row(ids={"arxiv": "2401.01234", "doi": "10.1000/x"})
    other = make_row(ids={"doi": "10.1000/x", "arxiv": "2401.01234"})
    assert digest_json(make_digest((one,))) == digest_json(make_digest((other,)))


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"profile": 3}', b"\xff", b'{"profile": "\xff"}'])
def test_what_is_no_digest_is_told_so(content: bytes) -> None:
    with pytest.raises(RenderError, match=r"digest\.json: is no digest: "):
        read_digest(content)


def test_what_papers_carry_for_the_next_comparison_stays_at_home(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    def carrying(row: Ranked) -> Ranked:
        stamps = {"title": (2, datetime(2026, 7, 1, tzinfo=UTC))}
        paper = replace(row.change.paper, stamps=stamps, said={"made-up": "a fingerprint"})
        return replace(row, change=replace(row.change, paper=paper))

    def with_a_copy(row: Ranked, copied: Ranked) -> Ranked:
        return replace(row, copies=(copied.change,))

    row, other = make_row(), make_row(number=2)
    content = digest_json(make_digest((with_a_copy(carrying(row), carrying(other)),)))
    assert b"stamps" not in content
    assert b"fingerprint" not in content
    assert read_digest(content) == make_digest((with_a_copy(row, other),))
