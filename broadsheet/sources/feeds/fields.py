"""One record of a feed -> its fields: names made alike, contents with entities and CDATA taken apart.

Forgives what publishers do: prefixes nobody declared, bare ampersands, end tags that are missing or misspelt, HTML
that was never escaped. Expands no entity but those of HTML. Decides nothing about what a field means.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from .records import INSIDE, Hidden

#: Characters of one field that are read; more is no abstract.
LONGEST_FIELD = 64_000
_TOKEN = re.compile(rf"<!--|<!\[CDATA\[|<(/?)([A-Za-z_][\w.:-]{{0,99}})(?=[\s/>])({INSIDE})>")
_ATTRIBUTE = re.compile(r"""([\w.:-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BOGUS_END = re.compile(r"</[^<>]{0,100}>?\s*$")
_PREFIXES = re.compile(r"""xmlns:([\w.-]{1,60})\s*=\s*["']\s*([^"'<>\s]{1,300})""")
_DEFAULT = re.compile(r"""xmlns\s*=\s*["']\s*([^"'<>\s]{1,300})""")
_SPACES = (
    ("purl.org/dc/elements/", "dc"),
    ("purl.org/dc/terms", "dcterms"),
    ("prismstandard.org", "prism"),
    ("purl.org/rss/1.0/modules/prism", "prism"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("purl.org/rss/1.0/modules/slash", "slash"),
    ("www.w3.org/2005/atom", "atom"),
    ("purl.org/atom", "atom"),
    ("search.yahoo.com/mrss", "media"),
    ("arxiv.org/schemas/atom", "arxiv"),
    ("rssnamespace.org/feedburner", "feedburner"),
    ("www.w3.org/1999/02/22-rdf", "rdf"),
)
_RSS = re.compile(
    r"purl\.org/rss/1\.0/?$|my\.netscape\.com/rdf|backend\.userland\.com|blogs\.law\.harvard\.edu/tech/rss"
)
#: Fields of text: none of them holds another one, so where one begins inside another the other's end tag is missing.
_TEXTS = frozenset(
    {"title", "link", "guid", "id", "description", "summary", "content", "content:encoded", "category", "comments"}
    | {"pubdate", "published", "updated", "issued", "modified", "created", "authors"}
)
_TEXT_PREFIXES = ("dc:", "dcterms:", "prism:", "arxiv:")
_PEOPLE = frozenset({"author", "contributor"})
#: The feed and the record themselves, which are looked through to their fields.
_AROUND = frozenset({"rss", "channel", "feed", "rdf:rdf", "rdf", "item", "entry"})
_XHTML = re.compile(r"""type\s*=\s*["']xhtml""")
_OF_HTML = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|cite|code|dd|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|"
    r"inf|ins|italic|bold|kbd|li|nobr|ol|p|pre|q|s|samp|scp?|section|small|span|strike|strong|sub|sup|table|tbody|td|"
    r"tfoot|th|thead|tr|tt|u|ul|var|wbr|(?:mml:|m:)?m[a-z]{1,12}|(?:jats|mml|xhtml):[a-z-]{1,20})(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)


class Field(NamedTuple):
    """One field of a record."""

    #: In lower case, with the prefix that is usual for its namespace: "dc:creator", "title".
    name: str
    attributes: Mapping[str, str]
    #: As it stands in the feed.
    inner: str

    @property
    def text(self) -> str:
        """What it says: text, or HTML where the publisher put HTML into it, whether escaped, in CDATA or as it is."""
        return decoded(self.inner)


class Record(NamedTuple):
    """The fields of a record in their order."""

    fields: tuple[Field, ...]
    #: The tag of a field is missing or misspelt.
    faulty: bool

    def all(self, *names: str) -> Iterator[Field]:
        """The fields with one of these names, those of the first name first."""
        return (field for name in names for field in self.fields if field.name == name)

    def first(self, *names: str) -> str:
        """What the first of them says that says anything; empty where none does."""
        return next((text for field in self.all(*names) if (text := field.text.strip())), "")


def prefixes_of(source: str) -> dict[str, str]:
    """What is declared in a piece of XML: its prefix to the usual one of the same namespace."""
    return {prefix: _usual(uri) or prefix.lower() for prefix, uri in _PREFIXES.findall(source)}


def record_of(source: str, prefixes: Mapping[str, str]) -> Record:
    """The fields of a record or, looked through to its own, of a feed. source: with the tags around it, or without."""
    if "xmlns:" in source:
        prefixes = {**prefixes, **prefixes_of(source)}
    fields: list[Field] = []
    hidden = Hidden(source, closed=True)
    open_field: tuple[str, str, int] | None = None  # name, attributes, where its inside begins
    depth = position = 0
    faulty = False
    while token := _TOKEN.search(source, position):
        position = token.end()
        if token[2] is None:
            around = re.compile(rf"</[\w.:-]*{re.escape(_local(open_field[0]) if open_field else '')}\s*>", re.I)
            position = hidden.end(token.start(), token.end(), around)
            continue
        name = _name(token[2], token[3], prefixes)
        if open_field is not None and token[1]:
            if name == open_field[0]:
                depth -= 1
                if depth == 0:
                    fields.append(_field(open_field, source[open_field[2] : token.start()]))
                    open_field = None
            continue
        if token[1] or (open_field is None and name in _AROUND):
            continue
        if open_field is not None:
            if not (_is_text(name) and _is_left_open(open_field)):
                depth += name == open_field[0] and not token[3].endswith("/")
                continue
            fields.append(_field(open_field, _BOGUS_END.sub("", source[open_field[2] : token.start()])))
            faulty = True
            open_field = None
        if token[3].endswith("/"):
            fields.append(_field((name, token[3][:-1], position), ""))
        else:
            open_field, depth = (name, token[3], position), 1
    if open_field is not None:
        rest = _BOGUS_END.sub("", _BOGUS_END.sub("", source[open_field[2] :]))
        fields.append(_field(open_field, rest))
        faulty = True
    return Record(tuple(fields), faulty)


def decoded(inner: str) -> str:
    """The inside of an element as text: entities and CDATA taken apart, comments left out.

    HTML that stands in it as elements stays HTML; what is text beside it stays escaped, so that both can be told apart.
    """
    inner = inner[:LONGEST_FIELD]
    if "<" not in inner:
        return unescape(inner)
    parts: list[tuple[bool, str]] = []  # in CDATA?
    position = 0
    while position < len(inner):
        start = min((at for sign in ("<!--", "<![CDATA[") if (at := inner.find(sign, position)) >= 0), default=-1)
        if start < 0:
            parts.append((False, inner[position:]))
            break
        parts.append((False, inner[position:start]))
        comment = inner.startswith("<!--", start)
        inside = start + (4 if comment else 9)
        end = inner.find("-->" if comment else "]]>", inside)
        if end < 0:
            # Never closed: the sign alone is out of place.
            parts.append((not comment, inner[inside:]))
            break
        if not comment:
            parts.append((True, inner[inside:end]))
        position = end + 3
    if any(_OF_HTML.search(part) for in_cdata, part in parts if not in_cdata):
        return "".join(html.escape(part, quote=False) if in_cdata else part for in_cdata, part in parts)
    return "".join(part if in_cdata else unescape(part) for in_cdata, part in parts)


def unescape(text: str) -> str:
    """The text with entities as what they stand for; only where they end as they must ("&copy=2" is part of a URL)."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _field(opened: tuple[str, str, int], inner: str) -> Field:
    name, attributes, _ = opened
    found = {key.lower(): unescape(double or single) for key, double, single in _ATTRIBUTE.findall(attributes)}
    return Field(name, found, inner)


def _name(written: str, attributes: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = written.rpartition(":")
    if prefix:
        usual = prefixes.get(prefix, prefix.lower())
    else:
        default = _DEFAULT.search(attributes) if "xmlns" in attributes else None
        usual = (_usual(default[1]) or "") if default else ""
    # The names of Atom and RSS themselves have no prefix here, whatever they are written with.
    return local.lower() if usual in {"", "rss", "atom"} else f"{usual}:{local.lower()}"


@lru_cache(maxsize=256)
def _usual(uri: str) -> str | None:
    bare = re.sub(r"^https?://", "", uri.lower())
    if _RSS.match(bare):
        return "rss"
    return next((prefix for part, prefix in _SPACES if part in bare), None)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_text(name: str) -> bool:
    return name in _TEXTS or name.startswith(_TEXT_PREFIXES)


def _is_left_open(opened: tuple[str, str, int]) -> bool:
    """Whether a field that is open must have ended where one of text begins."""
    return (_is_text(opened[0]) and not _XHTML.search(opened[1])) or opened[0] in _PEOPLE
