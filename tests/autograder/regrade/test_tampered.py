"""A store that was tampered with, torn or half copied: one sentence on what to do, and exit code 2, every time."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from autograder.regrade import integrity
from autograder.regrade.integrity import BESIDE
from autograder.regrade.store import Store
from autograder.regrade.store_file import FILE, StoreError
from tests.autograder import program
from tests.autograder.calls import Capsys
from tests.autograder.regrade import small_class
from tests.autograder.regrade.small_class import Small, run

Tamper = Callable[[Path], object]  # with the path of the store


def sql(*statements: str) -> Tamper:
    """Changes made by another program."""

    def tamper(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()

    return tamper


def schema(statement: str) -> Tamper:
    """Changes to the list of tables itself."""
    return sql("pragma writable_schema = on", statement)


def cut(share: float) -> Tamper:
    """A copy that broke off."""
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def at(place: int, data: bytes) -> Tamper:
    """Bytes that were overwritten; place < 0 counts from the end."""

    def tamper(path: Path) -> None:
        content = bytearray(path.read_bytes())
        start = place % len(content)
        content[start : start + len(data)] = data
        path.write_bytes(content)

    return tamper


def page(number: int, data: bytes) -> Tamper:
    """The beginning of a page that was overwritten, or all of it."""
    return at((number - 1) * 4096, data)


def in_place(make: Callable[[Path], object]) -> Tamper:
    """Something else of this name."""

    def tamper(path: Path) -> None:
        path.unlink()
        make(path)

    return tamper


def beside(suffix: str, make: Callable[[Path], object]) -> Tamper:
    """Something of the name of a file that SQLite keeps beside the store."""
    return lambda path: make(path.with_name(path.name + suffix))


def view(table: str, text: str) -> Tamper:
    """A view in place of a table."""
    return sql(f"drop table {table}", f"create view {table} as {text}")


ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select"
KEPT = '{"1.1": {"key": "0", "finding": {"found": {"right": true}}}}'
COLUMNS = {
    "facts": ("name", "value"),
    "submissions": ("id", "about", "content", "files"),
    "graded": ("id", "slot", "content", "rows", "shown"),
    "told": ("id", "slot", "words", "run"),
}
BOMB = zlib.compress(b'{"texts": {"a": "' + b"x" * (80 << 20) + b'"}, "faults": {}, "others": []}', 9)


def packed(text: bytes) -> str:
    return f"update submissions set files = x'{zlib.compress(text).hex()}' where id = '7'"


FILES: dict[str, Tamper] = {
    **{f"cut to {share:.0%}": cut(share) for share in (0.02, 0.1, 0.3, 0.5, 0.8, 0.99)},
    "emptied": cut(0),
    "half a header": lambda path: os.truncate(path, 50),
    "no magic": at(0, b"SQLite format 4\0"),
    "text": lambda path: path.write_bytes(b"hello, this is text" * 300),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "ones": lambda path: path.write_bytes(b"\xff" * path.stat().st_size),
    "magic and noise": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xa5" * 9000),
    "another page size": at(16, b"\x02\x00"),
    "a page size that there is not": at(16, b"\x00\x07"),
    "a write version of the future": at(18, b"\x09\x09"),
    "a schema format of the future": at(44, b"\x00\x00\x00\x63"),
    "another encoding": at(56, b"\x00\x00\x00\x02"),
    **{f"page {number} overwritten": page(number, b"\xa5" * 4096) for number in range(2, 9)},
    **{f"page {number} begins with zeros": page(number, bytes(16)) for number in (1, 2, 4, 6)},
    "the last page is zeros": at(-4096, bytes(4096)),
    "a folder in its place": in_place(Path.mkdir),
    "a FIFO in its place": in_place(os.mkfifo),
    "a link to nothing": in_place(lambda path: path.symlink_to("nothing")),
    "a link to itself": in_place(lambda path: path.symlink_to(path.name)),
    "a device in its place": in_place(lambda path: path.symlink_to("/dev/zero")),
    "a folder for a log": beside("-wal", Path.mkdir),
    "a FIFO for a log": beside("-wal", os.mkfifo),
    "a folder for a journal": beside("-journal", Path.mkdir),
    "a folder for an index of the log": beside("-shm", Path.mkdir),
}
TABLES: dict[str, Tamper] = {
    "nothing of ours": in_place(sql("create table mine (x)")),
    **{f"without {table}": sql(f"drop table {table}") for table in COLUMNS},
    **{
        f"{table} without {columns[-1]}": sql(
            f"create table t as select {', '.join(columns[:-1])} from {table}",
            f"drop table {table}",
            f"alter table t rename to {table}",
        )
        for table, columns in COLUMNS.items()
    },
    **{f"{table} with one more": sql(f"alter table {table} add column more text") for table in COLUMNS},
    **{
        f"{columns[-1]} renamed": sql(f"alter table {table} rename column {columns[-1]} to other")
        for table, columns in COLUMNS.items()
    },
    **{
        f"{table} is an empty view": view(table, f"select {', '.join(f'1 as {c}' for c in columns)} where 0")
        for table, columns in COLUMNS.items()
    },
    **{
        f"{table} is an endless view": view(table, f"{ENDLESS} {', '.join(f'i as {c}' for c in columns)} from n")
        for table, columns in COLUMNS.items()
    },
    "a view of itself": view("graded", "select * from graded"),
    "an endless view beside the tables": sql(f"create view more as {ENDLESS} i from n"),
    "one table more": sql("create table more (x)"),
    "a trigger": sql("create trigger t after insert on graded begin delete from graded; end"),
    "a trigger that fails": sql("create trigger t before insert on told begin select raise(abort, 'no'); end"),
    **{
        f"a {kind} under a name of SQLite's own": schema(
            f"insert into sqlite_master values ('{kind}', 'sqlite_x', '{table}', 0, 'create {kind} sqlite_x {text}')"
        )
        for kind, table, text in (
            ("trigger", "graded", "after insert on graded begin update graded set shown = 99; end"),
            ("view", "sqlite_x", f"as {ENDLESS} i from n"),
        )
    },
    "statistics for SQLite's planner": sql("analyze"),
    "an index": sql("create index i on graded (content)"),
    "an index on an expression": sql("create index i on graded (upper(content))"),
    "a virtual table": sql("create virtual table v using fts5(x)"),
    "a generated column": sql(
        "drop table told",
        "create table told (id text, slot text, words text not null, run text"
        " generated always as (words), primary key (id, slot))",
    ),
    "a list of tables that is none": schema("update sqlite_master set sql = 'create nonsense' where name = 'told'"),
    "a list of tables without texts": schema("update sqlite_master set sql = 7 where name = 'told'"),
    "two tables on one page": schema("update sqlite_master set rootpage = 2 where type = 'table'"),
    "a table on a page that there is not": schema("update sqlite_master set rootpage = 999 where name = 'told'"),
    "without an index": schema("delete from sqlite_master where type = 'index'"),
}
ROWS: dict[str, Tamper] = {
    **{
        f"{table}.{column} is {name}": sql(f"update {table} set {column} = {value}")
        for table, columns in COLUMNS.items()
        for column in columns
        for name, value in (
            ("a number", "70 + rowid"),
            ("bytes", "x'ff00ff' || rowid"),
            ("no UTF-8", "cast(x'ff20fe' as text) || rowid"),
        )
        if (table, column, name)
        not in {  # a name of a fact that nobody asks for, or what is text all the same
            ("facts", "name", "a number"),
            ("facts", "value", "a number"),
            ("facts", "name", "bytes"),
            ("submissions", "content", "a number"),
            ("graded", "content", "a number"),
            ("graded", "shown", "a number"),
            ("submissions", "content", "bytes"),
            ("graded", "content", "bytes"),
            ("graded", "shown", "bytes"),
        }
    },
    **{
        f"{column} is cut": sql(f"update {table} set {column} = substr({column}, 1, length({column}) - 9)")
        for table, column in (("submissions", "about"), ("submissions", "files"), ("graded", "rows"), ("told", "words"))
    },
    "about is of another": sql("update submissions set about = replace(about, '\"7\"', '\"8\"')"),
    "about has points that are no number": sql(
        """update submissions set about = '{"submission":"7","score":"ten"}' where id = '7'"""
    ),
    "about has points without end": sql(
        """update submissions set about = '{"submission":"7","score":"1e999999999"}' where id = '7'"""
    ),
    "about divides by zero": sql(
        """update submissions set about = '{"submission":"7","scores":{"1.1":"1/0"}}' where id = '7'"""
    ),
    "files are a bomb": lambda path: sql(f"update submissions set files = x'{BOMB.hex()}' where id = '7'")(path),
    "files are no object": sql(packed(b"[]")),
    "files lack a part": sql(packed(b'{"texts": {}}')),
    "files hold numbers": sql(packed(b'{"texts": {"small.py": 7}, "faults": {}, "others": []}')),
    "files hold a text for a list": sql(packed(b'{"texts": {}, "faults": {}, "others": "abc"}')),
    "files are nested without end": sql(packed(b"[" * 100_000)),
    "rows are a list": sql("update graded set rows = '[]'"),
    "rows lack a key": sql("""update graded set rows = '{"1.1": {"finding": {}}}'"""),
    "a finding is a number": sql("""update graded set rows = '{"1.1": {"key": "0", "finding": 7}}'"""),
    "rows are nested without end": sql(f"update graded set rows = '{'[' * 100_000}'"),
    "a slot that there is not": sql("update graded set slot = 'then'"),
    "words lack a row": sql("update told set words = '{}'"),
    "nothing is told": sql("delete from told"),
    "a run is a list": sql("update told set run = '[]'"),
    "a run took a text": sql("""update told set run = '{"seconds": "long"}'"""),
    "a finding without what its rule reads": sql(
        "update graded set rows = replace(rows, '\"right\":true', '\"wrong\":1')"
    ),
    "a finding with another type": sql("update graded set rows = replace(rows, '\"1/2\"', '[1]')"),
    "a share that is no number": sql("update graded set rows = replace(rows, '1/2', 'half')"),
    "a share that divides by zero": sql("update graded set rows = replace(rows, '1/2', '1/0')"),
    "an outcome that there is not": sql("update graded set rows = replace(rows, '\"written\"', '\"lost\"')"),
    "no layout": sql("delete from facts"),
    "a layout that is no number": sql("update facts set value = 'x' where name = 'layout'"),
    "a layout of nothing": sql("update facts set value = '' where name = 'layout'"),
    "a newer layout": sql("update facts set value = '99' where name = 'layout'"),
    "grades that are no JSON": sql("insert or replace into facts values ('standings', '{')"),
    "grades that are no points": sql(
        """insert or replace into facts values ('standings', '{"7": {"total": "x", "rows": {}}}')"""
    ),
}
TAMPERED = {**FILES, **TABLES, **ROWS}
# What only some commands read: the others do not notice. An empty file is what a stop in the first moment leaves.
LAZY = {name for name in ROWS if name.startswith(("grades that", "a finding w", "a share", "an outcome"))} | {"emptied"}


Call = tuple[object, ...]


@pytest.fixture
def calls(small_once: Small, small: Small, tmp_path: Path) -> list[Call]:
    """Every command that opens a store."""
    (tmp_path / "answers").mkdir()
    return [
        ("regrade", small.export, "-o", small.out, "--jobs", "1"),
        ("regrade", small.out, "--jobs", "1"),
        ("regrade", small.out, "-o", small.out, "--jobs", "1"),
        ("regrade", small.out, "-o", tmp_path / "other", "--jobs", "1"),
        ("regrade", small.out, "--only", "7"),
        ("regrade", small_once.out, "-o", tmp_path / "third", "--against", small.out, "--jobs", "1"),
        ("responses", small.out, "-o", tmp_path / "answers"),
        ("merge", tmp_path / "answers", small.out),
    ]


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.attacks)])
@pytest.mark.parametrize("name", TAMPERED)
def test_a_store_that_is_not_as_it_was_is_said_in_a_sentence(
    name: str, every: int, calls: list[Call], small: Small, tmp_path: Path, capsys: Capsys
) -> None:
    """By every command, or by two or three of them in turn where all open it alike."""
    TAMPERED[name](small.out / FILE)
    ended: list[int] = []
    every = 1 if name in LAZY else every
    for place, call in enumerate(calls[list(TAMPERED).index(name) % every :: every]):
        copy = tmp_path / f"copy{place}"
        shutil.copytree(small.out, copy, symlinks=True, copy_function=_copied)
        ran = run(capsys, small.root, *(copy if argument == small.out else argument for argument in call))
        ended.append(ran.code)
        if ran.code == 0 or "our own code failed on it" in ran.err:
            assert name in LAZY, (call, ran)
            continue
        assert ran.code == 2, (call, ran)
        lines = ran.err.strip().splitlines()
        assert len(lines) == 1, (call, ran)
        assert lines[0].startswith(f"autograder {call[0]}: "), lines
        assert len(lines[0]) < 700
        print(lines[0].replace(str(tmp_path), ""))
    assert 2 in ended


def _copied(source: str, target: str) -> str:
    if Path(source).is_file():
        return str(shutil.copy2(source, target))
    os.mkfifo(target)
    return target


def test_a_store_that_is_as_it_was_is_used(calls: list[Call], small: Small, capsys: Capsys) -> None:
    for call in calls:
        ran = run(capsys, small.root, *call)
        assert "damaged" not in ran.err + ran.out, (call, ran)
        assert ran.code == 0, (call, ran)


# ------------------------------------------------------------------------------------------------- others at work, torn


def rows(path: Path) -> list[tuple[object, ...]]:
    """All that a store holds beside facts, read from a copy."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [row for table in ("submissions", "graded", "told") for row in db.execute(f"select * from {table}")]


