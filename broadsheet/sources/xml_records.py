"""XML of any size, one record after the other: bounded memory, no entity of its own, nothing torn taken for whole.

    xml_text.py     bytes -> characters
    xml_cut.py      characters -> the text of each record, with what it stands in
    xml_mend.py     the text of a record -> XML

Every record is parsed by itself, so that damage costs one record and no other. Knows no format.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ..text import fold_space
from .reading import Reading
from .xml_cut import Cutter, Piece
from .xml_mend import balanced, mended
from .xml_text import characters

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

#: Prefixes that feeds use and now and then forget to declare.
_KNOWN = {
    "arxiv": "http://arxiv.org/schemas/atom",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "jats": "https://jats.nlm.nih.gov/ns/archiving/1.0/",
    "media": "http://search.yahoo.com/mrss/",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_DECLARING = "<_ " + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _KNOWN.items()) + ">"
#: libxml2's number of "Namespace prefix x on y is not defined".
_UNDECLARED = 201


def records(reading: Reading, *tags: str, furniture: Collection[str] = ()) -> Iterator[_Element]:
    """The elements with one of these names, in document order, each complete and with its ancestors' start tags.

    tags: "{namespace}name", or "{*}name" for any namespace (and none). furniture: names of elements outside of records
    that are handed out too (a feed's own title and date, say); of those within one another the outermost, and one that
    holds records (a channel) when the first of these begins, with what stands before it. Records hold no records.

    A record without its end, and what cannot be read at all, is told as a problem and counted; whole records are
    counted by whoever takes them. Raises ParseFailed for what is no XML, and for what declares entities.
    """
    wanted = frozenset([*tags, *furniture])
    cutter = Cutter(reading, characters(reading), _local_names(tags), _local_names(furniture))
    parse = _Parse(reading)
    for piece in cutter.pieces():
        element = parse(piece)
        if element is None:
            if piece.record:
                reading.refuse("error", f"a record (line {piece.line}) that is no XML", text=piece.text)
        elif element.tag in wanted or f"{{*}}{local(element)}" in wanted:
            yield element
        elif piece.record:
            reading.refuse("error", f"a record of another kind: {element.tag}", text=piece.text)
    parse.tell()


def local(element: _Element) -> str:
    """The name of an element without its namespace, also where its prefix was not declared."""
    return _local(element.tag)


@lru_cache(maxsize=1 << 12)
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].rpartition(":")[2]


def _local_names(tags: Collection[str]) -> frozenset[str]:
    return frozenset(tag.rpartition("}")[2] for tag in tags)


class _Parse:
    """A piece -> its element; remembers what was not well-formed, to tell it once."""

    def __init__(self, reading: Reading) -> None:
        from lxml import etree

        self._reading = reading
        self._fromstring = etree.fromstring
        self._faults = etree.ErrorLevels.ERROR
        self._parser: XMLParser = etree.XMLParser(
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )
        self._before: tuple[str, str] = "", ""
        self._declaring = False
        self._wrong: tuple[int, str] | None = None
        self._times = 0

    def __call__(self, piece: Piece) -> _Element | None:
        if self._before[0] != piece.before:
            self._before = piece.before, mended(piece.before)[0]
        text, wrong = mended(piece.text)
        before, after = self._before[1], piece.after
        if self._declaring:
            before, after = _DECLARING + before, after + "</_>"
        root, faults = self._parsed(before + text + after)
        if not self._declaring and any(code == _UNDECLARED for code, _ in faults):
            self._declaring = True
            wrong = wrong or faults[0][1]
            root, faults = self._parsed(_DECLARING + before + text + after + "</_>")
        element = _find(root, piece.name)
        if any(code != _UNDECLARED for code, _ in faults):
            element = _find(self._parsed(before + balanced(text) + after)[0], piece.name)
        if element is None and before:
            # What it stands in is damaged; the record need not be.
            wrong = wrong or "an element that records stand in cannot be read"
            element = _find(self._parsed(_DECLARING + text + "</_>")[0], piece.name)
        if wrong or faults:
            self._times += 1
            if self._wrong is None:
                self._wrong = piece.line, wrong or faults[0][1]
        return element

    def _parsed(self, text: str) -> tuple[_Element | None, list[tuple[int, str]]]:
        from lxml import etree

        try:
            root = self._fromstring(text.encode("utf-8", "replace"), self._parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            return None, [(0, str(error))]
        log = self._parser.error_log
        return root, [(one.type, one.message) for one in log if one.level >= self._faults] if len(log) else []

    def tell(self) -> None:
        """Add a note of what was not well-formed, if anything was."""
        if self._wrong is None:
            return
        line, what = self._wrong
        more = f"; {self._times - 1} more are not either" if self._times > 1 else ""
        reason = f"the record in line {line} is not well-formed XML ({fold_space(what)}){more}"
        self._reading.note("warning", f"{reason}; read as far as it says something")


def _find(root: _Element | None, name: str) -> _Element | None:
    """The outermost element with a local name, whatever its namespace."""
    element = root
    while element is not None and local(element) != name:
        element = element[0] if len(element) == 1 else None
    if element is None and root is not None:
        element = next((one for one in root.iter() if local(one) == name), None)
    return element
