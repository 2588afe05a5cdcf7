from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from broadsheet.errors import StoreBusy, StoreError
from broadsheet.store import Store, open_store

from .glue import NOW


def hold(url: str, archive: Path, pipe: Connection) -> None:
    """Runs in a process of its own: takes the lock, says so, and keeps it until told."""
    with open_store(url, archive) as store, store.lock(now=NOW):
        pipe.send(os.getpid())
        pipe.recv()


class Holder:
    """Another process that holds the lock."""

    def __init__(self, url: str, archive: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=hold, args=(url, archive, theirs))
        self.process.start()
        self.pid: int = self.pipe.recv()

    def let_go(self) -> None:
        self.pipe.send(None)
        self.process.join(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.join(30)


def test_a_second_run_is_told_who_holds_the_lock(url: str, store: Store, tmp_path: Path) -> None:
    holder = Holder(url, tmp_path / "archive")
    try:
        who = f"process {holder.pid} on {socket.gethostname()}"[:40]
        with pytest.raises(StoreBusy, match="another run holds the workspace: ") as caught, store.lock(now=NOW):
            pytest.fail("two runs at once")
        assert who in str(caught.value)
        assert "since 01 Jun 06:00 UTC" in str(caught.value)
    finally:
        holder.let_go()
    with store.lock(now=NOW):
        pass


def test_a_run_waits_for_the_lock_and_says_for_whom_once(url: str, store: Store, tmp_path: Path) -> None:
    holder = Holder(url, tmp_path / "archive")
    heard: list[str] = []

    def waiting(who: str) -> None:
        heard.append(who)
        holder.let_go()

    with store.lock(now=NOW, wait=30, waiting=waiting):
        assert len(heard) == 1
        assert str(holder.pid) in heard[0]


def test_waiting_has_an_end(url: str, store: Store, tmp_path: Path) -> None:
    holder = Holder(url, tmp_path / "archive")
    heard: list[str] = []
    try:
        with pytest.raises(StoreBusy), store.lock(now=NOW, wait=0.3, waiting=heard.append):
            pytest.fail("two runs at once")
    finally:
        holder.let_go()
    assert len(heard) == 1


def test_a_killed_holder_leaves_the_lock_free(url: str, store: Store, tmp_path: Path) -> None:
    holder = Holder(url, tmp_path / "archive")
    holder.kill()
    assert holder.process.exitcode == -signal.SIGKILL
    with store.lock(now=NOW, wait=10):
        pass


def test_the_lock_holds_within_a_process_too_and_can_be_taken_again(url: str, store: Store, tmp_path: Path) -> None:
    with open_store(url, tmp_path / "archive") as other:
        with store.lock(now=NOW), pytest.raises(StoreBusy), other.lock(now=NOW):
            pytest.fail("two runs at once")
        with other.lock(now=NOW):
            pass


def test_an_error_inside_frees_the_lock_and_passes(store: Store) -> None:
    with pytest.raises(OSError, match="mine"), store.lock(now=NOW):
        raise OSError("mine")
    with store.lock(now=NOW):
        pass


def test_a_link_in_place_of_the_lock_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with open_store(tmp_path / "b.db", tmp_path / "archive") as store:
        (tmp_path / "b.db.lock").symlink_to(tmp_path / "precious")
        with pytest.raises(StoreError, match=r"b\.db\.lock"), store.lock(now=NOW):
            pytest.fail("followed")
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.postgres
def test_stores_in_two_schemas_of_one_database_do_not_wait_for_each_other(postgresql: str, tmp_path: Path) -> None:
    server = os.environ["BROADSHEET_TEST_POSTGRES"]
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA broadsheet_test_beside")
        try:
            beside = f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3Dbroadsheet_test_beside"
            with (
                open_store(postgresql, tmp_path / "one") as one,
                open_store(beside, tmp_path / "two") as two,
                one.lock(now=NOW),
                two.lock(now=NOW),
            ):
                assert one.counts() == two.counts()
        finally:
            connection.execute("DROP SCHEMA broadsheet_test_beside CASCADE")
