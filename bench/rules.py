"""What matching costs as the rules grow: papers a second for 10 to 100,000 rules, beside what others would do.

In one run, on the same made-up abstracts and keywords, in CPU time: the engine's standings (which rules hold, and all
points, without the words for display); (a) one compiled `re` a keyword; (b) RE2's set; (c) SQLite's FTS5, indexed and
queried; (d) the limit: the text folded and one bare scan of an automaton. (a) and (b) run on samples of the papers, (a)
also on a sample of the keywords, and is extrapolated. The first 100 rules are everyday words; those after them look for
rare ones, so that the matches of a paper hardly grow. Prints ratios; passes and fails nothing.
"""

from __future__ import annotations

import itertools
import random
import re
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.rules import check_profiles
from broadsheet.rules.fast import FastEngine
from broadsheet.rules.tokens import comparable
from broadsheet.types import Entry, Guid, Paper, Place, Profile, Rule

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10, 100, 1_000, 10_000, 100_000)
PAPERS = 20_000
QUICK = ((10, 100, 1_000), 4_000)
LENGTH = 1_400

#: Of (a), at most so many keywords times papers are tried.
_MOST_SEARCHES = 40_000
_MOST_PATTERNS = 2_000


def main(arguments: list[str]) -> None:
    """Print the table. --quick: fewer rules and papers; --memory N: only the peak memory with N rules, in megabytes."""
    if arguments[:1] == ["--memory"]:
        made = Made(2_000)
        engine, _ = compiled(made.queries(int(arguments[1])))
        engine.standings(made.papers)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    sizes, count = QUICK if "--quick" in arguments else (SIZES, PAPERS)
    made = Made(count)
    length = sum(len(text) for text in made.texts) / count
    print(f"rules: {count:,} made-up papers of {length:,.0f} characters; CPU microseconds a paper")
    print(
        f"{'rules':>8}{'matches':>9}{'compile s':>11}{'engine':>9}{'papers/s':>10}"
        f"{'(a) re':>12}{'(b) RE2 set':>13}{'(c) FTS5':>10}{'(d) limit':>11}{'a/engine':>10}{'engine/d':>10}"
    )
    engines: dict[int, float] = {}
    for size in sizes:
        queries = made.queries(size)
        engine, compiling = compiled(queries)
        took, matches = standing(engine, made.papers)
        engines[size] = took
        keywords = [keyword for query in queries for keyword in keywords_of(query)]
        others = [measure(keywords, made.texts) for measure in (one_by_one, re2_set, fts5, limit)]
        told = [f"{one:,.1f}" if one else "-" for one in others]
        print(
            f"{size:8,}{matches:9.1f}{compiling:11.2f}{took:9.1f}{1e6 / took:10,.0f}"
            f"{told[0]:>12}{told[1]:>13}{told[2]:>10}{told[3]:>11}"
            f"{others[0] / took:10,.0f}{took / others[3]:10.2f}",
            flush=True,
        )
    print(f"engine, {sizes[-1]:,} rules to 100 rules: {engines[sizes[-1]] / engines[100]:.2f} times the time")
    shown = made.papers[:1_000]
    print(
        f"with all words and places for display, {sizes[-1]:,} rules: {seconds(lambda: engine.judge(shown)) * 1e3:.0f}"
    )
    command = [sys.executable, "-m", "bench", "rules", "--memory", str(sizes[-1])]
    memory = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    print(f"peak memory of a process with {sizes[-1]:,} rules and 2,000 papers: {memory.strip()} MB")


class Made:
    """Made-up papers, and queries about them. The same at every run."""

    def __init__(self, count: int) -> None:
        self._draw = random.Random(11)
        self._words = self._vocabulary(60_000)
        weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(40_000)))
        lines = [
            line for dump in sorted((ROOT / "dumps").glob("*.txt")) for line in dump.read_text("utf-8").splitlines()
        ]
        sentences = [one for line in lines if len(line) > 200 for one in re.split(r"(?<=\.) ", line)]
        sentences += [self._sentence(weights) for _ in range(count)]
        self.texts = [self._abstract(sentences) for _ in range(count)]
        self.papers = [paper(number, text) for number, text in enumerate(self.texts)]

    def _vocabulary(self, count: int) -> list[str]:
        heads = ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "gr"]
        hearts = ["a", "e", "i", "o", "u", "ai", "ou", "ea"]
        tails = ["", "", "n", "r", "t", "tion", "ing", "al"]
        words: dict[str, None] = {}
        while len(words) < count:
            syllables = self._draw.choice((1, 2, 2, 3, 3, 4))
            word = "".join(self._draw.choice(heads) + self._draw.choice(hearts) for _ in range(syllables))
            words[word + self._draw.choice(tails)] = None
        return list(words)

    def _sentence(self, weights: Sequence[float]) -> str:
        draw = self._draw
        words = draw.choices(self._words[:40_000], cum_weights=weights, k=draw.randrange(14, 30))
        for place in range(1, len(words)):
            chance = draw.random()
            if chance < 0.04:
                words[place] += "-" + draw.choice(self._words[:2_000])
            elif chance < 0.12:
                words[place - 1] += draw.choice((",", ",", ",", ";", " (", ")", ":"))
            elif chance < 0.121:
                words[place] = words[place].replace("e", "é") + " –"
        return " ".join(words).capitalize() + "."

    def _abstract(self, sentences: Sequence[str]) -> str:
        text = ""
        while len(text) < LENGTH:
            text += self._draw.choice(sentences) + " "
        return text[: LENGTH + 80].rstrip()

    def queries(self, count: int) -> list[str]:
        """Words, phrases, beginnings of words and pairs; from the hundred and first on rare."""
        draw = random.Random(13)
        everyday = draw.sample(self._words[150:1_200], 200)
        # Long words that stand in no paper, as the names that thousands of readers look for do in most.
        rare = [word for word in self._words[40_000:] if len(word) > 6]
        out = []
        for number in range(count):
            one, other = everyday[number % 200], everyday[(number * 7 + 1) % 200]
            if number >= 100:
                one, other = (
                    draw.choice(rare) + draw.choice(("", "ix", "ax", "ul", "um", "or")),
                    draw.choice(self._words[:5_000]),
                )
            kinds = (
                one,
                one,
                one,
                one,
                one,
                f"{one}*",
                f'"{one} {other}"',
                f'"{one} {other}"',
                f"{one} AND {other}",
                one,
            )
            out.append(kinds[number % 10])
        return out


