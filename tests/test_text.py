from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import fold_space, folded


def test_every_kind_of_space_is_one_blank() -> None:
    assert fold_space("\u00a0 a\t\r\n b\u2028c\u3000\x0bd\x00e\x85 ") == "a b c d e"


def test_unseen_characters_go() -> None:
    assert fold_space("\ufeffin\u00advisible\u200b") == "invisible"


def test_letters_are_compared_without_case_accents_and_ligatures() -> None:
    assert folded("Naïve ﬁne STRASSE İzmir") == folded("naive fine straße izmir")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_space(fold_space(text)) == fold_space(text)
    assert folded(folded(text)) == folded(text)
