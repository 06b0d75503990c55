"""Reference fields of a ticket's form: what they may name, and to whom it is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.hospital import HOSPITAL, ApiClient, client_of
from tests.tickets.conftest import MONDAY, World, item
from wardround.cmdb import models as cmdb
from wardround.kernel.types import Scope
from wardround.schema import actions as schema
from wardround.schema.sources import Source
from wardround.tickets import models

TYPE = """
kind: ticket-type
name: probe
label: Probe
numbering: PRB
levels: service-levels
assignment: service-team
fields:
  - {name: device, label: Device, type: reference, to: device}
  - {name: anything, label: Anything, type: reference}
  - {name: verdict, label: Verdict, type: text}
states:
  - {name: new, label: New, category: new, access: {verdict: hidden}}
  - {name: seen, label: Seen, category: working}
  - {name: closed, label: Closed, category: closed}
transitions:
  - {name: see, label: See, from: new, to: seen}
  - {name: back, label: Back, from: seen, to: new}
  - {name: close, label: Close, from: seen, to: closed}
"""


@pytest.fixture
def desk(world: World) -> ApiClient:
    head = b'pack: own\nversion: "1"\nlabel: Own\nrequires: [base, service]\n'
    source = Source("own", {"pack.yaml": head, "a.yaml": TYPE.encode()})
    schema.import_packs(HOSPITAL, [source], at=MONDAY)
    return client_of("desk", "administrator")


def opened(desk: ApiClient, item_id: UUID | None = None, **fields: Any) -> Any:
    body = {"type": "probe", "title": "T", "item": item_id and str(item_id), "fields": fields}
    return desk.post("/tickets", body)


def problem(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status, [(each["field"], each["message"]) for each in answer.body["problems"]]


def test_only_an_item_of_a_type_that_may_stand_there_is_taken_subtypes_too(
    world: World, desk: ApiClient
) -> None:
    wrong = (422, [("fields.device", "This must be one of: Device; it is a Business system.")])
    assert problem(opened(desk, device=str(world.lis))) == wrong
    assert problem(opened(desk, device="lis")) == wrong
    nothing = uuid4()
    for text in ("garbage", str(nothing)):
        told = f"There is no item with the id or key “{text}”."
        assert problem(opened(desk, anything=text)) == (422, [("fields.anything", told)])
    ticket = opened(desk, device="srv", anything=str(world.lis)).body
    assert ticket["fields"] == {"device": str(world.server), "anything": str(world.lis)}
    form = {field["name"]: field["named"] for field in ticket["form"]}
    assert form["device"] == {"id": str(world.server), "name": "LIS-DB-01"}

    path = f"/tickets/{ticket['id']}"
    assert problem(desk.patch(path, {"fields": {"device": str(world.archive)}})) == wrong
    move = {"name": "see", "fields": {"device": str(world.archive)}}
    assert problem(desk.post(f"{path}/transitions", move)) == wrong
    assert desk.get(path).body["state"] == "new"
    changed = desk.patch(path, {"fields": {"device": str(world.printer)}}).body
    assert changed["timeline"][-1]["text"] == "Device: LIS-DB-01 → ARC-01"


def test_what_was_stored_before_stays_readable_and_may_stay(world: World, desk: ApiClient) -> None:
    ticket = opened(desk).body
    stored = {"device": str(world.lis), "anything": "garbage"}
    models.Ticket.objects.filter(id=ticket["id"]).update(fields=stored)
    path = f"/tickets/{ticket['id']}"
    assert desk.get(path).body["fields"] == stored
    assert desk.patch(path, {"title": "U", "fields": stored}).status == 200
    cmdb.Item.objects.filter(id=world.server).update(retired_at=MONDAY)
    assert opened(desk, device="srv").status == 422


def test_nobody_names_or_learns_the_name_of_what_is_out_of_their_reach(
    world: World, desk: ApiClient
) -> None:
    laboratory = Scope(systems=frozenset({world.lis}))
    reader = client_of("reader", "service-desk", scope=laboratory)
    told = "There is no item with the id or key “prn”."
    assert problem(opened(reader, world.server, device="prn")) == (422, [("fields.device", told)])

    ticket = opened(desk, world.archive, device="prn").body
    path = f"/tickets/{ticket['id']}"
    assert desk.patch(path, {"item": str(world.server)}).status == 200
    assert desk.patch(path, {"fields": {"device": "srv"}}).status == 200
    seen = reader.get(path).body
    texts = [line["text"] for line in seen["timeline"]]
    assert texts[-2:] == [
        "Item: out of your reach → LIS-DB-01",
        "Device: out of your reach → LIS-DB-01",
    ]
    whole = str(seen)
    for hidden in ("档案管理系统", "ARC-01", str(world.archive), str(world.printer)):
        assert hidden not in whole
    assert (
        "Item: 档案管理系统 → LIS-DB-01\nOwner: 吴俊杰\nVendor: 检信信息有限公司 梁工 400-800-2928"
        in [line["text"] for line in desk.get(path).body["timeline"]]
    )


def test_lines_of_before_that_kept_a_name_alone_tell_it_to_nobody_out_of_reach(
    world: World, desk: ApiClient
) -> None:
    """Earlier versions wrote the old item's id and the new one's name."""
    ticket = models.Ticket.objects.get(id=opened(desk, world.server).body["id"])
    for old, new in ((world.server, "ARC-01"), (world.printer, "LIS-DB-01")):
        models.LogLine.objects.create(
            ticket=ticket,
            at=MONDAY,
            kind="field",
            actor=world.admin.id,
            actor_name="admin",
            data={"field": "item", "label": {"name": "item"}, "old": str(old), "new": new},
        )
    laboratory = Scope(systems=frozenset({world.lis}))
    reader = client_of("reader", "service-desk", scope=laboratory)
    texts = [line["text"] for line in reader.get(f"/tickets/{ticket.id}").body["timeline"]]
    assert texts[-2:] == [
        "Item: LIS-DB-01 → out of your reach",
        "Item: out of your reach → LIS-DB-01",
    ]


def test_who_answers_for_an_item_is_named_within_reach_only(world: World, desk: ApiClient) -> None:
    """As the item itself tells it: people and vendors serve no system."""
    ticket = opened(desk, world.server).body
    path = f"/tickets/{ticket['id']}"
    assert "Owner: 吴俊杰" in desk.get(path).body["timeline"][0]["text"]
    laboratory = Scope(systems=frozenset({world.lis}))
    reader = client_of("reader", "service-desk", scope=laboratory)
    item_told = reader.get(f"/items/{world.server}").body
    assert (item_told["owner"]["id"], item_told["vendor"]["id"]) == (None, None)
    line = reader.get(path).body["timeline"][0]
    assert line["text"] == "Opened"
    assert {"owner", "vendor"}.isdisjoint(line["data"])


def test_a_field_hidden_in_a_state_is_told_in_no_way_and_cannot_be_given(desk: ApiClient) -> None:
    refused = problem(opened(desk, verdict="guilty"))
    assert refused == (422, [("fields.verdict", "this field cannot be changed in this state")])
    path = f"/tickets/{opened(desk).body['id']}"
    assert desk.post(f"{path}/transitions", {"name": "see"}).status == 200
    said = desk.patch(path, {"fields": {"verdict": "guilty"}}).body
    assert said["fields"] == {"verdict": "guilty"}
    assert said["timeline"][-1]["text"] == "Verdict: – → guilty"
    hidden = desk.post(f"{path}/transitions", {"name": "back"}).body
    assert "guilty" not in str(hidden)
    assert "guilty" not in str(desk.get(path).body)


def test_an_item_that_is_gone_has_no_name_to_tell(world: World, desk: ApiClient) -> None:
    gone = item("gone", "host", "GONE-01")
    path = f"/tickets/{opened(desk, device='gone').body['id']}"
    cmdb.Item.objects.filter(id=gone.id).delete()
    form = {field["name"]: field["named"] for field in desk.get(path).body["form"]}
    assert form["device"] == {"id": None, "name": "out of your reach"}
