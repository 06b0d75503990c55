"""Whatever is out of a reader's reach, what he is told of the graph stays the same: how many such
items there are, how they fare, what they are called and in which order they came change nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from tests.cmdb.conftest import AT, person, seen_by
from wardround.cmdb import graph_queries, models
from wardround.cmdb.graph_types import Direction
from wardround.kernel.reach import Reach
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
TYPES = ("host", "switch", "database", "application", "business-system", "of-no-known-type")
KINDS = ("runs-on", "connects", "uses", "provides", "consumes")


class House:
    """Random items and relations, some within the reach of one who sees the laboratory."""

    def __init__(self, seed: int, laboratory: UUID, other: UUID) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # tells stories, keeps no secrets
        self._systems = {True: [laboratory], False: [other]}
        self.seen = [laboratory, *(self.item(seen=True) for _ in range(7))]
        self.hidden = [self.item(seen=False) for _ in range(10)]
        everything = [*self.seen, *self.hidden]
        for _ in range(self.chance.choice([15, 30, 45])):
            source, target = self.chance.sample(everything, 2)
            self.relate(self.chance.choice(KINDS), source, target)
        self.relate("uses", self.seen[1], self.seen[1])  # needs itself

    def id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def item(self, *, seen: bool, like: str = "") -> UUID:
        made = models.Item.objects.create(
            id=self.id(), key=str(uuid4()), name="x", type=like or self.chance.choice(TYPES),
            systems=self._systems[seen], created_at=AT, updated_at=AT,
        )  # fmt: skip
        return made.id

    def relate(self, kind: str, source: UUID, target: UUID) -> None:
        models.Relation.objects.get_or_create(
            kind=kind, source_id=source, target_id=target, defaults={"created_at": AT}
        )

    def twin(self, of: UUID) -> None:
        """One more that nobody could tell from another that is out of reach."""
        new = self.item(seen=False, like=models.Item.objects.get(id=of).type)
        for row in models.Relation.objects.filter(source=of):
            self.relate(row.kind, new, row.target_id)
        for row in models.Relation.objects.filter(target=of):
            self.relate(row.kind, row.source_id, new)

    def stir(self) -> None:
        """Change what is out of reach, and nothing that the reader may know."""
        for item in self.hidden:
            models.Item.objects.filter(id=item).update(
                condition=self.chance.choice(["ok", "down", "warning"]), name="别的", importance="A"
            )
        for item in self.chance.sample(self.hidden, 4):
            self.twin(item)


def asked(house: House, reader: Reach) -> Iterator[object]:
    for most in (300, 5, 1):
        for item in house.seen[:2]:
            for direction in Direction:
                yield graph_queries.around(reader, item, direction, most=most)
                yield graph_queries.around(reader, item, direction, most=most, depth=2)
        yield graph_queries.model(reader, house.seen[0], most=most)
        for other in house.seen[1:4]:
            yield graph_queries.between(reader, house.seen[0], other, most=most)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_out_of_reach_changes_nothing_that_is_told(
    hospital: dict[str, UUID], seed: int
) -> None:
    house = House(seed, hospital["lis"], hospital["pacs"])
    reader = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    before = list(asked(house, reader))
    house.stir()
    after = list(asked(house, reader))
    for was, now in zip(before, after, strict=True):
        assert now == was
    told = repr(after)
    assert not any(str(item) in told or repr(item) in told for item in house.hidden)


def test_when_something_out_of_reach_came_is_not_told(hospital: dict[str, UUID]) -> None:
    """Places that are even would be in the order of ids, which are in the order of time."""
    reader = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))

    def need(number: int, type_: str) -> None:
        item = models.Item.objects.create(
            id=UUID(int=number << 64), key=str(number), name="x", type=type_,
            systems=[hospital["pacs"]], created_at=AT, updated_at=AT,
        )  # fmt: skip
        models.Relation.objects.create(
            kind="uses", source_id=hospital["lis"], target=item, created_at=AT
        )

    need(5, "host")
    need(6, "database")
    before = graph_queries.around(reader, hospital["lis"])
    need(1, "database")
    need(2, "host")
    assert graph_queries.around(reader, hospital["lis"]) == before
    models.Item.objects.filter(id=UUID(int=1 << 64)).delete()
    assert graph_queries.around(reader, hospital["lis"]) == before
