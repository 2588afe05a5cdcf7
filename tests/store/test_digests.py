from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest

from broadsheet.errors import StoreError
from broadsheet.store import Published, Store
from broadsheet.types import Artifact, Ranked, Section

from .glue import DAY, MONDAY, NOW, PROFILE, TUESDAY, WEDNESDAY, digest, ingest, listed

TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def run(store: Store) -> int:
    number = store.start_run(DAY, NOW)
    ingest(store, number, [listed("One", abstract="We do.", comments=2), listed("Two")])
    return number


def test_a_profile_without_digests_has_no_watermark(store: Store) -> None:
    assert store.watermark("made") is None
    assert store.digest("made", DAY) is None
    assert store.digests("made", limit=9) == ()
    assert store.profiles() == ()
    assert store.unpublished() == ()


def test_a_digest_comes_back_as_it_was_cut(store: Store, run: int) -> None:
    cut = digest(store)
    store.cut(run, PROFILE, cut)
    assert store.digest("made", DAY) == cut
    assert store.watermark("made") == 2
    assert store.profiles() == ("made",)
    assert store.counts()["digests"] == 1


def test_a_digest_stays_as_it_is_when_its_papers_change(store: Store, run: int) -> None:
    cut = digest(store)
    store.cut(run, PROFILE, cut)
    ingest(store, run, [listed("One", abstract="We did.")], TUESDAY)
    assert store.digest("made", DAY) == cut


def test_a_second_digest_of_a_day_is_refused(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store))
    ingest(store, run, [listed("Three")], TUESDAY)
    with pytest.raises(StoreError, match="the digest of made for 2026-06-01 is cut already"):
        store.cut(run, PROFILE, digest(store))
    assert store.watermark("made") == 2


def test_a_digest_without_changes_can_be_taken_back_and_no_other(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store))
    empty = replace(digest(store), day=TOMORROW)
    store.cut(run, PROFILE, empty)
    store.published("made", TOMORROW, [Artifact(name="a.md", media_type="text/markdown", content=b"x")])

    store.take_back("made", TOMORROW)

    assert store.digest("made", TOMORROW) is None
    assert store.artifacts("made", TOMORROW) == ()
    for day in (DAY, TOMORROW):
        with pytest.raises(StoreError, match="is not one without changes"):
            store.take_back("made", day)
    assert store.digest("made", DAY) is not None


@pytest.mark.parametrize(
    ("span", "line"),
    [((1, 3), "the last digest ends at 2"), ((4, 3), "ends at 2"), ((3, 9), "the log ends at 3"), ((3, 1), "ends at")],
)
def test_a_range_that_does_not_follow_the_watermark_is_refused(
    store: Store, run: int, span: tuple[int, int], line: str
) -> None:
    store.cut(run, PROFILE, digest(store))
    ingest(store, run, [listed("Three")], TUESDAY)
    bad = replace(digest(store, TOMORROW), from_seq=span[0], to_seq=span[1])
    with pytest.raises(StoreError, match=line):
        store.cut(run, PROFILE, bad)
    store.cut(run, PROFILE, digest(store, TOMORROW))
    assert store.watermark("made") == 3


def test_a_first_digest_may_start_anywhere_in_the_log(store: Store, run: int) -> None:
    store.cut(run, PROFILE, replace(digest(store), from_seq=2, sections=()))
    assert store.watermark("made") == 2
    with pytest.raises(StoreError, match="covers changes 0 to 2"):
        store.cut(run, replace(PROFILE, name="other"), digest(store, profile="other", from_seq=0, sections=()))


def test_days_with_nothing_in_them_have_digests_too(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store))
    for days in (1, 2):
        empty = digest(store, DAY + timedelta(days=days))
        assert (empty.from_seq, empty.to_seq) == (3, 2)
        store.cut(run, PROFILE, empty)
    assert store.watermark("made") == 2
    assert [one.day for one in store.digests("made", limit=2)] == [DAY + timedelta(days=2), TOMORROW]


