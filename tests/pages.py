"""Copied Daily Papers pages with made-up papers, for tests of whole runs."""

from __future__ import annotations

from collections.abc import Sequence

#: Title, abstract.
Listed = tuple[str, str]

CACHE: Listed = (
    "Shared Shelves: A KV Cache for Many Readers",
    "A cache is filled once and read by many. We compress the KV cache of long prompts and serve it to all of them. "
    "Throughput doubles at equal memory in every setting that we tried, and the answers stay the same.",
)
AGENT: Listed = (
    "Agents That Ask First",
    "An agent that asks one question before it acts makes fewer mistakes. We measure how many, and which question. "
    "The agent with the shortest question wins in nine of ten rooms, and nobody knows why the tenth is different.",
)
ORCHID: Listed = (
    "On the Colour of Orchids",
    "Orchids fade. We photograph four hundred of them every morning for a year and describe what the light does. "
    "Nothing in this paper concerns computers, which is why no rule should ever find it in a digest.",
)
VIDEO: Listed = (
    "Scene by Scene: Video Generation Without Regret",
    "We generate video scene by scene and throw nothing away. A cache of earlier scenes keeps faces the same. "
    "Viewers prefer the result to two others, and the method needs a third of the time of the faster one.",
)


def page(day: str, papers: Sequence[Listed], *, blank: bool = True) -> str:
    """A copied page that was shown on a day ("Jun 1"), with or without blank lines."""
    head = [
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "byAK and the research community",
        day,
    ]
    lines = [*head, *(line for paper in papers for line in paper)]
    return ("\n\n" if blank else "\n").join(lines) + "\n"
