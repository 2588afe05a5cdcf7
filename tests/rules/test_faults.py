"""Queries that mean nothing: the place of the fault (column from 1), what is wrong, and what would be right."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from broadsheet.config import read_profile
from broadsheet.errors import ConfigError
from broadsheet.rules import QuerySyntaxError, compile_profiles, parse_query
from broadsheet.types import Place, Rule
from tests.made import profile, rule

FAULTS: list[tuple[str, int, str, str]] = [
    ("", 1, "empty", "write what a paper must say"),
    ("  \n ", 1, "empty", "write what a paper must say"),
    # Parentheses
    ("(a OR b", 1, "never closed", "write )"),
    ("a (b (c", 6, "never closed", "write )"),
    ("title:(a", 7, "never closed", "write )"),
    ('("a )" b', 1, "never closed", "write )"),
    ("a) b", 2, "never opened", "leave it out"),
    ("a)b", 2, "never opened", "leave it out"),
    ("()", 1, "parentheses are empty", "leave them out"),
    ("a (  )", 3, "parentheses are empty", "leave them out"),
    ("title:()", 7, "parentheses are empty", "leave them out"),
    ("agent(s)", 6, "a blank is missing", "singular and plural"),
    ("(a)(b)", 4, "a blank is missing", "before ("),
    ("(a)b", 4, "a blank is missing", "before b"),
    ("(" * 10_000 + "a" + ")" * 10_000, 20_001, "20,000 are allowed", "several rules"),
    ("(" * 5_000 + "a" + ")" * 5_000, 51, "more than 50 deep", "leave out"),
    ("(" * 5_000, 51, "more than 50 deep", "leave out"),
    # Quotes
    ('"kv cache', 1, "never closed", 'write "'),
    ('kv cache"', 9, "never closed", 'write "'),
    ('a "b c" "d', 9, "never closed", 'write "'),
    ('""', 1, "the phrase is empty", "between the quotes"),
    ('a "  "', 3, "the phrase is empty", "between the quotes"),
    ('"..."', 1, "nothing to look for", "between the quotes"),
    ('title:""', 7, "the phrase is empty", "between the quotes"),
    ('"a"b', 4, "a blank is missing", "before b"),
    ('a"b"', 2, "a blank is missing", 'before "'),
    ("“kv cache”", 1, "“ is not understood", "straight quotes"),
    ("a “kv cache”", 3, "“ is not understood", "straight quotes"),
    ("title:“kv”", 7, "“ is not understood", "straight quotes"),
    ("（a）", 1, "（ is not understood", "straight parentheses"),
    ("'kv cache'", 1, "a single quote", '"double quotes"'),
    # Operators
    ("AND a", 1, "AND has nothing before it", "before AND"),
    ("(OR a)", 2, "OR has nothing before it", "before OR"),
    ("a AND", 3, "AND has nothing behind it", "behind AND"),
    ("a OR ", 3, "OR has nothing behind it", "behind OR"),
    ("(a OR)", 4, "OR has nothing behind it", "behind OR"),
    ("a NOT", 3, "NOT has nothing behind it", "behind NOT"),
    ("a OR OR b", 6, "OR is followed by OR", "leave one"),
    ("a AND OR b", 7, "AND is followed by OR", "leave one"),
    ("NOT NOT a", 5, "NOT is followed by NOT", "leave one"),
    ("NOT -a", 5, "NOT is followed by -", "leave one"),
    ("a - b", 3, "- stands alone", "right before"),
    ("--a", 1, "cannot begin with a hyphen", "-word"),
    ("a \u2013b", 3, "dash that is no hyphen", "NOT"),
    ("a && b", 3, "&& is not understood", "AND"),
    ("a || b", 3, "|| is not understood", "OR"),
    ("!a", 1, "! is not understood", "NOT"),
    ("a ANDNOT b", 3, "ANDNOT is not understood", "AND NOT"),
    # Fields
    ("titel:x", 1, "no field 'titel'", "did you mean title:"),
    ("a autor:x", 3, "no field 'autor'", "did you mean author:"),
    ('zzz:"x"', 1, "no field 'zzz'", "the fields are title, abstract"),
    ("zzz:(x)", 1, "no field 'zzz'", "the fields are title, abstract"),
    ("https://made.up", 1, "no field 'https'", '"https://made.up"'),
    ("title:", 6, "title: has no value", "without a blank"),
    ("ti: x", 3, "title: has no value", "without a blank"),
    ("title:author:x", 7, "title: is followed by another field", '"author:x"'),
    ("title:(author:x)", 8, "title: is followed by another field", '"author:x"'),
    ("title:(author:(x))", 8, "title: is followed by another field", "close the group"),
    ("title:-x", 7, "the - stands behind the field", "-title:x"),
    ("title:>=3", 7, "title: takes text", "comments:>=3"),
    ("cat:>3", 5, "category: takes text", "comments:>=3"),
    # Numbers and dates
    ("comments:many", 10, "takes a number, and 'many' is none", "comments:>=3"),
    ("comments:3.5", 10, "takes a number", "whole number"),
    ("comments:-1", 10, "takes a number", "whole number"),
    ("comments:=>3", 11, "takes a number", "write >="),
    ("comments:>=", 12, "lacks its number", "comments:>=3"),
    ("comments:3..", 13, "lacks its number", "10..50"),
    ("comments:..3", 10, "lacks its number", "10..50"),
    ("comments:9..3", 10, "runs backwards", "write 3..9"),
    ("comments:<0", 10, "nothing is ever <0", "leave the condition out"),
    ("comments:" + "9" * 5_000, 10, "too large", "whole number"),
    ('comments:"3"', 10, "takes no phrase", "without quotes"),
    ("comments >= 3", 10, ">= needs a field", "comments:>=3"),
    ("comments>=3", 9, "the colon behind comments is missing", "comments:>=3"),
    ("10..50", 1, "needs a field", "comments:>=3"),
    ("authors:smith", 9, "takes a number", "author:smith"),
    ("published:yesterday", 11, "takes a date", "2026-01-15"),
    ("published:2026-1-1", 11, "takes a date", "2026-01-15"),
    ("published:2026-13", 11, "no 2026-13 in the calendar", "2026-01-15"),
    ("published:>=2026-02-30", 13, "no 2026-02-30 in the calendar", "2026-01-15"),
    ("published:2026-05..2026-01", 11, "runs backwards", "2026-01..2026-05"),
    ("published:>9999", 11, "nothing is ever >9999", "leave the condition out"),
    ("published:=>2026", 12, "takes a date", "write >="),
    # Words that are none
    ("++", 1, "nothing to look for", "letter or digit"),
    ("*", 1, "nothing to look for", "letter or digit"),
    ("cat:*", 5, "nothing to look for", "letter or digit"),
    ("word^3", 1, "^ is not understood", "weight"),
    # What a later version understands
    ('"a b"~5', 6, "~ is not available", "phrase"),
    ("a~2", 2, "~ is not available", "phrase"),
    ("a NEAR/5 b", 3, "NEAR is not available", "AND"),
    ("a NEAR b", 3, "NEAR is not available", "AND"),
    ("a /b c/", 3, "/regular expression/ is not available", "words"),
    ("/a(b|c)/", 1, "/regular expression/ is not available", "words"),
    ('a @"a rule"', 3, "@ is not available", "copy its query"),
]


@pytest.mark.parametrize(("query", "column", "message", "remedy"), FAULTS)
def test_a_fault_is_told_with_its_column_and_remedy(query: str, column: int, message: str, remedy: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(query)
    fault = caught.value
    assert (fault.offset + 1, message in fault.message, remedy in fault.remedy) == (column, True, True), str(fault)
    assert fault.query == query
    assert fault.exit_code == 2


def test_a_fault_shows_a_caret_under_its_place() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("cache OR (evict")
    assert str(caught.value) == (
        "query:1:10: this parenthesis is never closed\n"
        "    cache OR (evict\n"
        "             ^\n"
        "    write ) where the group ends"
    )


def test_a_fault_survives_pickling() -> None:
    fault = QuerySyntaxError("wrong", 2, "right", "a b")
    assert str(pickle.loads(pickle.dumps(fault))) == str(fault)  # noqa: S301 - our own bytes


def test_all_mistakes_of_all_profiles_are_told_at_once() -> None:
    one = profile(rule("(a"), rule("fine"), rule("b OR"), name="one")
    two = profile(rule("fine"), name="two", mutes=(rule("titel:x"),))
    with pytest.raises(ConfigError) as caught:
        compile_profiles([one, two])
    assert [(mistake.message, mistake.column) for mistake in caught.value.mistakes] == [
        ("this parenthesis is never closed", 9),
        ("OR has nothing behind it", 11),
        ("there is no field 'titel'", 9),
    ]


def test_a_mistake_shows_the_line_of_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        compile_profiles([profile(rule("cache OR (evict"))])
    assert str(caught.value) == (
        "profiles/made.toml:3:18: this parenthesis is never closed\n"
        "    when = 'cache OR (evict'\n"
        "                     ^\n"
        "    write ) where the group ends"
    )


def test_a_mistake_in_a_query_of_several_lines_shows_its_own_line() -> None:
    place = Place(file="profiles/made.toml", line=7, column=1, text="cache OR")
    broken = Rule(name="r", when="cache OR\n  (evict\nOR prune", place=place)
    with pytest.raises(ConfigError) as caught:
        compile_profiles([profile(broken)])
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.column, mistake.text) == (8, 3, "  (evict")


def test_a_mistake_in_a_file_is_told_with_the_line_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "made.toml"
    file.write_text("[[rule]]\nwhen = '''\ncache\n  OR (evict\n'''\n[[rule]]\nwhen = 'a AND'\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        compile_profiles([read_profile(file)])
    told = [(mistake.line, mistake.column, mistake.text) for mistake in caught.value.mistakes]
    assert told == [(4, 6, "  OR (evict"), (7, 11, "when = 'a AND'")]


def test_a_mistake_in_a_very_long_line_is_told_without_the_line() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("word " * 200 + "OR")
    assert str(caught.value).splitlines()[0] == "query:1:1001: OR has nothing behind it"
    assert "word" not in str(caught.value).splitlines()[1].replace("a word", "")


LEGAL = [
    "this or that",
    "and",
    "not",
    "Or",
    "a- b",
    "a AND(b OR c)",
    'NOT"a b"',
    "title:AND",
    "2:4",
    "10:30",
    "a\nb\tc",
]


@pytest.mark.parametrize("query", LEGAL)
def test_what_only_looks_odd_is_legal(query: str) -> None:
    parse_query(query)
