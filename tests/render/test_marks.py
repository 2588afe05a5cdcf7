from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.marks import Piece, pieces, spans_of
from broadsheet.types import Hit, Match

PLACES = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 60)), max_size=8)


@given(st.text(max_size=40), PLACES, st.integers(0, 40), st.integers(0, 40))
def test_pieces_are_the_text_and_exactly_the_hits_are_marked(
    make_match: Callable[..., Match], text: str, places: list[tuple[int, int]], one: int, other: int
) -> None:
    match = make_match("rule", 1.0, *(Hit(field="title", text="", start=start, end=end) for start, end in places))
    within = min(one, other, len(text)), min(max(one, other), len(text))
    told = pieces(text, spans_of([match], "title", text), within)
    assert "".join(piece.text for piece in told) == text[slice(*within)]
    assert all(piece.text for piece in told)
    marked = [piece.marked for piece in told for _ in piece.text]
    wanted = [any(0 <= start <= at < end for start, end in places) for at in range(*within)]
    assert marked == wanted


def test_overlapping_and_touching_hits_become_one_mark(make_match: Callable[..., Match]) -> None:
    hits = [Hit(field="title", text="", start=start, end=end) for start, end in ((4, 9), (0, 5), (9, 11))]
    assert spans_of([make_match("a", 1.0, *hits)], "title", "paged caches") == ((0, 11),)


def test_hits_of_other_fields_and_without_a_place_mark_nothing(make_match: Callable[..., Match]) -> None:
    hits = (Hit(field="abstract", text="x", start=0, end=1), Hit(field="title", text="3"))
    assert pieces("title", spans_of([make_match("a", 1.0, *hits)], "title", "title")) == (
        Piece(text="title", marked=False),
    )
