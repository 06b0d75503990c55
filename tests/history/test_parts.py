"""What the disk did not take whole is found, taken out and inserted again; nothing is doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.history import parts
from wardround.history.engine_codes import NO_SPACE
from wardround.history.parts import Part

FILES = ["data.bin", "data.cmrk4", "primary.cidx", "count.txt", "columns.txt", "checksums.txt",
         "default_compression_codec.txt"]  # fmt: skip


def run(case: str, folder: Path, file: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.history.half_written", case, str(folder), file],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("file", FILES)
def test_an_insert_that_the_disk_did_not_take_whole_is_refused_until_it_does(
    tmp_path: Path, file: str
) -> None:
    assert run("insert", tmp_path, file) == {
        "first": "ok",
        "tries": [str(NO_SPACE), str(NO_SPACE), "ok", "ok"],
        "again": "ok",
        "rows": 4000,
        "mended": 2,
        "set aside": 0,
    }


def test_no_token_is_believed_while_the_disk_does_not_take_that_it_is_forgotten(
    tmp_path: Path,
) -> None:
    assert run("full", tmp_path, "data.bin") == {
        "tries": [str(NO_SPACE), str(NO_SPACE), "ok", "ok"],
        "rows": 2000,
        "mended": 1,
    }


@pytest.mark.parametrize("file", ["data.bin", "checksums.txt"])
def test_a_merge_that_the_disk_did_not_take_whole_loses_nothing(tmp_path: Path, file: str) -> None:
    assert run("merge", tmp_path, file) == {
        "rows": 4000,
        "again": ["ok"] * 4,
        "rows again": 4000,
        "mended": 1,
        "set aside": 0,
    }


def test_a_crash_before_the_insert_was_looked_at_leaves_no_token_without_its_rows(
    tmp_path: Path,
) -> None:
    run("crash", tmp_path, "data.bin")
    assert run("after_crash", tmp_path, "") == {
        "before": 3000,
        "tries": ["ok", "ok"],
        "rows": 4000,
    }
    assert run("after_crash", tmp_path, "")["rows"] == 4000


def test_a_part_is_measured_without_the_files_its_size_does_not_count() -> None:
    sizes = {"data.bin": 100, "count.txt": 3, "checksums.txt": 300, "columns.txt": 90}
    assert parts.measures(sizes, 103)
    assert not parts.measures(sizes, 104)
    assert not parts.measures(sizes | {"columns.txt": 0}, 103)
    assert not parts.measures({}, 103)


@given(
    st.lists(
        st.tuples(st.sampled_from("12"), st.sampled_from("abc"), st.sampled_from("xyz")),
        max_size=20,
    ),
    st.frozensets(st.sampled_from("abc")),
)
def test_tokens_are_forgotten_for_the_broken_parts_alone_and_once(
    lines: list[tuple[str, str, str]], broken: frozenset[str]
) -> None:
    log = "".join("\t".join(line) + "\n" for line in lines)
    after = log + parts.forgetting(log, broken)
    remembered = {line[1:]: line[0] for line in lines}
    left = {tuple(line.split("\t")[1:]): line[0] for line in after.splitlines()}
    for (part, token), kind in remembered.items():
        assert left[part, token] == ("2" if part in broken else kind)
    assert not parts.forgetting(after, broken)


def test_a_merged_part_is_made_of_the_parts_of_its_blocks() -> None:
    def part(name: str) -> Part:
        return Part(name, Path(), 1, 1)

    merged = part("20261127_1_4_1")
    assert merged.made_of(part("20261127_2_2_0"))
    assert not merged.made_of(part("20261127_5_5_0"))
    assert not merged.made_of(part("20261128_2_2_0"))
    assert not merged.made_of(merged)