@pytest.mark.parametrize("layout", ["0", "00"])
def test_a_store_of_an_older_layout_is_kept_whole_beside_the_new_one(
    layout: str, calls: list[Call], small: Small, capsys: Capsys
) -> None:
    store = small.out / FILE
    sql(f"update facts set value = '{layout}' where name = 'layout'")(store)
    kept = rows(store)
    for call in calls[1:]:  # those that cannot grade again say what to do
        ran = run(capsys, small.root, *call)
        assert ran.code == 2
        assert (
            f"(layout {layout}, now 1), which this one cannot read: grade the export again into this folder" in ran.err
        )
        assert rows(store) == kept
    for count, name in enumerate((f"findings.layout-{layout}.sqlite", f"findings.layout-{layout}-2.sqlite")):
        ran = run(capsys, small.root, *calls[0])
        assert f"is kept whole as {name}, and a new one begins" in ran.err
        assert rows(small.out / name) == kept
        assert rows(store) != kept, "the class is read and graded anew"
        assert {row[0] for row in rows(store)} == set(small_class.NAMES)
        assert not [path for path in small.out.iterdir() if path.name.startswith(".")]
        if count == 0:  # as if an older version had graded here again
            for suffix in ("", *BESIDE):
                store.with_name(store.name + suffix).unlink(missing_ok=True)
            shutil.copy(small.out / name, store)


