"""Items and service models at two moments, and changes taken back: through the door."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import Answer, ApiClient, client_of
from wardround.cmdb import actions, moments, queries, system_moments
from wardround.cmdb.models import Item, ItemChange, Relation
from wardround.cmdb.past import Link, State, taken_back
from wardround.cmdb.types import UNSET, ItemEdit, NewRelation, RelationEdit
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.schema import queries as schema

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def relation(kind: str, source: UUID, target: UUID) -> Relation:
    return Relation.objects.get(kind=kind, source=source, target=target)


# Any moment --------------------------------------------------------------------------------------


def _now(item: UUID) -> tuple[dict[str, Any], dict[Link, Any], bool]:
    row = Item.objects.get(id=item)
    its_type = schema.remembered_item_types()[row.type]
    return moments._values(row, its_type), moments._related(item), row.retired_at is None


def _act(choose: random.Random, host: UUID, others: list[UUID], at: datetime) -> None:
    row = Item.objects.get(id=host)
    what = choose.randrange(6)
    if row.retired_at is not None or what == 0:
        act = actions.retire_item if row.retired_at is None else actions.restore_item
        act(PLATFORM, host, at=at)
    elif what in (1, 2):
        memory = choose.choice([None, 1, 2, 3])
        owner = choose.choice([UNSET, None, "zhou"])
        edit = ItemEdit(
            name=choose.choice(["甲", "乙"]), owner=owner, attributes={"memory": memory}
        )
        actions.update_item(PLATFORM, host, edit, version=row.version, at=at)
    else:
        ends = [host, choose.choice(others)]
        choose.shuffle(ends)
        there = Relation.objects.filter(kind="uses", source=ends[0], target=ends[1]).first()
        if there is None:
            new = NewRelation("uses", str(ends[0]), str(ends[1]), need=choose.choice([None, 1]))
            actions.relate(PLATFORM, new, at=at)
        elif what == 3:
            actions.unrelate(PLATFORM, there.id, at=at)
        else:
            need = choose.choice([None, 1, 2])
            actions.change_relation(PLATFORM, there.id, RelationEdit(need=need), at=at)


@pytest.mark.parametrize("seed", range(4))
def test_any_moment_of_a_run_of_changes_is_what_it_was_then(
    hospital: dict[str, UUID], seed: int
) -> None:
    choose, host = random.Random(seed), hospital["spare"]  # noqa: S311  # chooses acts
    others = [hospital["host-1"], hospital["pacs-app-1"]]
    snapshots = [(AT, _now(host))]
    for step in range(1, 25):
        _act(choose, host, others, AT + step * HOUR)
        snapshots.append((AT + step * HOUR, _now(host)))
    values, links, in_use = _now(host)
    log = moments.logged(ItemChange.objects.filter(item=host))
    for at, (then_values, then_links, then_used) in snapshots:
        state = State(in_use=in_use, values=values, links=links)
        found = taken_back(state, [change for change in log if change.at > at])
        assert found.values == then_values, at
        assert found.links == then_links, at
        assert found.in_use == then_used, at


# An item -----------------------------------------------------------------------------------------


def asked(client: ApiClient, path: str, since: datetime, until: datetime | None = None) -> Answer:
    sides = {"from": since.isoformat()} | ({"to": until.isoformat()} if until else {})
    return client.get(f"{path}/compare", **sides)


def test_an_item_at_two_moments(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    host = hospital["host-1"]
    edit = ItemEdit(
        name="新名", owner="zhou", attributes={"memory": 64, "password": "scott", "serial": None}
    )
    actions.update_item(PLATFORM, host, edit, version=1, at=AT + HOUR)
    new = NewRelation("uses", str(host), str(hospital["spare"]), need=1)
    actions.relate(PLATFORM, new, at=AT + 2 * HOUR)
    actions.unrelate(
        PLATFORM, relation("connects", host, hospital["switch-1"]).id, at=AT + 3 * HOUR
    )
    body = asked(admin, f"/items/{host}", AT).body
    assert body["known_since"] is None
    fields = {each["field"]: (each["old"], each["new"]) for each in body["fields"]}
    assert fields == {
        "name": ("物理服务器 1", "新名"),
        "owner": (None, {"id": str(hospital["zhou"]), "name": "周海涛"}),
        "attributes.memory": (None, 64),
        "attributes.serial": ("SN1", None),
        "attributes.password": ("••••••", "••••••"),
    }
    links = [(each["kind"], each["other"]["key"], each["old"], each["new"], each["outward"])
             for each in body["relations"]]  # fmt: skip
    assert links == [
        ("connects", "switch-1", {}, None, True),
        ("uses", "spare", None, {"need": 1}, True),
    ]
    earlier = asked(admin, f"/items/{host}", AT, AT + HOUR).body
    assert {each["field"] for each in earlier["fields"]} == set(fields)
    assert earlier["relations"] == []
    assert asked(admin, f"/items/{host}", AT - HOUR).body["was"] == {
        "there": False, "in_use": False,
    }  # fmt: skip


def test_a_history_that_begins_later_says_so(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    host = hospital["host-1"]
    ItemChange.objects.filter(item=host, field="created").delete()
    oldest = ItemChange.objects.filter(item=host).order_by("id")[0].at
    body = asked(admin, f"/items/{host}", AT - 24 * HOUR).body
    assert datetime.fromisoformat(body["known_since"]) == oldest
    assert asked(admin, f"/items/{host}", AT, AT - HOUR).status == 422


def test_nothing_out_of_reach_is_told(hospital: dict[str, UUID]) -> None:
    switch = hospital["switch-1"]
    lis = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    edit = ItemEdit(owner="zhou")
    actions.update_item(PLATFORM, switch, edit, version=1, at=AT + HOUR)
    actions.unrelate(
        PLATFORM, relation("connects", hospital["host-1"], switch).id, at=AT + 2 * HOUR
    )
    body = asked(lis, f"/items/{switch}", AT).body
    assert body["relations"] == []
    (owner,) = body["fields"]
    assert owner["new"] == {"id": None, "name": "out of your reach"}
    assert asked(lis, f"/items/{hospital['host-1']}", AT).status == 404
    assert asked(lis, f"/systems/{hospital['pacs']}", AT).status == 404
    assert asked(lis, f"/items/{hospital['lis']}", AT).status == 200


# A service model ---------------------------------------------------------------------------------


def test_a_service_model_at_two_moments(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    pacs, spare = hospital["pacs"], hospital["spare"]
    database, host = hospital["pacs-db"], hospital["host-1"]
    actions.unrelate(PLATFORM, relation("runs-on", database, host).id, at=AT + HOUR)
    new = NewRelation("runs-on", str(database), str(spare))
    actions.relate(PLATFORM, new, at=AT + HOUR)
    app = hospital["pacs-app-2"]
    actions.retire_item(PLATFORM, app, at=AT + 2 * HOUR)
    version = Item.objects.get(id=spare).version
    actions.update_item(PLATFORM, spare, ItemEdit(name="替换机"), version=version, at=AT + 3 * HOUR)
    body = asked(admin, f"/systems/{pacs}", AT).body
    assert [each["key"] for each in body["joined"]] == ["spare"]
    assert {each["key"] for each in body["left"]} == {"host-1", "switch-1", "pacs-app-2"}
    assert [(w["kind"], w["source"]["key"], w["target"]["key"]) for w in body["came"]] == [
        ("runs-on", "pacs-db", "spare")
    ]
    assert [(w["source"]["key"], w["target"]["key"]) for w in body["went"]] == [
        ("pacs-db", "host-1")
    ]
    changed = {each["item"]["key"]: each["changes"] for each in body["changed"]}
    assert changed == {"spare": 1, "pacs-app-2": 1}
    quiet = asked(admin, f"/systems/{pacs}", AT + 4 * HOUR).body
    assert (quiet["joined"], quiet["left"], quiet["came"], quiet["went"]) == ([], [], [], [])
    assert quiet["before"] == quiet["after"] == body["after"]
    assert asked(admin, f"/systems/{host}", AT).status == 404


def test_a_model_of_any_moment_is_what_it_was_then(hospital: dict[str, UUID]) -> None:
    choose, pacs = random.Random(7), hospital["pacs"]  # noqa: S311  # chooses acts
    parts = [hospital[key] for key in ("pacs-app-1", "pacs-db", "host-1", "spare", "host-2")]
    told = []
    for step in range(1, 20):
        at = AT + step * HOUR
        if choose.random() < 0.4:
            _retire_or_bring_back(choose.choice(parts), at)
        else:
            _swap(choose, parts, at)
        told.append((at, {row.id for row in Item.objects.filter(systems__contains=[pacs])}))
    for at, then in told:
        walk = system_moments._Walk.read(at)
        shown_only = {hospital["lis"]}  # another system, which its interface needs
        assert walk.model(pacs, at) - shown_only == then | {pacs}, at


def _retire_or_bring_back(item: UUID, at: datetime) -> None:
    in_use = Item.objects.get(id=item).retired_at is None
    (actions.retire_item if in_use else actions.restore_item)(PLATFORM, item, at=at)


def _swap(choose: random.Random, parts: list[UUID], at: datetime) -> None:
    source, target = choose.sample(parts, 2)
    there = Relation.objects.filter(kind="runs-on", source=source, target=target).first()
    if there is not None:
        actions.unrelate(PLATFORM, there.id, at=at)
    elif all(item.retired_at is None for item in Item.objects.filter(id__in=[source, target])):
        actions.relate(PLATFORM, NewRelation("runs-on", str(source), str(target)), at=at)


# Taken back --------------------------------------------------------------------------------------


def undo(client: ApiClient, item: UUID, **body: Any) -> Answer:
    return client.post(f"/items/{item}/undo", body)


def took(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 200, answer.body
    return [(step["field"], step["took"]) for step in answer.body["steps"]]


def newest(item: UUID, field: str) -> int:
    return ItemChange.objects.filter(item=item, field=field).order_by("-id")[0].id


def test_a_change_is_taken_back_by_a_new_one_that_says_why(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    host = hospital["host-1"]
    body = {"version": 1, "name": "新名", "reason": "搬迁", "ticket": "CHG-1"}
    assert admin.patch(f"/items/{host}", body).status == 200
    change = newest(host, "name")
    trial = undo(admin, host, changes=[change], trial=True)
    assert took(trial) == [("name", "back")]
    assert Item.objects.get(id=host).name == "新名"
    assert took(undo(admin, host, changes=[change], reason="搬错了")) == [("name", "back")]
    assert Item.objects.get(id=host).name == "物理服务器 1"
    rows = admin.get(f"/items/{host}/changes").body["items"][:2]
    assert [(row["reason"], row["ticket"]) for row in rows] == [("搬错了", ""), ("搬迁", "CHG-1")]
    assert AuditRecord.objects.filter(action="item.take_back").count() == 1


def test_a_later_change_is_told_and_stays_unless_it_is_meant(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    host = hospital["host-1"]
    admin.patch(f"/items/{host}", {"version": 1, "name": "甲"})
    first = newest(host, "name")
    admin.patch(f"/items/{host}", {"version": 2, "name": "乙"})
    assert took(undo(admin, host, changes=[first])) == [("name", "later")]
    assert Item.objects.get(id=host).name == "乙"
    meant = undo(admin, host, changes=[first], over_later=True)
    assert took(meant) == [("name", "back")]
    assert Item.objects.get(id=host).name == "物理服务器 1"


def test_everything_of_one_act_is_taken_back(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    rows = [{"id": str(hospital[key]), "owner": "zhou"} for key in ("host-1", "host-2", "lis")]
    assert admin.post("/items/bulk", {"rows": rows, "mode": "all"}).status == 200
    change = newest(hospital["lis"], "owner")
    assert len(took(undo(admin, hospital["lis"], changes=[change], act=True))) == 3
    owned = Item.objects.filter(key__in=("host-1", "host-2", "lis"))
    assert {row.owner_id for row in owned} == {None}


def test_relations_and_use_are_taken_back(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    host, switch = hospital["host-1"], hospital["switch-1"]
    there = relation("connects", host, switch)
    assert admin.delete(f"/relations/{there.id}").status == 204
    gone = newest(host, "relation.connects")
    assert took(undo(admin, host, changes=[gone])) == [("relation.connects", "back")]
    assert relation("connects", host, switch).id != there.id
    made = newest(switch, "relation.connects")
    assert took(undo(admin, switch, changes=[made])) == [("relation.connects", "back")]
    assert not Relation.objects.filter(kind="connects", source=host).exists()
    assert admin.post(f"/items/{host}/retire").status == 200
    assert took(undo(admin, host, changes=[newest(host, "retired")])) == [("retired", "back")]
    assert Item.objects.get(id=host).retired_at is None


def test_what_cannot_be_taken_back_says_why(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    host, zhou = hospital["host-1"], hospital["zhou"]
    admin.patch(f"/items/{host}", {"version": 1, "attributes": {"password": "scott"}})
    (step,) = undo(admin, host, changes=[newest(host, "attributes.password")]).body["steps"]
    assert (step["took"], step["why"]) == ("refused", "What a secret was is not kept.")
    admin.patch(f"/items/{hospital['pacs']}", {"version": 1, "owner": None})
    admin.post(f"/items/{zhou}/retire")
    pacs = hospital["pacs"]
    (step,) = undo(admin, pacs, changes=[newest(pacs, "owner")]).body["steps"]
    assert step["took"] == "refused"
    assert "There is no item" in step["why"]
    assert undo(admin, host, changes=[newest(pacs, "owner")]).status == 422


def test_only_within_reach(hospital: dict[str, UUID]) -> None:
    lis = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    switch = hospital["switch-1"]
    actions.update_item(PLATFORM, switch, ItemEdit(owner="zhou"), version=1, at=AT + HOUR)
    actions.update_item(PLATFORM, switch, ItemEdit(owner=None), version=2, at=AT + 2 * HOUR)
    (step,) = undo(lis, switch, changes=[newest(switch, "owner")]).body["steps"]
    assert (step["took"], step["why"]) == (
        "refused", "It named something that is out of your reach.",
    )  # fmt: skip
    assert str(hospital["zhou"]) not in str(step)
    assert undo(lis, hospital["host-1"], changes=[1]).status == 404
    assert queries.item(EVERYTHING, switch).owner is None