def test_a_change_that_a_profile_was_told_is_refused_by_the_store_itself(store: Store, run: int) -> None:
    first = digest(store)
    store.cut(run, PROFILE, first)
    again = digest(store, TOMORROW, sections=first.sections)
    with pytest.raises(StoreError, match="cannot be used"):
        store.cut(run, PROFILE, again)
    assert store.digest("made", TOMORROW) is None
    # Another reader has not been told.
    store.cut(run, replace(PROFILE, name="other"), digest(store, TOMORROW, profile="other"))


def test_a_digest_covers_the_reports_since_the_last_one(store: Store, run: int) -> None:
    assert [one.dump for one in store.sources_since("made")] == ["made-2026-06-01.txt"]
    store.cut(run, PROFILE, digest(store))
    assert store.sources_since("made") == ()
    ingest(store, run, [listed("Two")], TUESDAY)
    ingest(store, run, [listed("Three")], WEDNESDAY)
    assert [one.dump for one in store.sources_since("made")] == ["made-2026-06-02.txt", "made-2026-06-03.txt"]
    assert len(store.sources_since("other")) == 3


def test_a_new_profile_hears_of_the_dumps_since_a_day(store: Store, run: int) -> None:
    later = store.start_run(date(2026, 6, 9), NOW)
    ingest(store, later, [listed("Three")], WEDNESDAY)
    assert len(store.sources_since("made", start=DAY)) == 2
    assert [one.dump for one in store.sources_since("made", start=date(2026, 6, 2))] == ["made-2026-06-03.txt"]
    store.cut(later, PROFILE, digest(store))
    assert store.sources_since("made", start=DAY) == ()


def test_a_profile_without_a_file_has_versions_all_the_same(store: Store, run: int) -> None:
    made = replace(PROFILE, sha256="")
    store.cut(run, made, digest(store))
    store.cut(run, made, digest(store, TOMORROW))
    store.cut(run, replace(made, limit=7), digest(store, DAY + timedelta(days=2)))
    assert store.counts()["digests"] == 3


ARTIFACTS = (
    Artifact(name="made/digest.md", media_type="text/markdown", content=b"# One"),
    Artifact(name="made/digest.html", media_type="text/html", content=b"<p>"),
)


def test_a_digest_is_unpublished_until_its_files_are_written_down(store: Store, run: int) -> None:
    cut = digest(store)
    store.cut(run, PROFILE, cut)
    assert store.unpublished() == (cut,)
    assert store.artifacts("made", DAY) == ()
    store.published("made", DAY, ARTIFACTS)
    assert store.unpublished() == ()
    assert store.artifacts("made", DAY) == (
        Published(name="made/digest.html", media_type="text/html", sha256=hashlib.sha256(b"<p>").hexdigest(), size=3),
        Published(
            name="made/digest.md", media_type="text/markdown", sha256=hashlib.sha256(b"# One").hexdigest(), size=5
        ),
    )


def test_files_published_again_replace_those_before(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store))
    store.published("made", DAY, ARTIFACTS)
    store.published("made", DAY, ARTIFACTS[:1])
    assert [file.name for file in store.artifacts("made", DAY)] == ["made/digest.md"]


def test_unpublished_digests_come_oldest_first(store: Store, run: int) -> None:
    for day, name in ((TOMORROW, "b"), (DAY, "b"), (DAY, "a")):
        store.cut(run, replace(PROFILE, name=name), digest(store, day, profile=name))
    assert [(one.day, one.profile) for one in store.unpublished()] == [(DAY, "a"), (DAY, "b"), (TOMORROW, "b")]


def test_an_updated_paper_is_told_once_for_each_of_its_changes(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store))
    changes = ingest(store, run, [listed("One", abstract="We did.")], MONDAY + timedelta(days=1))
    section = Section(name="updated", title="Updated", rows=tuple(Ranked(change=one, matches=()) for one in changes))
    store.cut(run, PROFILE, digest(store, TOMORROW, sections=(section,)))
    found = store.digest("made", TOMORROW)
    assert found is not None
    assert [row.change.seq for row in found.sections[0].rows] == [3]
