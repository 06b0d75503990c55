"""Ids sort by the time they were made, also within one millisecond and over threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from wardround.kernel.ids import new_id


def test_each_id_is_greater_than_the_one_before() -> None:
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 20


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [one for part in pool.map(lambda _: [new_id() for _ in range(500)], range(8))
                for one in part]  # fmt: skip
    assert len(set(made)) == 4000
