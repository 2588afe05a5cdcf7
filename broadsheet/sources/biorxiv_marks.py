"""What bioRxiv and medRxiv leave in abstracts when they flatten them -> words. Pure.

"O_ST_ABSBackgroundC_ST_ABSAs owls ..." is "Background As owls ..."; "O_SCPCAPDC_SCPCAP-glucose" is "D-glucose". Takes
out marks that come in pairs and no others: "CO_P" may be a word.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"([OC])_(SCPCAP|SCPLOW|ST_ABS|ABS|TEXTBOX|UNDERL|BOLD|ITAL|SUB|SUP|BOX|LI|UL|OL|DL|QD|HD)")
#: Marks of letters or words, which belong to what stands beside them; all others stand around lines of their own.
_WITHIN = {"SCPCAP", "SCPLOW", "UNDERL", "BOLD", "ITAL", "SUB", "SUP"}
_FIGURE = re.compile(r"O_(FIG|TBL|INLINEFIG)\b")
_HEADING = re.compile(
    r"(?:(?<=[.!?)])|(?<=[.!?)]\s)|(?<=\A))(Backgrounds?|Introduction|Aims?|Objectives?|Purpose|Rationale|Motivation|"
    r"Importance|Significance|Methods?|Materials and Methods|Methods and Results|Methodology|Design|Setting|"
    r"Participants|Interventions?|Main Outcomes?|Results?|Findings?|Conclusions?|Discussion|Interpretation|Summary|"
    r"Abstract|Availability|Funding|Limitations?)(?=[A-Z\u00c0-\u00de])"
)


def mend(abstract: str) -> str:
    """An abstract without the marks, with its headings apart from the words behind them."""
    if "_" in abstract:
        abstract = _without_marks(_without_figures(abstract))
    lines = (_HEADING.sub(r"\1 ", line.strip()) for line in abstract.split("\n"))
    return "\n".join(lines).strip()


def _without_marks(text: str) -> str:
    begun: dict[str, list[re.Match[str]]] = {}
    paired: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        if mark[1] == "O":
            begun.setdefault(mark[2], []).append(mark)
        elif begun.get(mark[2]):
            paired += [begun[mark[2]].pop(), mark]
    parts = []
    position = 0
    for mark in sorted(paired, key=re.Match.start):
        parts += [text[position : mark.start()], "" if mark[2] in _WITHIN else " "]
        position = mark.end()
    return "".join(parts) + text[position:]


def _without_figures(text: str) -> str:
    """Without what stood around a figure, which is no text of the paper."""
    parts = []
    position = 0
    while found := _FIGURE.search(text, position):
        end = text.find(f"C_{found[1]}", found.end())
        if end < 0:
            break
        parts.append(text[position : found.start()])
        position = end + 2 + len(found[1])
    return " ".join([*parts, text[position:]])