def paper(number: int, text: str) -> Paper:
    """A made-up paper: its first words are the title."""
    day = datetime(2026, 6, 1, tzinfo=UTC)
    title, abstract = text[:70], text[70:]
    best = Entry(title=title, title_raw=title, abstract=abstract, abstract_raw=abstract)
    return Paper(guid=Guid(f"title:{number}"), best=best, first_seen=day, last_seen=day)


def compiled(queries: Sequence[str]) -> tuple[FastEngine, float]:
    """The engine of a profile with these rules, and the seconds it took to make."""
    place = Place(file="bench.toml", line=1)
    rules = tuple(Rule(name=f"rule {number}", when=when, place=place) for number, when in enumerate(queries))
    began = time.process_time()
    engine = FastEngine(check_profiles([Profile(name="bench", title="Bench", rules=rules)]))
    return engine, time.process_time() - began


def standing(engine: FastEngine, papers: Sequence[Paper]) -> tuple[float, float]:
    """Microseconds a paper, the better of two runs, and matches a paper."""
    took = min(seconds(lambda: engine.standings(papers)) for _ in range(2))
    matches = sum(one.matched for one in engine.standings(papers)["bench"].values())
    return took / len(papers) * 1e6, matches / len(papers)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def keywords_of(query: str) -> list[str]:
    """The keywords of a query of ours, without quotes; a star stays."""
    return query.strip('"').split(" AND ")


def pattern(keyword: str) -> str:
    """A keyword as the regular expression that small tools write: without plurals and hyphens."""
    return rf"\b{re.escape(keyword.rstrip('*'))}" + ("" if keyword.endswith("*") else r"\b")


def one_by_one(keywords: Sequence[str], texts: Sequence[str]) -> float:
    """(a): microseconds a paper."""
    step = max(1, len(keywords) // _MOST_PATTERNS)
    patterns = [re.compile(pattern(keyword), re.IGNORECASE) for keyword in keywords[::step]]
    some = texts[: max(20, _MOST_SEARCHES // len(patterns))]
    took = seconds(lambda: [each.search(text) for text in some for each in patterns])
    return took / len(some) * 1e6 * len(keywords) / len(patterns)


def re2_set(keywords: Sequence[str], texts: Sequence[str]) -> float:
    """(b): microseconds a paper; 0 where the set cannot be built in two gigabytes."""
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 31
    patterns = re2.Set.SearchSet(options)
    for keyword in keywords:
        patterns.Add(pattern(keyword))
    try:
        patterns.Compile()
    except re2.error:
        return 0.0
    some = texts[:1_000]
    return seconds(lambda: [patterns.Match(text) for text in some]) / len(some) * 1e6


def fts5(keywords: Sequence[str], texts: Sequence[str]) -> float:
    """(c): microseconds a paper, for the index and all queries."""
    quoted = [f'"{keyword.rstrip("*")}"' + ("*" if keyword.endswith("*") else "") for keyword in keywords]

    def work() -> None:
        base = sqlite3.connect(":memory:")
        base.execute("CREATE VIRTUAL TABLE papers USING fts5(text)")
        base.executemany("INSERT INTO papers VALUES (?)", ((text,) for text in texts))
        for keyword in quoted:
            base.execute("SELECT rowid FROM papers WHERE papers MATCH ?", (keyword,)).fetchall()
        base.close()

    return seconds(work) / len(texts) * 1e6


def limit(keywords: Sequence[str], texts: Sequence[str]) -> float:
    """(d): microseconds a paper, the better of two runs."""
    from ahocorasick_rs import BytesAhoCorasick

    automaton = BytesAhoCorasick([keyword.rstrip("*").encode() for keyword in dict.fromkeys(keywords)])

    def work() -> None:
        for text in texts:
            automaton.find_matches_as_indexes(comparable(text).encode(), overlapping=True)

    return min(seconds(work) for _ in range(2)) / len(texts) * 1e6
