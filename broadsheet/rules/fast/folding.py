"""A text as the automaton reads it: folded bytes with a blank for everything between tokens.

A hyphen never decides, so what it joins stands twice: as tokens, and, behind everything else, as the words they make
together. Keeps no way back to the text as it is shown.
"""

from __future__ import annotations

from ..tex import clean
from ..tokens import comparable

#: Between things that nothing may be read across; in no text.
BARRIER = b" \x01 "

#: A text with more tokens in one hyphenated word has too many joined words to write out.
MOST_HYPHENATED = 10

# Letters and digits of ASCII, and all bytes of the letters beyond (tokens.comparable leaves nothing else there).
_LETTERS = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or byte == ord("-") else ord(" ") for byte in range(256))
_NO_HYPHENS = bytes(ord(" ") if byte == ord("-") else byte for byte in range(256))


def folded_bytes(text: str) -> tuple[bytes, list[bytes] | None]:
    """The tokens of a text with one or more blanks between them, and its joined words; None where they are too many."""
    if "\\" in text or "{" in text or "$" in text:
        text = clean(text).text
    text = text.lower() if text.isascii() else comparable(text)
    # Half a surrogate pair is a letter like others here; whoever shows the text has to mind it.
    line = text.encode("utf-8", "surrogatepass").translate(_LETTERS)
    if b"-" not in line:
        return line, []
    return line.translate(_NO_HYPHENS), _joined(line)


def single_spaced(line: bytes) -> bytes:
    """The same with exactly one blank between tokens and at both ends."""
    return b" " + b" ".join(line.split()) + b" "


def _joined(line: bytes) -> list[bytes] | None:
    """Every word that two or more neighbouring tokens of a hyphenated word make; None where one has too many tokens."""
    pieces = [piece for piece in line.split(b"-") if piece]
    words: list[bytes] = []
    chain: list[bytes] = []
    for piece in pieces:
        head, blank, _ = piece.partition(b" ")
        if head:
            chain.append(head)
        if blank:
            if len(chain) > 1:
                if len(chain) > MOST_HYPHENATED:
                    return None
                words += _runs(chain)
            tail = piece.rpartition(b" ")[2]
            chain = [tail] if tail else []
    if len(chain) > MOST_HYPHENATED:
        return None
    return words + _runs(chain) if len(chain) > 1 else words


def _runs(chain: list[bytes]) -> list[bytes]:
    if len(chain) == 2:
        return [chain[0] + chain[1]]
    count = len(chain)
    return [b"".join(chain[first:last]) for first in range(count) for last in range(first + 2, count + 1)]
