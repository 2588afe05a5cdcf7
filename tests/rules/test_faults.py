"""Queries that mean nothing: the place of the fault (column from 1), what is wrong, and what would be right."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    ("a ||NOT", 5, "NOT has nothing behind it", "behind NOT"),
    ("a &&ANDNOT b", 5, "&& is followed by ANDNOT", "leave one"),
    (":/ (..AND/ ", 4, "never closed", "write )"),
    ("a OR OR b", 6, "OR is followed by OR", "leave one"),
    ("a AND OR b", 7, "AND is followed by OR", "leave one"),
    ("NOT NOT a", 5, "NOT is followed by NOT", "leave one"),
    ("NOT -a", 5, "NOT is followed by -", "leave one"),
    ("a - b", 3, "- stands alone", "right before"),
    ("--a", 1, "cannot begin with a hyphen", "-word"),
    ("a \u2013b", 3, "dash that is no hyphen", "NOT"),
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
    # && || ! ANDNOT
    ("a && || b", 6, "&& is followed by ||", "leave one"),
    ("a &&", 3, "&& has nothing behind it", "behind &&"),
    ("|| a", 1, "|| has nothing before it", "before ||"),
    ("a||b", 2, "a blank is missing", "around && and ||"),
    ("a b&&c", 4, "a blank is missing", "around && and ||"),
    ("a !", 3, "! stands alone", "right before"),
    ("!!a", 1, "! stands alone", "right before"),
    ("a -!b", 4, "- is followed by !", "leave one"),
    ("a ANDNOT", 3, "ANDNOT has nothing behind it", "behind ANDNOT"),
    ("ANDNOT a", 1, "ANDNOT has nothing before it", "before ANDNOT"),
    ("a ANDNOT -b", 10, "ANDNOT is followed by -", "leave one"),
    # Words apart
    ("a NEAR b", 3, "NEAR lacks its number", "NEAR/5"),
    ("a NEAR/ b", 3, "NEAR lacks its number", "NEAR/5"),
    ("a NEAR/x b", 3, "NEAR lacks its number", "NEAR/5"),
    ("a NEAR/-1 b", 3, "NEAR lacks its number", "NEAR/5"),
    ("NEAR/5 a", 1, "NEAR/5 has nothing before it", "before NEAR/5"),
    ("a NEAR/5", 3, "NEAR/5 has nothing behind it", "behind NEAR/5"),
    ("(a NEAR/5) b", 4, "NEAR/5 has nothing behind it", "behind NEAR/5"),
    ("a NEAR/5 OR b", 10, "NEAR/5 is followed by OR", "leave one"),
    ("a NEAR/5 -b", 10, "NEAR/5 is followed by -", "leave one"),
    ("a NEAR/5 b NEAR/3 c", 12, "NEAR/3 follows another NEAR", '"a b c"~5'),
    ("a NEAR/1001 b", 8, "at most 1,000 tokens", "AND for anywhere"),
    ("a NEAR/" + "9" * 5_000 + " b", 8, "at most 1,000 tokens", "AND for anywhere"),
    ("(a OR b) NEAR/5 c", 10, "between words and phrases only", "(a NEAR/5 c) OR (b NEAR/5 c)"),
    ("a NEAR/5 comments:3", 3, "between words and phrases only", "for a group"),
    ("a NEAR/5 /b/", 3, "between words and phrases only", "for a group"),
    ('a NEAR/5 "b c"~2', 3, "no phrase with ~", "leave ~ out"),
    ("cat:a NEAR/5 cat:b", 7, "counts words, and category: has none", "AND"),
    ("a NEAR/5 title:b", 3, "in the same field", "title:( ) around both"),
    ("title:a NEAR/5 b", 9, "in the same field", "title:( ) around both"),
    ("a~2", 2, "~ stands behind a phrase only", '"two words"~5'),
    ("a b~", 4, "~ stands behind a phrase only", '"two words"~5'),
    ('"a b"~', 6, "~ needs a number", '"two words"~5'),
    ('"a b"~x', 6, "~ needs a number", '"two words"~5'),
    ('x "a b"~5x', 8, "~ needs a number", '"two words"~5'),
    ('"a b"~1001', 7, "at most 1,000 tokens", "AND for anywhere"),
    ('"a"~2', 4, "needs a phrase of 2 to 6 words", "the end of a word"),
    ('"kv-cache"~2', 11, "needs a phrase of 2 to 6 words", "the end of a word"),
    ('"a b c d e f g h i"~2', 20, "needs a phrase of 2 to 6 words", "split it"),
    ('"a * b"~2', 1, "* alone fits any word", "leave the * out"),
    ('cat:"a b"~2', 10, "takes no ~", "leave it out"),
    # Regular expressions
    ("//", 1, "the regular expression is empty", "between the slashes"),
    ("/abc", 1, "never closed", "write / at its end"),
    ("a /b c", 3, "never closed", "write / at its end"),
    ("(/a(b)", 2, "never closed", "write / at its end"),
    ("/usr/bin/x", 1, "a blank is missing behind", "for a slash inside it"),
    ("/a//b/", 1, "a blank is missing behind", "for a slash inside it"),
    ("/a/x", 4, "x behind the expression", "only /i"),
    ("b /a/ii", 6, "ii behind the expression", "only /i"),
    ("/a(?=b)/", 3, "RE2 cannot read this: invalid perl operator", "no look-around"),
    ("title:/a(?<!b)/", 9, "RE2 cannot read this: invalid perl operator", "no look-around"),
    (r"x /(a)\1/", 7, "RE2 cannot read this: invalid escape sequence", "no references back"),
    ("/(a/", 2, "RE2 cannot read this: missing )", "RE2"),
    ("/[z-a]/", 3, "RE2 cannot read this: invalid character class range", "RE2"),
    ("/ab**/", 4, "RE2 cannot read this: bad repetition operator", "RE2"),
    ("/*a/", 2, "RE2 cannot read this: no argument for repetition", "RE2"),
    ("/[b-a]x[b-a]/", 3, "RE2 cannot read this", "RE2"),
    ("/a{2000}/", 3, "RE2 cannot read this: invalid repetition size", "1,000 repetitions"),
    (r"/(\pL{500}\pN{500}){1,2}/", 2, "RE2 cannot read this: pattern too large", "RE2"),
    ("/" + "a" * 1_001 + "/", 2, "has 1,001 characters, and 1,000 are allowed", "several rules"),
    ("comments:/3/", 10, "takes no /regular expression/", "comparison"),
    ("titel:/x/", 1, "no field 'titel'", "did you mean title:"),
    ("title:(abs:/x/)", 8, "title: is followed by another field", "to look for the text"),
    # Other rules
    ("@x", 1, "the name of a rule needs quotes", '@"the name"'),
    ('a @"x', 4, "the quote is never closed", "at the end of the name"),
    ('@"x"y', 5, "a blank is missing", "before y"),
    ('@""', 1, "the name of the rule is empty", "another rule"),
    ('title:@"x"', 7, "cannot stand behind a field", "leave the field out"),
    ('title:(a @"x")', 10, "cannot stand in a group of a field", "close the group of title:"),
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
    "near",
    "either/or",
    '/a (b|c) \\/ "/i',
    "(/a\\)/ OR b)",
    "wow!",
    "R&D",
    "a&&b".replace("&&", " &&"),
    "/[(]{3}/ (a)",
]


@pytest.mark.parametrize("query", LEGAL)
def test_what_only_looks_odd_is_legal(query: str) -> None:
    parse_query(query)


SIGNS = [
    *("a", "b*", '"x y"', "OR", "AND", "NOT", "ANDNOT", "&&", "||", "!", "-", "(", ")", "NEAR/3", "~2", "/r/", '@"n"'),
    *("title:", "comments:>=3", "comments:", "..", ":", '"', "/", "*", "\\", " ", "1..", "published:2026-13", "^", "'"),
]


@given(st.lists(st.sampled_from(SIGNS), max_size=8))
@settings(max_examples=600)
def test_any_soup_of_signs_is_a_query_or_a_fault_with_its_place(soup: list[str]) -> None:
    for query in ("".join(soup), " ".join(soup)):
        offset = 0
        try:
            parse_query(query)
        except QuerySyntaxError as fault:
            offset = fault.offset
        assert 0 <= offset <= len(query)
