"""Single conditions of a query: what a word, phrase, value, expression or name may be, and what it is then.

Reads one sign of the language at a time; how they stand together is parse.py's. Evaluates nothing.
"""

from __future__ import annotations

import difflib
import re

from . import regex as regexes
from . import values
from .faults import QuerySyntaxError, check_word
from .pattern import has_letters
from .query import FIELDS, SHORT, Leaf, Near, Phrase, Query, Regex, Use, Word

#: Most tokens that ~ and NEAR allow between words, and most words of a phrase with ~.
MOST_BETWEEN = 1_000
MOST_APART = 6

_NAME = re.compile(r"([A-Za-z_]+):")
_COMPARISON = re.compile(r"[<>=]")
_RANGE = re.compile(r"[0-9-]+\.\.[0-9-]+\Z")
_WITHOUT_COLON = re.compile(r"([A-Za-z]+)([<>]=?|=)")


def scope_of(prefix: str, at: int, outer: str | None, written: str = "") -> str:
    """The field that a prefix such as "ti:" names. written: all of the word that it begins, if it begins one."""
    name = prefix.removesuffix(":")
    check_word(name, at)
    if outer:
        remedy = f'to look for the text write "{written}"' if written else f"close the group of {outer}: before {name}:"
        raise QuerySyntaxError(f"{outer}: is followed by another field", at, remedy)
    known = SHORT.get(name.lower(), name.lower())
    if known in FIELDS:
        return known
    near = difflib.get_close_matches(known, [*FIELDS, *SHORT], n=1, cutoff=0.7)
    remedy = f"did you mean {near[0]}:" if near else f"the fields are {', '.join(FIELDS)}"
    if written:
        remedy += f'; to look for the text itself write "{written}"'
    raise QuerySyntaxError(f"there is no field {name!r}", at, remedy)


def word(text: str, at: int, scope: str | None) -> Leaf:
    """The condition of a word, with or without a field before it. scope: the field before its group."""
    named = _NAME.match(text)
    if not named or scope == "id":  # ids have colons of their own
        return _value(scope, text, at)
    field = scope_of(named[0], at, scope, text)
    return _value(field, text[named.end() :], at + named.end())


def _value(field: str | None, text: str, at: int) -> Leaf:
    kind = FIELDS[field] if field else "words"
    if field and not text:
        remedy = f"write it right behind the colon, without a blank, or as a group: {field}:( )"
        raise QuerySyntaxError(f"{field}: has no value", at - 1, remedy)
    if field and kind == "number":
        return values.number(field, text, at)
    if field and kind == "date":
        return values.days(field, text, at)
    _check_no_condition(field, text, at)
    if kind == "words":
        check_word(text, at)
        if field and (inner := _NAME.match(text)):
            scope_of(inner[0], at, field, text)
    if not has_letters(text):
        raise QuerySyntaxError(f"{text} holds nothing to look for", at, "write at least one letter or digit")
    return Word(field=field, text=text, at=at)


def _check_no_condition(field: str | None, text: str, at: int) -> None:
    """Raises QuerySyntaxError for a value that should be text and is a number's condition, or begins with a minus."""
    colon = _WITHOUT_COLON.match(text)
    if not field and colon and colon[1].lower() in FIELDS:
        remedy = f"write {colon[1]}:{text[colon.end(1) :]}"
        raise QuerySyntaxError(f"the colon behind {colon[1]} is missing", at + colon.end(1), remedy)
    if _COMPARISON.match(text) or _RANGE.match(text):
        what = f"{field}: takes text, and {text} is a condition" if field else f"{text} needs a field before it"
        raise QuerySyntaxError(what, at, "numbers and dates: comments, upvotes, authors, published, as comments:>=3")
    if text.startswith("-"):
        raise QuerySyntaxError(
            "the - stands behind the field", at, f"write -{field}:{text[1:]} for what must be absent"
        )


