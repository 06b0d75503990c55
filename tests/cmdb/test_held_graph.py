"""What a process holds of the graph is what the database says, whatever was written and by whom."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.cmdb.conftest import AT, PLATFORM
from wardround.cmdb import actions, graph_queries, held_graph, models
from wardround.cmdb.graph import Graph
from wardround.cmdb.graph_types import ItemGraph
from wardround.cmdb.items import Item
from wardround.cmdb.types import NewItem, NewRelation
from wardround.kernel.reach import EVERYTHING
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft

pytestmark = pytest.mark.django_db(transaction=True)
TYPES = ("host", "switch", "database", "business-system")
KINDS = ("runs-on", "connects", "uses", "provides", "consumes", "maintains", "backs-up")


Edge = tuple[UUID, UUID, str, int, int, float]


def told(graph: Graph) -> tuple[list[Edge], dict[UUID, str]]:
    """Who needs whom on what terms, and of what type all of these and others in use are."""
    terms = graph.terms
    assert terms is not None
    columns = (
        graph.needing, graph.needed, terms.kinds, terms.groups, terms.need, terms.minutes,
    )  # fmt: skip
    edges = sorted(
        (graph.id(needing), graph.id(needed), terms.kind_names[kind], *rest)
        for needing, needed, kind, *rest in zip(*(c.tolist() for c in columns), strict=True)
    )
    living = set(models.Item.objects.filter(retired_at=None).values_list("id", flat=True))
    types = {
        graph.id(place): graph.type_names[type_]
        for place, type_ in enumerate(graph.types.tolist())
        if graph.id(place) in living
    }
    return edges, types


def agrees() -> None:
    """What is held, and what a process that begins now would read."""
    held_edges, held_types = told(held_graph.current())
    edges, types = told(held_graph._InProcess().current())
    assert held_edges == edges
    assert held_types == {id_: types[id_] for id_ in held_types}
    assert {end for edge in edges for end in edge[:2]} <= set(held_types)


class Writer:
    """Writes of every way there is."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # tells stories, keeps no secrets
        self.items = [self._item() for _ in range(12)]

    def _item(self) -> UUID:
        made = models.Item.objects.create(
            id=uuid4(), key=str(uuid4()), name="x", type=self.chance.choice(TYPES),
            created_at=AT, updated_at=AT,
        )  # fmt: skip
        return made.id

    def some(self) -> list[UUID]:
        return self.chance.sample(self.items, self.chance.randint(1, 4))

    def add(self) -> None:
        rows = [
            models.Relation(
                kind=self.chance.choice(KINDS), source_id=source, target_id=target, created_at=AT
            )
            for source in self.some()
            for target in self.some()
        ]
        models.Relation.objects.bulk_create(rows, ignore_conflicts=True)

    def remove(self) -> None:
        models.Relation.objects.filter(source__in=self.some()).delete()

    def turn(self) -> None:
        kinds = self.chance.sample(KINDS, 2)
        pairs = models.Relation.objects.filter(kind=kinds[1]).values_list("source", "target")
        taken = set(pairs)
        for row in models.Relation.objects.filter(kind=kinds[0]):
            if (row.source_id, row.target_id) not in taken:
                row.kind = kinds[1]
                row.save()

    def set_terms(self) -> None:
        """Other terms, and nothing else."""
        rows = models.Relation.objects.filter(source__in=self.some())
        minutes = self.chance.choice([None, 0, 20.5, 1e300])
        rows.update(
            group=self.chance.choice([None, "", "db", "web"]),
            need=self.chance.choice([None, 1, 2]),
            standby=self.chance.choice([None, "hot", "cold"]),
            switch_minutes=minutes,
        )

    def retire(self) -> None:
        models.Item.objects.filter(id__in=self.some()).update(retired_at=AT)

    def restore(self) -> None:
        models.Item.objects.filter(id__in=self.some()).update(retired_at=None)

    def retype(self) -> None:
        models.Item.objects.filter(id__in=self.some()).update(type=self.chance.choice(TYPES))

    def bring(self) -> None:
        self.items.append(self._item())

    def take_away(self) -> None:
        gone = self.items.pop(self.chance.randrange(len(self.items)))
        models.Item.objects.filter(id=gone).delete()
        self.items.append(self._item())

    def empty(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE cmdb_relation")

    def forget(self) -> None:
        numbers = models.GraphChange.objects.order_by("number").values_list("number", flat=True)
        models.GraphChange.objects.filter(number__lt=self.chance.choice(list(numbers))).delete()

    def roll_back(self) -> None:
        items = list(self.items)
        with transaction.atomic():
            self.step()
            held_graph.current()
            transaction.set_rollback(True)
        self.items = items

    def save_a_part(self) -> None:
        with transaction.atomic():
            self.add()
            with transaction.atomic():
                self.retype()
                held_graph.current()
                transaction.set_rollback(True)
            held_graph.current()

    def step(self) -> None:
        self.chance.choice(
            [self.add] * 4 + [self.set_terms] * 2
            + [self.remove, self.turn, self.retire, self.restore, self.retype] * 2
            + [self.bring, self.empty, self.forget]
        )()  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_what_is_held_is_what_is_there(hospital: dict[str, UUID], seed: int) -> None:
    writer = Writer(seed)
    for _ in range(25):
        writer.chance.choice(
            [writer.step] * 8 + [writer.roll_back, writer.save_a_part, writer.take_away]
        )()
        if writer.chance.random() < 0.7:
            agrees()
    agrees()


def node(graph: ItemGraph) -> tuple[str, str]:
    (only,) = graph.nodes
    return only.item.key if isinstance(only.item, Item) else "", only.layer


def test_an_item_without_relations_stands_in_the_layer_of_its_type_of_now(
    hospital: dict[str, UUID],
) -> None:
    spare = hospital["spare"]
    assert node(graph_queries.around(EVERYTHING, spare)) == ("spare", "hardware")
    models.Item.objects.filter(id=spare).update(type="database")
    assert node(graph_queries.around(EVERYTHING, spare)) == ("spare", "database")


ROBOT = "kind: item-type\nname: robot\nlabel: Robot\nlayer: hardware\n"


def test_a_type_that_is_heard_of_later_has_its_layer_then(hospital: dict[str, UUID]) -> None:
    """Another process may have defined it, and made items of it, a second ago."""
    models.Item.objects.filter(key="spare").update(type="robot")
    held_graph._in_process._held = None
    assert node(graph_queries.around(EVERYTHING, hospital["spare"])) == ("spare", "")
    draft = DefinitionDraft(kind="item-type", name="robot", text=ROBOT)
    schema.save_definition(PLATFORM, draft, at=AT)
    assert node(graph_queries.around(EVERYTHING, hospital["spare"])) == ("spare", "hardware")


def test_what_notes_changes_can_be_taken_back(hospital: dict[str, UUID]) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([("cmdb", "0007_graph_changes")])
    try:
        models.Item.objects.filter(key="host-1").update(retired_at=AT)
        held_graph.current()
    finally:
        MigrationExecutor(connection).migrate(newest)
    models.Item.objects.filter(key="host-1").update(retired_at=None)
    agrees()


def test_emptied_relations_are_seen(hospital: dict[str, UUID]) -> None:
    assert len(held_graph.current().needing)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cmdb_relation")
    assert not len(held_graph.current().needing)


def many(count: int) -> list[models.Relation]:
    """So many new items, each on the host that is spare."""
    spare = models.Item.objects.get(key="spare")
    made = models.Item.objects.bulk_create(
        [
            models.Item(id=uuid4(), key=f"m-{n}", name="m", type="database", created_at=AT,
                        updated_at=AT)
            for n in range(count)
        ],
        batch_size=5_000,
    )  # fmt: skip
    return [
        models.Relation(kind="runs-on", source=item, target=spare, created_at=AT) for item in made
    ]


def test_very_many_relations_of_one_statement_are_read_anew(hospital: dict[str, UUID]) -> None:
    before = len(held_graph.current().needing)
    noted = models.GraphChange.objects.count()
    rows = many(25_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cmdb_relation (id, kind, source_id, target_id, origin, created_at)"
            " SELECT gen_random_uuid(), 'runs-on', source, %s, '', now()"
            " FROM unnest(%s::uuid[]) AS source",
            [rows[0].target_id, [row.source_id for row in rows]],
        )
    assert models.GraphChange.objects.count() == noted + 1
    assert len(held_graph.current().needing) == before + 25_000
    agrees()
    models.Item.objects.filter(key="spare").update(retired_at=AT)
    assert models.GraphChange.objects.count() == noted + 2
    assert len(held_graph.current().needing) == before
    models.Item.objects.filter(key__startswith="m-").update(type="application")
    assert models.GraphChange.objects.count() == noted + 2 + 25_000
    agrees()


def test_the_log_is_cut_by_statements_on_items_too(hospital: dict[str, UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cmdb_graph_change (token, source)"
            " SELECT gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 100100)"
        )
    models.Item.objects.filter(key="spare").update(type="switch")
    assert models.GraphChange.objects.count() == 100_000
    agrees()


# Others beside -----------------------------------------------------------------------------------


@pytest.fixture
def elsewhere() -> Callable[[Callable[[], Any]], Any]:
    """Does something in another thread, with a connection of its own, and gives what it gave."""

    def done(act: Callable[[], Any]) -> Any:
        found: list[Any] = []

        def acting() -> None:
            try:
                found.append(act())
            finally:
                connection.close()

        thread = threading.Thread(target=acting)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()
        return found[0]

    return done


def test_who_looks_at_an_earlier_moment_spoils_nothing(
    hospital: dict[str, UUID], elsewhere: Callable[[Callable[[], Any]], Any]
) -> None:
    """A transaction of one moment sees the graph of that moment, whatever others are told."""
    before = len(held_graph.current().needing)

    def relate() -> int:
        models.Relation.objects.create(
            kind="runs-on", source_id=hospital["lis"], target_id=hospital["spare"], created_at=AT
        )
        return len(held_graph.current().needing)

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert len(held_graph.current().needing) == before
        assert elsewhere(relate) == before + 1
        assert len(held_graph.current().needing) == before
        assert elsewhere(lambda: len(held_graph.current().needing)) == before + 1
    assert len(held_graph.current().needing) == before + 1
    agrees()


def test_what_is_not_committed_is_seen_by_nobody_else(
    hospital: dict[str, UUID], elsewhere: Callable[[Callable[[], Any]], Any]
) -> None:
    before = len(held_graph.current().needing)
    with transaction.atomic():
        models.Relation.objects.create(
            kind="runs-on", source_id=hospital["lis"], target_id=hospital["spare"], created_at=AT
        )
        assert len(held_graph.current().needing) == before + 1
        assert elsewhere(lambda: len(held_graph.current().needing)) == before
    assert elsewhere(lambda: len(held_graph.current().needing)) == before + 1


class Crowd:
    """Threads that do something over and over, until they are to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.failed: list[Exception] = []

    def do(self, act: Callable[[], object]) -> None:
        self._threads.append(threading.Thread(target=self._repeat, args=[act]))

    def _repeat(self, act: Callable[[], object]) -> None:
        try:
            while not self._stop.is_set():
                act()
        except Exception as error:  # noqa: BLE001  # looked at by who began it
            self.failed.append(error)
        finally:
            connection.close()

    def run(self, seconds: float) -> None:
        for thread in self._threads:
            thread.start()
        self._stop.wait(seconds)
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()


def test_many_who_ask_while_others_write_find_what_is_there(hospital: dict[str, UUID]) -> None:
    def write() -> None:
        made = actions.create_item(PLATFORM, NewItem(type="host", name="n"), at=AT)
        actions.relate(PLATFORM, NewRelation("runs-on", "lis", made.key), at=AT)
        actions.retire_item(PLATFORM, made.id, at=AT)

    def look() -> None:
        graph_queries.around(EVERYTHING, hospital["switch-1"])
        graph_queries.between(EVERYTHING, hospital["pacs"], hospital["switch-1"])

    crowd = Crowd()
    for act in (write, write, look, look, look):
        crowd.do(act)
    crowd.run(3.0)
    assert not crowd.failed
    agrees()
