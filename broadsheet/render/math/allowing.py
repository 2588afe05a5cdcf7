"""A tree that a converter made -> MathML out of the elements, attributes and values that we know, built anew.

Knows no TeX. What is not listed here does not reach a page: an element that is unknown refuses the whole formula, an
attribute that is unknown is left out, and text is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from lxml import etree
from markupsafe import Markup

from ..characters import one_line

# TeX's own space beside the name of a function.
_THIN = "0.1667em"
_DEEPEST = 60
_MOST = 1500
# A phone of 390 pixels has room for about twenty.
_WIDEST = 17.0
_SPACE = "http://www.w3.org/1998/Math/MathML"

_TEXTS = frozenset({"mi", "mn", "mo", "ms", "mtext"})
_ELEMENTS = _TEXTS | {
    *("math", "mrow", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none"),
    *("mtable", "mtr", "mtd"),
}
_BOOLEAN = re.compile(r"true|false")
_LENGTH = re.compile(r"-?\d{0,3}(?:\.\d{1,4})?(?:em|ex|pt|px|mu|%)?|(?:thin|medium|thick)(?:mathspace)?")
_ALIGN = re.compile(r"(?:left|right|center)(?: (?:left|right|center)){0,20}")
#: Attribute to what it may be.
_ATTRIBUTES: Mapping[str, re.Pattern[str]] = {
    "display": re.compile(r"inline|block"),
    "mathvariant": re.compile(r"normal|bold|italic|bold-italic|double-struck|script|fraktur|sans-serif|monospace"),
    **dict.fromkeys(("stretchy", "fence", "separator", "largeop", "movablelimits", "symmetric"), _BOOLEAN),
    **dict.fromkeys(("accent", "accentunder", "displaystyle"), _BOOLEAN),
    **dict.fromkeys(("lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "linethickness"), _LENGTH),
    "scriptlevel": re.compile(r"[+-]?\d"),
    "form": re.compile(r"prefix|infix|postfix"),
    "columnalign": _ALIGN,
    "rowspacing": _LENGTH,
    "columnspacing": _LENGTH,
}
#: Which elements take which of them; elements that are missing take none.
_TAKEN: Mapping[str, frozenset[str]] = {
    "math": frozenset({"display"}),
    "mi": frozenset({"mathvariant"}),
    "mn": frozenset({"mathvariant"}),
    "mtext": frozenset({"mathvariant"}),
    "mo": frozenset(
        {
            *("mathvariant", "stretchy", "fence", "separator", "largeop", "movablelimits", "symmetric"),
            *("lspace", "rspace", "minsize", "maxsize", "form"),
        }
    ),
    "mspace": frozenset({"width", "height", "depth"}),
    "mpadded": frozenset({"width", "height", "depth", "lspace"}),
    "mfrac": frozenset({"linethickness"}),
    "mover": frozenset({"accent"}),
    "munder": frozenset({"accentunder"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "mstyle": frozenset({"displaystyle", "scriptlevel"}),
    "mtable": frozenset({"columnalign", "rowspacing", "columnspacing", "displaystyle"}),
    "mtd": frozenset({"columnalign"}),
}
#: How many children an element must have, where a browser shows an error for any other number.
_CHILDREN: Mapping[str, int] = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}


class Refused(Exception):
    """The formula is no MathML that we would put into a page."""


def rebuilt(made: Element) -> Markup:
    """The same formula, built anew. Raises Refused."""
    if made.tag != "math":
        raise Refused(made.tag)
    root = etree.Element("math", _attributes("math", made), nsmap={None: _SPACE})  # type: ignore[dict-item]
    _Builder().fill(root, made, 1)
    if not "".join(map(str, root.itertext())).strip():
        raise Refused("it shows nothing")
    if width(root) > _WIDEST:
        raise Refused("it is wider than a phone, and no browser breaks it into lines as it breaks text")
    # Serialised as XML, so that every element has its end, and text its escapes; the namespace goes without saying.
    told = etree.tostring(root, encoding="unicode").replace(f' xmlns="{_SPACE}"', "", 1)
    return Markup(told)  # noqa: S704  (out of the lists above alone)


def width(element: etree._Element) -> float:
    """About how wide an element is set, in ems."""
    tag, parts = str(element.tag), [width(part) for part in element]
    if tag in _TEXTS:
        # Operators have space around them; a bracket has none, and then this is too much.
        return 0.5 * len(element.text or "") + (0.6 if tag == "mo" else 0.1)
    if tag == "mfrac":
        return max(parts) + 0.2
    if tag in {"munder", "mover", "munderover"}:
        return max(parts)
    if tag in {"msub", "msup", "msubsup"}:
        return parts[0] + 0.7 * max(parts[1:])
    if tag == "mtable":
        columns = max((len(row) for row in element), default=0)
        cells = [[width(cell) for cell in row] for row in element]
        return sum(max((row[n] for row in cells if n < len(row)), default=0) + 0.8 for n in range(columns))
    return sum(parts) + (0.6 if tag in {"msqrt", "mroot"} else 0)


class _Builder:
    """Builds one formula, and counts its elements."""

    def __init__(self) -> None:
        self.count = 0

    def fill(self, place: etree._Element, made: Element, depth: int) -> None:
        """Give an element what the one it is made from has in it."""
        self.count += len(made)
        if depth > _DEEPEST or self.count > _MOST:
            raise Refused("it is too large")
        name = str(made.tag)
        if name in _TEXTS:
            if len(made):
                raise Refused(f"{name} with elements in it")
            place.text = _text(made.text)
        elif (made.text or "").strip():
            raise Refused(f"{name} with text in it")
        if len(made) != _CHILDREN.get(name, len(made)):
            raise Refused(f"{name} with {len(made)} parts")
        for child in made:
            tag = _name(child)
            if tag not in _ELEMENTS or tag == "math" or (child.tail or "").strip():
                raise Refused(tag)
            self.fill(etree.SubElement(place, tag, _attributes(tag, child)), child, depth + 1)
        if name in {"math", "mrow", "mtd", "mstyle"}:
            _space_functions(place)


def _name(made: Element) -> str:
    """What an element is: some signs come under a name that gives them the wrong space around them."""
    tag, text = str(made.tag), html.unescape(made.text or "")
    if tag == "mi" and text == "~":
        return "mo"
    return "mi" if tag == "mo" and _is_function(text) and len(text) > 3 else tag


def _is_function(text: str) -> bool:
    return len(text) > 1 and text.isalpha() and text.isascii()


def _space_functions(row: etree._Element) -> None:
    """Part the name of a function from the letter or number beside it: "n log n", and "log(n)" as it is."""
    for function in [child for child in row if child.tag == "mi" and _is_function(child.text or "")]:
        before, behind = function.getprevious(), function.getnext()
        if before is not None and before.tag not in {"mo", "mspace"}:
            function.addprevious(etree.Element("mspace", {"width": _THIN}))
        if behind is not None and behind.tag not in {"mo", "mspace"}:
            function.addnext(etree.Element("mspace", {"width": _THIN}))


def _attributes(tag: str, made: Element) -> dict[str, str]:
    return {
        name: value
        for name, value in sorted(made.attrib.items())
        if name in _TAKEN.get(tag, ()) and _ATTRIBUTES[name].fullmatch(value)
    }


def _text(text: str | None) -> str:
    """The text of a sign; the converter writes most signs as references."""
    told = html.unescape(text or "")
    if told == "~":
        return "∼"
    if "\\" in told:
        raise Refused("a command that the converter does not know")
    # Blanks at the ends mean something here: the spaces of TeX.
    return one_line(f"|{told}|")[1:-1]