def test_a_store_that_is_written_by_another_is_left_alone(
    calls: list[Call], small: Small, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "patience", 0.1)
    with closing(sqlite3.connect(small.out / FILE)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        for call in calls:
            ran = run(capsys, small.root, *call)
            assert ran.code == 2
            assert ran.err.endswith(
                "is being written by another regrade: wait until it ends, or give another folder.\n"
            )


def test_a_log_that_is_torn_anywhere_leaves_a_store_or_a_sentence(small: Small, tmp_path: Path, capsys: Capsys) -> None:
    with closing(sqlite3.connect(small.out / FILE)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma wal_autocheckpoint = 0")
        db.execute("update told set run = replace(run, '0.1', '0.2')")
        db.commit()
        log = (small.out / f"{FILE}-wal").read_bytes()
        before = (small.out / FILE).read_bytes()
    assert len(log) > 4096
    for place, end in enumerate((0, 7, 32, 40, len(log) // 3, len(log) // 2, len(log) - 4096, len(log) - 1)):
        for number, torn in enumerate((log[:end], log[:end] + bytes(len(log) - end), log[:end] + b"\xa5" * 9999)):
            out = tmp_path / f"torn{place}-{number}"
            shutil.copytree(small.out, out)
            (out / FILE).write_bytes(before)
            (out / f"{FILE}-wal").write_bytes(torn)
            ran = run(capsys, small.root, "regrade", out, "-o", out, "--jobs", "1")
            assert ran.code == 0, ran
            assert "3 unchanged" in ran.out


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
@pytest.mark.parametrize("closed", ["store", "folder"])
def test_a_store_that_may_not_be_opened_is_said_in_a_sentence(closed: str, small: Small) -> None:
    """As somebody else: root may do everything."""
    for path in (small.out, *small.out.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/tmp"):
            path.chmod(0o755)
    if closed == "store":
        (small.out / FILE).chmod(0)
    else:
        (small.out / FILE).unlink()
        small.out.chmod(0o555)
    me = os.geteuid()
    os.seteuid(65534 if me == 0 else me)
    try:
        for write in (True, False) if closed == "store" else (True,):
            with pytest.raises(StoreError, match="unable to open database file"):
                Store(small.out, write=write)
    finally:
        os.seteuid(me)


def test_what_takes_too_long_is_ended() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        began = time.monotonic()
        with pytest.raises(integrity.Damage, match="looking at it took more than"), integrity.within(db, 0.1):
            db.execute(f"{ENDLESS} count(*) from n").fetchone()
        assert time.monotonic() - began < 5
        assert db.execute("select 1").fetchone() == (1,)  # it can be asked afterwards


def test_an_endless_view_in_place_of_a_table_ends_in_a_process_of_its_own(small: Small) -> None:
    """As seen from outside: nothing hangs."""
    view("facts", f"{ENDLESS} 'layout' as name, i as value from n")(small.out / FILE)
    for words in (
        ["regrade", small.out],
        ["regrade", small.out, "--only", "7"],
        ["responses", small.out, "-o", small.root],
    ):
        done = program.run(*words, root=small.root)
        assert done.returncode == 2
        assert "'facts' is not as it was" in done.stderr or "'facts' is missing" in done.stderr
