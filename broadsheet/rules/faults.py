"""What is wrong with a query that cannot be read: the place of the fault, and what would be right.

Looks only at queries that the grammar has refused, and at single words that are no words; reads nothing else.
"""

from __future__ import annotations

import re

from ..errors import BroadsheetError, Mistake

#: Longer queries and deeper parentheses are refused: nobody writes them, and they cost time and stack.
MOST_CHARACTERS = 20_000
MOST_DEPTH = 50

#: Characters that look like the straight ones of the language and are not.
LOOKALIKES = "“”„‟«»‹›＂（）"

# A longer line is not shown: a caret would stand nowhere near its place.
_LONGEST_LINE = 400

# Phrases and regular expressions may hold parentheses of their own.
_PHRASE_OR_PARENTHESIS = re.compile(r'"[^"]*"|(?<![^\s(!:-])/(?:[^\\/\n]|\\[^\n])+/[A-Za-z]*(?![^\s)])|[()]')
_LAST_SIGN = re.compile(r'(?:(?<![^\s()"&|])(ANDNOT|AND|OR|NOT|NEAR/[0-9]+)|(&&|\|\|)|(?<![^\s(])([-!])|(\())\s*\Z')
_SIGN = re.compile(r"(?:ANDNOT|AND|OR|NOT|NEAR/[0-9]+)\Z|&&|\|\|")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

# Words that are none: signs at the wrong place, and what other languages write.
_NO_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"//", "the regular expression is empty", "write it between the slashes; quote the text if you mean slashes"),
    (r"/[^/]*\Z", "the regular expression is never closed", "write / at its end; quote the text if you mean the slash"),
    (r"/", "a blank is missing behind the regular expression", "write \\/ for a slash inside it; quote plain text"),
    (r"NEAR(?:/|\Z)", "NEAR lacks its number", "write NEAR/5 for at most five words between"),
    (r"@", "the name of a rule needs quotes", 'write @"the name"'),
    (r"[^~]*~\d*\Z", "~ stands behind a phrase only", 'write "two words"~5, and * for the end of a word'),
    (r".*?(?:&&|\|\|)", "a blank is missing", "write blanks around && and ||"),
    (r"!", "! stands alone", "write ! right before what must be absent, or leave it out"),
    (r"['‘’]", "a single quote begins no phrase", 'write "double quotes" around a phrase'),
    (r".*\^[\d.]+\Z", "^ is not understood", "points are the weight of the rule"),
    (r"-", "a word cannot begin with a hyphen here", "write -word or -field:word for what must be absent"),
    (rf"[{_DASHES}]", "a dash that is no hyphen begins a word", "write - or NOT before what must be absent"),
)
#: Where in such a word the fault is told, if not at its start.
_INSIDE = re.compile(r"~|&&|\|\|")


class QuerySyntaxError(BroadsheetError):
    """A query that means nothing: what is wrong, the place in the query (characters from 0), what would be right."""

    exit_code = 2

    def __init__(self, message: str, offset: int, remedy: str, query: str = "") -> None:
        self.message = message
        self.offset = offset
        self.remedy = remedy
        self.query = query
        super().__init__(message, offset, remedy, query)

    def __str__(self) -> str:
        return str(self.mistake("query", 1, 1, self.query.split("\n", 1)[0]))

    def mistake(self, file: str, line: int, column: int, text: str) -> Mistake:
        """The mistake in a file whose line (with this text) has the query's first character at column, from 1."""
        before = self.query[: self.offset]
        below = before.count("\n")
        if below:
            text = self.query.split("\n")[below]
            column = len(before) - before.rfind("\n")
        else:
            column += self.offset
        text = text if len(text) <= _LONGEST_LINE else ""
        return Mistake(file=file, line=line + below, column=column, text=text, message=self.message, remedy=self.remedy)


def check_size(query: str) -> None:
    """Raises QuerySyntaxError for a query that is empty, too long or too deep."""
    if not query.strip():
        raise QuerySyntaxError("the query is empty", 0, "write what a paper must say, for example cache OR caching")
    if len(query) > MOST_CHARACTERS:
        raise QuerySyntaxError(
            f"the query has {len(query):,} characters, and {MOST_CHARACTERS:,} are allowed",
            MOST_CHARACTERS,
            "split it into several rules",
        )
    depth = 0
    for sign in _PHRASE_OR_PARENTHESIS.finditer(query):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if depth > MOST_DEPTH:
            raise QuerySyntaxError(
                f"parentheses are more than {MOST_DEPTH} deep", sign.start(), "leave out those that change nothing"
            )


