"""XML of any size, one record after the other: bounded memory, no entity of its own, nothing torn taken for whole.

Knows no format. Records are lxml elements that are emptied when the next one is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, cast

from .reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHUNK = 1 << 16


def records(reading: Reading, *tags: str, furniture: Collection[str] = ()) -> Iterator[_Element]:
    """The elements with one of these names, in document order, each complete.

    tags: "{namespace}name", or "{*}name" for any namespace (and none). furniture: names of elements that are handed
    out too (a feed's own title and date, say). A record that is torn by the end of the file, and what cannot be read
    at all, is told as a problem and counted; whole records are counted by whoever takes them.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",), tag=[*tags, *furniture], recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    with reading.content() as stream:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            # Only ends of elements are asked for, so that is all there is.
            for _, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
                yield element
                element.clear()
