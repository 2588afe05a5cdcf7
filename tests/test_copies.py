from __future__ import annotations

from broadsheet import copies
from broadsheet.types import Paper
from tests.growth import grows_linearly
from tests.made import paper

ONE = "We fill a shelf with books that nobody has read before. Readers find them at once and are glad of it. "
OTHER = "The colour of an orchid depends on the light that falls on it. We photograph four hundred of them. "


def of(*abstracts: str | None) -> tuple[int, ...]:
    return copies.group([paper(f"Title {number}", abstract=text) for number, text in enumerate(abstracts)])


def test_the_same_abstract_in_other_clothes_is_a_copy() -> None:
    assert of(ONE, OTHER, ONE.upper(), ONE + "Code is available.", ONE.replace("glad", "happy")) == (0, 1, 0, 0, 0)


def test_a_cut_off_abstract_is_a_copy_of_the_whole_one() -> None:
    assert of(ONE + OTHER, ONE + OTHER[:30]) == (0, 0)


def test_papers_that_only_share_a_sentence_are_two() -> None:
    shared = "Large models are slow, and waiting for them is not pleasant at all. "
    assert of(shared + ONE, shared + OTHER) == (0, 1)


def test_short_sentences_and_missing_abstracts_say_nothing() -> None:
    assert of("Code is available.", "Code is available.", None, None, "") == (0, 1, 2, 3, 4)


def test_a_copy_of_a_copy_has_the_same_first() -> None:
    assert of(ONE, ONE + OTHER, ONE + OTHER) == (0, 0, 0)


def test_boilerplate_that_all_share_costs_no_more_for_more_papers() -> None:
    def made(count: int) -> list[Paper]:
        shared = "This paper is part of a large series of papers about the same thing. "
        own = (" ".join(f"w{number}x{word}" for word in range(40)) for number in range(count))
        return [paper(f"Title {number}", abstract=shared + text) for number, text in enumerate(own)]

    assert copies.group(made(400)) == tuple(range(400))
    assert grows_linearly(lambda count: copies.group(made(count)), 300)
