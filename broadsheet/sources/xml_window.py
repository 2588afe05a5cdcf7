"""Characters that come in pieces -> the part of them that is looked at, never more than is needed.

Knows no XML; xml_cut.py does.
"""

from __future__ import annotations

from collections.abc import Iterator


class Window:
    """A part of a text, and a place in it."""

    def __init__(self, characters: Iterator[str]) -> None:
        self._characters = characters
        self.text = ""
        #: What is looked at next.
        self.at = 0
        #: What has to be kept although it stands before that.
        self.mark: int | None = None
        #: Whether nothing follows the text.
        self.done = False
        self._base = 0  # characters before the text
        self._clear: dict[str, tuple[int, int]] = {}  # from where to where something does not begin, with those
        self._line, self._counted = 1, 0

    def more(self) -> bool:
        """Get more text, forgetting what is no longer needed; False at its end. Moves `at` and `mark` along."""
        keep = self.at if self.mark is None else min(self.mark, self.at)
        self.line_of(keep)
        rest = self.text[keep:]
        parts, length = [rest], 0
        # In proportion to what is held, so that a long record is not copied for every piece of it.
        while length <= len(rest) // 2:
            piece = next(self._characters, None)
            if piece is None:
                self.done = True
                break
            parts.append(piece)
            length += len(piece)
        self.text = "".join(parts)
        self._base += keep
        self._counted -= keep
        self.at -= keep
        if self.mark is not None:
            self.mark -= keep
        return length > 0

    def line_of(self, until: int) -> int:
        """The line of a place in the text, counted from 1; of one that was asked for before, no earlier line."""
        if until > self._counted:
            self._line += self.text.count("\n", self._counted, until)
            self._counted = until
        return self._line

    def find(self, what: str, begin: int, limit: int) -> int:
        """Where something stands, `begin` or more behind `at`, relative to it; -1 where it does not."""
        while True:
            start, clear = self.at + begin, self._clear.get(what, (0, 0))
            # Where it is known not to stand is not searched again: text may be full of what begins and never ends.
            if clear[0] <= start + self._base <= clear[1]:
                start = clear[1] - self._base
            found = self.text.find(what, start)
            until = found if found >= 0 else max(start, len(self.text) - len(what) + 1)
            self._clear[what] = min(self.at + begin, start) + self._base, until + self._base
            if found >= 0:
                return found - self.at
            if self.done or len(self.text) - self.at > limit:
                return -1
            self.more()