def check_word(word: str, at: int) -> None:
    """Raises QuerySyntaxError for a word that stands for something else than a word."""
    for pattern, message, remedy in _NO_WORDS:
        if re.match(pattern, word, re.DOTALL):
            inside = _INSIDE.search(word) if word[0] not in "/@" else None
            raise QuerySyntaxError(message, at + (inside.start() if inside else 0), remedy)


def unreadable(query: str, at: int) -> QuerySyntaxError:
    """The fault of a query in which no sign of the language begins at a place."""
    word = _loose(query, at)
    for number, char in enumerate(word or query[at]):
        if char in LOOKALIKES:
            straight = "parentheses ( )" if char in "（）" else 'quotes "'
            return QuerySyntaxError(f"{char} is not understood", at + number, f"write straight {straight}")
    if word.endswith(":@"):
        return QuerySyntaxError(
            "@ stands for a whole rule and cannot stand behind a field", at + len(word) - 1, "leave the field out"
        )
    if word == "@" and query.startswith('@"', at):
        return _use(query, at)
    if word == "-":
        return QuerySyntaxError("- stands alone", at, "write - right before what must be absent, or leave it out")
    try:
        check_word(word, at)
    except QuerySyntaxError as fault:
        return fault
    return _glued(query, at, at + len(word))


def _loose(query: str, at: int) -> str:
    """The characters from a place on up to a blank, quote or parenthesis."""
    return re.split(r'[\s()"]', query[at:], maxsplit=1)[0]


def _use(query: str, at: int) -> QuerySyntaxError:
    """The fault of a rule's name that ends in the wrong way."""
    end = query.find('"', at + 2)
    if end < 0:
        return QuerySyntaxError("the quote is never closed", at + 1, 'write " at the end of the name, too')
    return QuerySyntaxError("a blank is missing", end + 1, _before(query[end + 1]))


def _glued(query: str, at: int, end: int) -> QuerySyntaxError:
    """The fault where a word, phrase or parenthesis ends in the wrong way. end: of the word; at, where it is none."""
    opened = {found.start(): found.end() for found in re.finditer('"[^"]*"', query)}
    if query[end : end + 1] == '"' and end not in opened:
        return QuerySyntaxError("the quote is never closed", end, 'write " at the end of the phrase, too')
    if end == at:
        if query[at] == ")" and at not in _partners(query):
            return _stray(at)
        end = opened.get(at, at + 1)
        if query[end] == "~":
            return QuerySyntaxError("~ needs a number and then a blank", end, 'write "two words"~5')
    return QuerySyntaxError("a blank is missing", end, _before(query[end]))


def _before(char: str) -> str:
    if char == "(":
        return "write a blank before (; a word alone is found in singular and plural"
    return f"write a blank before {char}"


def unexpected(query: str, at: int) -> QuerySyntaxError:
    """The fault of a query in which a sign of the language stands where none or another one should; at its end, too."""
    before = _LAST_SIGN.search(query, 0, at)
    sign, place = (before[before.lastindex or 0], before.start(before.lastindex or 0)) if before else ("", 0)
    here = query[at : at + 1]
    if sign not in ("", "("):
        if here and here not in ")":
            return QuerySyntaxError(f"{sign} is followed by {_name(query, at)}", at, "leave one of the two out")
        return QuerySyntaxError(f"{sign} has nothing behind it", place, f"write a word, phrase or group behind {sign}")
    if not here:
        return _unclosed(query)
    if here == ")":
        if sign == "(":
            return QuerySyntaxError(
                "the parentheses are empty", place, "write something between them, or leave them out"
            )
        return _stray(at)
    name = _name(query, at)
    return QuerySyntaxError(f"{name} has nothing before it", at, f"write a word, phrase or group before {name}")


def _name(query: str, at: int) -> str:
    word = _loose(query, at)
    sign = _SIGN.match(word)
    return sign[0] if sign else query[at]


def _stray(at: int) -> QuerySyntaxError:
    return QuerySyntaxError("this parenthesis was never opened", at, "leave it out, or write ( where the group begins")


def _unclosed(query: str) -> QuerySyntaxError:
    partners = _partners(query)
    signs = [sign.start() for sign in _PHRASE_OR_PARENTHESIS.finditer(query) if sign[0] == "("]
    # What looks like an expression to us may not have been one to the parser; then the last parenthesis is it.
    at = next((place for place in reversed(signs) if place not in partners.values()), max(query.rfind("("), 0))
    return QuerySyntaxError("this parenthesis is never closed", at, "write ) where the group ends")


def _partners(query: str) -> dict[int, int]:
    """Each closing parenthesis that has an opening one, and that one."""
    opened: list[int] = []
    partners = {}
    for sign in _PHRASE_OR_PARENTHESIS.finditer(query):
        if sign[0] == "(":
            opened.append(sign.start())
        elif sign[0] == ")" and opened:
            partners[sign.start()] = opened.pop()
    return partners
