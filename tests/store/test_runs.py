from __future__ import annotations

from datetime import timedelta

from broadsheet.store import RunRecord, Store

from .glue import DAY, NOW


def test_a_run_is_written_down_when_it_starts_and_when_it_ends(store: Store) -> None:
    first, second = store.start_run(DAY, NOW), store.start_run(DAY + timedelta(days=1), NOW + timedelta(days=1))
    assert (first, second) == (1, 2)
    store.end_run(first, 3, '{"new": 2}', NOW + timedelta(seconds=5))
    ended = RunRecord(
        number=1, day=DAY, started=NOW, ended=NOW + timedelta(seconds=5), exit_code=3, report='{"new": 2}'
    )
    killed = RunRecord(
        number=2,
        day=DAY + timedelta(days=1),
        started=NOW + timedelta(days=1),
        ended=None,
        exit_code=None,
        report=None,
    )
    assert store.last_runs(5) == (killed, ended)
    assert store.last_runs(1) == (killed,)
