"""A text as the automaton reads it: folded bytes with blanks for everything between tokens.

A hyphen never decides, so what it joins stands twice: as tokens, and, behind everything else, as the words they make
together. Keeps no way back to the text as it is shown.
"""

from __future__ import annotations

from ..tex import clean
from ..tokens import comparable

#: Between things that nothing may be read across; no byte of UTF-8.
BARRIER = b" \xff "

#: A text with more tokens in one hyphenated word has too many joined words to write out.
MOST_HYPHENATED = 10

# Letters and digits of ASCII, and all bytes of the letters beyond (tokens.comparable leaves nothing else there).
_LETTERS = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or byte == ord("-") else ord(" ") for byte in range(256))
_NO_HYPHENS = bytes(ord(" ") if byte == ord("-") else byte for byte in range(256))


def folded_bytes(text: str) -> bytes:
    """A text with its tokens, blanks and hyphens, and any other ASCII sign between them."""
    if "\\" in text or "{" in text or "$" in text:
        text = clean(text).text
    if text.isascii():
        return text.lower().encode()
    # Half a surrogate pair is a letter like others here; whoever shows the text has to mind it.
    return comparable(text).encode("utf-8", "surrogatepass")


def tokens_of(line: bytes) -> tuple[bytes, list[bytes] | None]:
    """Folded texts -> their tokens with one or more blanks between them, and their joined words.

    None instead of words where one word has too many hyphens.
    """
    line = line.translate(_LETTERS)
    if b"-" not in line:
        return line, []
    return line.translate(_NO_HYPHENS), _joined(line)


def single_spaced(line: bytes) -> bytes:
    """The same with exactly one blank between tokens and at both ends."""
    return b" " + b" ".join(line.split()) + b" "


def _joined(line: bytes) -> list[bytes] | None:
    """Every word that two or more neighbouring tokens of a hyphenated word make; None where one has too many tokens."""
    words = []
    left, *rest = line.split(b"-")
    for right in rest:
        end = right.find(b" ")
        if end < 0 and right is not rest[-1]:
            return _joined_in_chains(line)
        tail, head = left[left.rfind(b" ") + 1 :], right[:end] if end >= 0 else right
        if tail and head:
            words.append(tail + head)
        left = right
    return words


def _joined_in_chains(line: bytes) -> list[bytes] | None:
    """The same where a word may have several hyphens."""
    words: list[bytes] = []
    chain: list[bytes] = []
    for piece in [*filter(None, line.split(b"-")), b" "]:
        head, blank, _ = piece.partition(b" ")
        if head:
            chain.append(head)
        if len(chain) > MOST_HYPHENATED:
            return None
        if blank:
            words += _runs(chain)
            tail = piece.rpartition(b" ")[2]
            chain = [tail] if tail else []
    return words


def _runs(chain: list[bytes]) -> list[bytes]:
    count = len(chain)
    return [b"".join(chain[first:last]) for first in range(count) for last in range(first + 2, count + 1)]
