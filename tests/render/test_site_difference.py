"""What changed in a text: nothing is lost, and what did not change is not told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.site.difference import Run, difference

TEXT = st.text(st.sampled_from("ab \n.é"), max_size=60)


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in difference(old, new)]


def words(runs: tuple[Run, ...], without: str) -> list[str]:
    return "".join(
        run.text if run.text[-1:].isspace() else run.text + " " for run in runs if run.kind != without
    ).split()


@given(TEXT, TEXT)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    runs = difference(old, new)
    assert words(runs, "come") == old.split()
    assert words(runs, "gone") == new.split()


@given(TEXT)
def test_a_text_differs_in_nothing_from_itself(text: str) -> None:
    assert {run.kind for run in difference(text, text)} <= {"same"}
    assert "".join(run.text for run in difference(text, text)) == text


def test_words_that_came_and_went_stand_where_they_are() -> None:
    assert told("one token in nine changes", "one token in seven changes its mind") == [
        ("same", "one token in "),
        ("gone", "nine "),
        ("come", "seven "),
        ("same", "changes "),
        ("come", "its mind"),
    ]


@pytest.mark.parametrize(("old", "new"), [("", "a b"), ("a b", ""), ("", "")])
def test_what_was_unknown_comes_as_a_whole(old: str, new: str) -> None:
    assert told(old, new) == ([("come", new)] if new else [("gone", old)] if old else [])


def test_white_space_alone_is_no_change() -> None:
    assert {kind for kind, _ in told("a  b\nc", "a b c")} == {"same"}


def test_texts_without_a_common_word_cost_little_and_are_told_as_a_whole() -> None:
    began = time.perf_counter()
    runs = told("a " * 20_000, "b " * 20_000)
    assert [kind for kind, _ in runs] == ["gone", "come"]
    assert time.perf_counter() - began < 1
