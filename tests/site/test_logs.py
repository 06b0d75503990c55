"""Logs are exchanged while processes write them, and no line is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from wardround.site import logs

_WRITER = """
import os, sys, threading
from wardround.site.logs import Log
from pathlib import Path
log = Log(Path(sys.argv[1]), largest=20_000, kept=50)

together = threading.Barrier(4)

def write(name):
    for number in range(5_000):
        os.write(2, f"{name} {number} and what else there is to say\\n".encode())
        if number % 1_000 == 999:
            together.wait()

threads = [threading.Thread(target=write, args=[name]) for name in "abc"]
for thread in threads:
    thread.start()
for _ in range(5):
    while together.n_waiting < 3:
        log.exchange(2, 1)
    log.exchange(2, 1)  # at least once in a thousand lines, whatever else the machine does
    together.wait()
for thread in threads:
    thread.join()
"""


def _run(path: Path) -> None:
    with path.open("ab") as output:
        subprocess.run(
            [sys.executable, "-c", _WRITER, str(path)], stderr=output, check=True, timeout=300
        )


def test_no_line_is_lost_while_three_threads_write(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    _run(path)
    files = sorted(tmp_path.glob("web*.log"))
    assert len(files) > 3
    lines = [line.split()[:2] for file in files for line in file.read_text().splitlines()]
    found = {(name, int(number)) for name, number in lines}
    assert found == {(name, number) for name in "abc" for number in range(5_000)}


def test_only_so_many_files_are_kept_the_newest_first(tmp_path: Path) -> None:
    log = logs.Log(tmp_path / "web.log", largest=10, kept=3)
    handle = os.open(log.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for number in range(9):
            os.write(handle, b"line %d, longer than ten\n" % number)
            assert log.exchange(handle)
            assert not log.exchange(handle)
    finally:
        os.close(handle)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "web.1.log", "web.2.log", "web.3.log", "web.log",
    ]  # fmt: skip
    assert log.earlier(1).read_text().startswith("line 8")
    assert log.earlier(3).read_text().startswith("line 6")


def test_a_disk_that_takes_no_new_file_leaves_the_old_one(tmp_path: Path) -> None:
    log = logs.Log(tmp_path / "gone" / "web.log", largest=10)
    with (tmp_path / "kept").open("wb") as held:
        held.write(b"more than ten bytes")
        held.flush()
        assert not log.exchange(held.fileno())
        os.write(held.fileno(), b" and more")
    assert (tmp_path / "kept").read_bytes().endswith(b" and more")


def test_old_files_of_the_database_go(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"postgres-{number}.log"
        file.touch()
        os.utime(file, (number, number))
    logs.remove_old(tmp_path, "postgres-*.log", kept=2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["postgres-3.log", "postgres-4.log"]
