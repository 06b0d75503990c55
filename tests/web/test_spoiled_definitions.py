"""A stored definition may be spoiled in one place: a key that is gone, a value of another type, a
list where a text was. What is read over HTTP tells what it can; nothing goes down with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from tests.web.conftest import Installation
from tests.web.test_every_filter import GETS, address
from wardround.schema import cache
from wardround.schema.models import Definition, Revision

pytestmark = [pytest.mark.django_db, pytest.mark.servers]

ANYTHING: tuple[Any, ...] = (
    None, 7, -1, 1.5, True, "", "nonsense", [], [[]], [None], {}, {"name": 7}, [{"name": []}],
)  # fmt: skip


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def places(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where anything stands in a body, itself left out."""
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


def spoil(text: str, chance: Random) -> str:
    """The body with one place gone, wrapped once more, or holding what it never holds."""
    body = json.loads(text)
    path = chance.choice(list(places(body)))
    around = body
    for step in path[:-1]:
        around = around[step]
    last = path[-1]
    act = chance.choice(("drop", "list", "mapping", "other"))
    if act == "drop":
        del around[last]
    elif act == "list":
        around[last] = [around[last]]
    elif act == "mapping":
        around[last] = {"inner": around[last]}
    else:
        around[last] = chance.choice(ANYTHING)
    return json.dumps(body)


@pytest.mark.parametrize("seed", range(3))
def test_no_way_out_goes_down_with_one_place_of_some(installation: Installation, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # what is spoiled, no secret
    paths = [path for path in GETS if path != "/live"]
    with transaction.atomic():
        point = transaction.savepoint()
        rows = list(Definition.objects.order_by("kind", "name"))
        for row in chance.sample(rows, len(rows) // 6):
            row.body = spoil(row.body, chance)
            row.save()
        Revision.objects.update(token=uuid4())
        cache.changed()
        answers = {path: installation.send("GET", address(path, installation)) for path in paths}
        transaction.savepoint_rollback(point)
    cache.changed()
    fallen = {path: answer.content for path, answer in answers.items() if answer.status_code >= 500}
    assert fallen == {}
