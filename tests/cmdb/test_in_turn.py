"""Who writes items does it one after the other: two at once neither wait for each other in a
circle, nor derive what serves which system without what the other has not told yet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from tests.hospital import HOSPITAL, client_of
from wardround.cmdb import actions as cmdb
from wardround.cmdb import models, statements
from wardround.cmdb.networks import taking
from wardround.cmdb.networks.types import Taking
from wardround.cmdb.types import Condition, ConditionChange, NewItem, NewRelation
from wardround.kernel import clock
from wardround.schema import actions as schema
from wardround.schema import queries
from wardround.schema.drafts import DefinitionDraft

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = "kind: item-type\nname: robot\nlabel: Robot\nlayer: hardware\n"


@pytest.fixture
def _installed() -> None:
    schema.import_shipped(HOSPITAL, at=clock.now(), names=["base"])
    save("robot")


def save(name: str, *, renamed_from: str = "") -> None:
    text = ROBOT.replace("name: robot", f"name: {name}")
    draft = DefinitionDraft(kind="item-type", name=name, text=text, renamed_from=renamed_from)
    schema.save_definition(
        HOSPITAL, draft, at=clock.now(), base_version=1 if renamed_from else None
    )


def item(type_: str, key: str) -> models.Item:
    made = cmdb.create_item(HOSPITAL, NewItem(type=type_, key=key, name=key), at=clock.now())
    return models.Item.objects.get(id=made.id)


@pytest.mark.usefixtures("_installed")
def test_who_waits_for_a_long_import_is_told_so() -> None:
    """And not that the database does not answer, which would send people to the administrator."""
    api, told = client_of("li", "administrator"), []

    def asked() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        text = ROBOT.replace("Robot", "Automaton")
        told.append(api.put("/definitions/item-type/robot", {"text": text, "base_version": 1}))
        told.append(api.post("/items", {"type": "robot", "name": "R2", "key": "r2"}))
        connection.close()

    with transaction.atomic():  # a large import that writes
        queries.hold()
        statements.in_turn()
        other = threading.Thread(target=asked)
        other.start()
        other.join()
    assert [(each.status, each.body["code"]) for each in told] == [(503, "occupied")] * 2
    assert api.post("/items", {"type": "robot", "name": "R2", "key": "r2"}).status == 201


@contextmanager
def beside(act: Callable[[], object]) -> Iterator[None]:
    """Begin `act` in a connection of its own before the block ends, and go on when it waits for
    this transaction or is done. Raises what it raised.
    """
    failed: list[Exception] = []

    def acting() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  # raised below, where the test sees it
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=acting)
    with transaction.atomic():
        yield
        other.start()
        while other.is_alive() and not _somebody_waits():
            other.join(0.01)
        _go_on()
    other.join()
    for error in failed:
        raise error


_further: list[Callable[[], object]] = []


def _go_on() -> None:
    while _further:
        _further.pop()()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM"
            " pg_stat_activity WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def say(found: models.Item, condition: Condition) -> None:
    cmdb.set_conditions(HOSPITAL, [ConditionChange(found.id, condition)], clock.now())


@pytest.mark.usefixtures("_installed")
def test_a_type_gets_a_new_name_while_alerts_say_how_its_items_are() -> None:
    first, second = item("robot", "r-1"), item("robot", "r-2")
    _further.append(lambda: say(first, Condition.CRITICAL))
    with beside(lambda: save("machine", renamed_from="robot")):
        say(second, Condition.CRITICAL)
    rows = models.Item.objects.filter(id__in=(first.id, second.id))
    assert set(rows.values_list("type", "condition")) == {("machine", "critical")}


@pytest.mark.usefixtures("_installed")
def test_two_who_draw_a_way_together_both_see_where_it_leads() -> None:
    system, host, switch = (
        item("business-system", "his"),
        item("host", "h-1"),
        item("switch", "s-1"),
    )
    with beside(lambda: relate("runs-on", system, host)):
        relate("connects", host, switch)
    switch.refresh_from_db()
    assert switch.systems == [system.id]


def relate(kind: str, source: models.Item, target: models.Item) -> None:
    cmdb.relate(HOSPITAL, NewRelation(kind, source.key, target.key), at=clock.now())


@pytest.mark.usefixtures("_installed")
def test_two_who_take_an_address_at_once_get_two() -> None:
    subnet = NewItem(type="subnet", name="n", attributes={"network": "10.9.1.0/24"})
    network = cmdb.create_item(HOSPITAL, subnet, at=clock.now()).id
    got = list[str]()

    def take() -> None:
        got.append(taking.take(HOSPITAL, network, Taking(), at=clock.now()).address)

    with beside(take):
        take()
    assert sorted(got) == ["10.9.1.1", "10.9.1.2"]
