from __future__ import annotations

import contextlib
import multiprocessing
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from broadsheet.errors import StoreError
from broadsheet.store import Store, migrate, open_store, schema
from broadsheet.store.engine import connect

from .glue import DAY, NOW


@contextlib.contextmanager
def engine_on(url: str | Path) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_the_migrations_make_the_tables_of_the_schema(url: str) -> None:
    options = {"version_table": schema.VERSION_TABLE}
    with engine_on(url) as engine, engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata) == []


def test_the_schema_knows_every_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == schema.REVISIONS


def test_a_store_is_made_with_the_folders_above_it_and_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "broadsheet.db"
    for number in (1, 2):
        with open_store(file, tmp_path / "archive") as store:
            assert store.start_run(DAY, NOW) == number


def test_a_path_with_odd_characters_is_a_path(tmp_path: Path) -> None:
    file = tmp_path / "50 % off? #1" / "broadsheet.db"
    with open_store(file, tmp_path / "archive") as store:
        store.start_run(DAY, NOW)
    assert file.stat().st_size > 0


def test_an_sqlite_store_is_safe_against_power_cuts_and_marked_as_ours(tmp_path: Path) -> None:
    with engine_on(tmp_path / "b.db") as engine, engine.connect() as connection:
        settings = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id", "trusted_schema")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in settings}
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "application_id": int.from_bytes(b"BSHT", "big"),
        "trusted_schema": 0,
    }


def test_opening_a_current_store_imports_no_alembic(tmp_path: Path) -> None:
    connect(tmp_path / "b.db").dispose()
    code = (
        "import sys; from pathlib import Path; from broadsheet.store.engine import connect;"
        "connect(Path(sys.argv[1])).dispose(); print('alembic' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path / "b.db"], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "b.db").touch()
    with open_store(tmp_path / "b.db", tmp_path / "archive") as store:
        assert store.head() == 0


def test_a_store_of_a_newer_program_is_refused_and_left_alone(url: str, tmp_path: Path) -> None:
    with engine_on(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE broadsheet_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"written by a newer Broadsheet \(schema 9999; .*\); update Broadsheet"):
        open_store(url, tmp_path / "archive")


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"other\.db: is a database of another program; name another file"):
        open_store(file, tmp_path / "archive")
    assert file.read_bytes() == before


def test_a_database_with_another_application_id_is_refused_even_without_tables(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("PRAGMA application_id = 17")
    with pytest.raises(StoreError, match="is a database of another program"):
        open_store(tmp_path / "other.db", tmp_path / "archive")


def test_a_text_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 500)
    with pytest.raises(StoreError, match=r"notes\.txt: is not a Broadsheet store"):
        open_store(file, tmp_path / "archive")
    assert file.read_text() == "Dear diary, " * 500


def test_a_folder_and_a_file_in_the_way_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened: is its folder there"):
        open_store(tmp_path, tmp_path / "archive")
    with pytest.raises(StoreError, match=r"file: a part of its path is a file, not a folder|file/state"):
        open_store(tmp_path / "file" / "state" / "b.db", tmp_path / "archive")


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("nonsense", "cannot be read as a URL"),
        ("", "cannot be read as a URL"),
        ("mysql://me:secret@host/db", "names 'mysql'"),
        ("postgresql://me:secret@host:port/db", "cannot be read as a URL"),
    ],
)
def test_a_url_that_cannot_be_a_store_says_what_would_be_right(url: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"the store's URL {line}; it must look like sqlite:") as caught:
        open_store(url, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"postgresql\+psycopg://me:\*\*\*@127\.0\.0\.1:1/db: cannot be used"
    ) as caught:
        open_store("postgresql://me:secret@127.0.0.1:1/db", tmp_path)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_driver_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=re.escape("pip install 'broadsheet[postgres]'")):
        open_store("postgresql://host/db", tmp_path)


def test_a_migration_that_fails_leaves_nothing_behind(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    def full(*args: object, **kwargs: object) -> None:
        raise OSError("no more room")

    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", full)
        with pytest.raises(StoreError, match="no more room"):
            open_store(url, tmp_path / "archive")
    with open_store(url, tmp_path / "archive") as store:
        assert store.counts()["runs"] == 0


def test_two_processes_may_make_a_store_at_once(url: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from broadsheet.store import open_store;"
        "store = open_store(sys.argv[1], Path(sys.argv[2])); print(store.head()); store.close()"
    )
    command = [sys.executable, "-c", code, url, str(tmp_path / "archive")]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in racing:
        assert process.communicate() == ("0\n", "")


def test_a_store_in_memory_works_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite://", tmp_path / "archive") as store, store.lock(now=NOW):
        store.start_run(DAY, NOW)
        assert store.counts()["runs"] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_store_answers_from_several_threads(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda _: store.start_run(DAY, NOW), range(12)))
    assert sorted(numbers) == list(range(1, 13))


def _made_at_once(root: Path, start: Barrier) -> None:
    start.wait()
    with open_store(root / "store.db", root / "archive") as store:
        store.counts()


@pytest.mark.slow
def test_two_that_make_a_store_at_the_same_moment_wait_for_one_another(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for turn in range(6):
        root = tmp_path / str(turn)
        root.mkdir()
        start = context.Barrier(4)
        makers = [context.Process(target=_made_at_once, args=(root, start)) for _ in range(4)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert [maker.exitcode for maker in makers] == [0, 0, 0, 0]