def phrase(written: str, at: int, field: str | None) -> Leaf:
    """The condition of a phrase, with or without its slop."""
    quoted, _, slop = written.rpartition('"')
    text = " ".join(quoted[1:].split())
    if field and FIELDS[field] in {"number", "date"}:
        raise QuerySyntaxError(f"{field}: takes no phrase", at, f"write {field}: and the value without quotes")
    if not has_letters(text):
        what = "has nothing to look for" if text else "is empty"
        raise QuerySyntaxError(f"the phrase {what}", at, 'write the words between the quotes, for example "page cache"')
    if not slop:
        return Phrase(field=field, text=text, at=at)
    _check_slop(text, field, at, at + len(quoted) + 1)
    return Phrase(field=field, text=text, slop=_tokens_between(slop[1:], at + len(quoted) + 2), at=at)


def _check_slop(text: str, field: str | None, at: int, end: int) -> None:
    """Raises QuerySyntaxError where ~ stands behind something that has no words to be apart."""
    words = text.split(" ")
    if field and FIELDS[field] == "whole":
        raise QuerySyntaxError(f"{field}: is compared as a whole and takes no ~", end, "leave it out, or write *")
    if any(not word.strip("*") for word in words):
        raise QuerySyntaxError("* alone fits any word, and ~ allows for words between", at, "leave the * out")
    count = sum(map(has_letters, words))
    if not 2 <= count <= MOST_APART:
        remedy = 'as in "page cache"~5; write * for the end of a word' if count < 2 else "split it with AND"
        raise QuerySyntaxError(f"~ needs a phrase of 2 to {MOST_APART} words, and this has {count}", end, remedy)


def _tokens_between(digits: str, at: int) -> int:
    if len(digits) > len(str(MOST_BETWEEN)) or int(digits) > MOST_BETWEEN:
        raise QuerySyntaxError(f"at most {MOST_BETWEEN:,} tokens can stand between", at, "write AND for anywhere")
    return int(digits)


def near(left: Query, right: Query, sign: str, at: int) -> Near:
    """The condition of NEAR between two others. at: where the sign stands."""
    one, other = _side(left, at), _side(right, at)
    if one.field != other.field:
        remedy = f"write {one.field or other.field}:( ) around both"
        raise QuerySyntaxError("both sides of NEAR must look in the same field", at, remedy)
    return Near(left=one, right=other, within=_tokens_between(sign.removeprefix("NEAR/"), at + 5), at=one.at)


def _side(side: Query, at: int) -> Word | Phrase:
    if not isinstance(side, Word | Phrase):
        remedy = "write (a NEAR/5 c) OR (b NEAR/5 c) for a group"
        raise QuerySyntaxError("NEAR stands between words and phrases only", at, remedy)
    if side.field is not None and FIELDS[side.field] != "words":
        raise QuerySyntaxError(f"NEAR counts words, and {side.field}: has none", at, "write AND")
    if isinstance(side, Phrase) and side.slop is not None:
        raise QuerySyntaxError("NEAR takes no phrase with ~", at, "leave ~ out, or write AND")
    return side


def too_near(sign: str, at: int) -> QuerySyntaxError:
    """The fault of a third side of NEAR."""
    return QuerySyntaxError(f"{sign} follows another NEAR", at, 'write "a b c"~5, or (a NEAR/5 b) AND (b NEAR/5 c)')


def regex(written: str, at: int, scope: str | None) -> Leaf:
    """The condition of a regular expression, with or without a field before it."""
    prefix, _, rest = written.partition("/")
    field = scope_of(prefix, at, scope, written) if prefix else scope
    pattern, _, flags = rest.rpartition("/")
    at += len(prefix) + 1
    if field and FIELDS[field] in {"number", "date"}:
        raise QuerySyntaxError(f"{field}: takes no /regular expression/", at - 1, "write a comparison or a range")
    if flags not in ("", "i"):
        remedy = "only /i is: it makes no difference between capital and small letters"
        raise QuerySyntaxError(f"{flags} behind the expression is not understood", at + len(pattern) + 1, remedy)
    regexes.check(pattern, flags == "i", at)
    return Regex(field=field, text=pattern, ignore_case=flags == "i", at=at - 1 - len(prefix))


def use(written: str, at: int, scope: str | None) -> Use:
    """The use of another rule."""
    name = written[2:-1]
    if scope:
        remedy = f"close the group of {scope}: before it"
        raise QuerySyntaxError("@ stands for a whole rule and cannot stand in a group of a field", at, remedy)
    if not name.strip():
        raise QuerySyntaxError("the name of the rule is empty", at, 'write the name of another rule, as @"a rule"')
    return Use(name=name, at=at)
