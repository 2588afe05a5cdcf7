"""Every real sample that lies beside the checkout: how many papers are in it is known. Skipped where there are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet import inbox, sources
from broadsheet.errors import SourceError
from broadsheet.types import Dump, Parsed

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"

#: Files of several answers, or not of papers; and files whose number the index does not give exactly.
ELSEWHERE = {
    "hf-seed-crosscheck/seed_overlap.jsonl": "a join made for checking, no format of any source",
    "journal-rss/ads_AASNova_rss.xml": "news of a society, not papers",
    "google-scholar-alerts/gmail_api_read.json": "two mails; see the test below",
    "hf-digest-eml/paramita619_2026-05-19.eml": "the index says: about 4",
    "repec-nep-email/jabref_nep2.txt": "the index says: 1 of 16; see the test below",
    "dblp-xml/fatcat_example_dblp.xml": "the index counts proceedings apart",
}
#: What the index counts otherwise.
COUNTED = {
    # Its grep leaves out six cross-lists: "Paper (*cross-listing*): gr-qc/9301003".
    "arxiv-monthly-listing/astro-ph_9301.txt": 18,
}
EXACT = ("CAPTURE", "EXCERPT", "COMPOSED", "RENDERED")


def index() -> dict[str, tuple[str, int]]:
    """Path -> class and number of papers, of every file whose number must be met."""
    found: dict[str, tuple[str, int]] = {}
    if not (SAMPLES / "INDEX.md").is_file():
        return found
    for line in (SAMPLES / "INDEX.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 8 or not re.fullmatch(r"\d+( of \"\d+\"| \(.*\))?", cells[6]):
            continue
        found[cells[0]] = cells[2], COUNTED.get(cells[0], int(cells[6].split()[0]))
    return found


INDEX = index()
MUST = [path for path, (kind, _) in INDEX.items() if kind.startswith(EXACT) and path not in ELSEWHERE]


def parsed(path: str) -> list[tuple[Dump, Parsed]]:
    """Every listing in a sample, with what it says."""
    found = []
    for dump in sources.opened(inbox.read(SAMPLES / path), limit_mib=64, unpacked_mib=1024):
        assert isinstance(dump, Dump), dump
        found.append((dump, sources.parse(dump)))
    return found


@pytest.mark.parametrize("path", MUST)
def test_a_sample_has_as_many_papers_as_it_has(path: str) -> None:
    assert sum(len(one.entries) for _, one in parsed(path)) == INDEX[path][1]


@pytest.mark.parametrize("path", [path for path in INDEX if not Path(path).name.startswith("_")])
def test_every_sample_is_read_without_an_exception_and_accounted_for(path: str) -> None:
    try:
        listings = parsed(path)
    except SourceError:
        # Made-up data of others may be beyond reading; what is real may not.
        assert path not in MUST
        return
    for dump, one in listings:
        account = one.account
        assert account.total == account.entry + account.furniture + account.problem
        assert account.entry >= len(one.entries)
        assert [entry.provenance.position for entry in one.entries if entry.provenance] == [
            number for number, _ in enumerate(one.entries, start=1)
        ]
        assert {entry.provenance.sha256 for entry in one.entries if entry.provenance} <= {dump.sha256}


@pytest.mark.skipif(not INDEX, reason="no samples beside the checkout")
def test_samples_that_hold_others() -> None:
    first, second = parsed("google-scholar-alerts/gmail_api_read.json")
    assert first[0].name == "gmail_api_read.json/16ef14516de4713c/body"
    assert [(one.format, len(one.entries)) for _, one in (first, second)] == [
        ("scholar-alert", 2),
        ("scholar-alert", 1),
    ]
    ((_, alone),) = parsed("google-scholar-alerts/read_0.html")
    assert [entry.title for entry in first[1].entries] == [entry.title for entry in alone.entries]

    ((dump, nep),) = parsed("repec-nep-email/jabref_nep2.txt")
    assert (dump.posted and dump.posted.date().isoformat(), len(nep.entries), nep.announced) == ("2005-11-02", 1, 16)

    ((dump, digest),) = parsed("hf-digest-eml/paramita619_2026-05-19.eml")
    assert dump.posted
    assert dump.posted.date().isoformat() == "2026-05-20"  # in the evening of the 19th in Canada
    assert 4 <= len(digest.entries) <= 5
