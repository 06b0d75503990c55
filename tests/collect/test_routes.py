"""Targets through the API, with every kind of mistake, and within scopes."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.collect.pages import exporter
from tests.hospital import HOSPITAL, client_of
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import NewItem, NewRelation
from wardround.collect import actions, models, queries
from wardround.collect.types import (
    CollectorRow,
    DeclaredTarget,
    Reason,
    State,
    Table,
    TargetStanding,
)
from wardround.kernel import clock
from wardround.kernel.addresses import HIDDEN
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope

if TYPE_CHECKING:
    from tests.hospital import ApiClient
    from wardround.cmdb.types import Item

pytestmark = pytest.mark.django_db


def page_target(item: Item, **more: Any) -> dict[str, Any]:
    return {"item": str(item.id), "template": "prometheus", "address": "127.0.0.1:9100", **more}


def an_item(type_name: str) -> Item:
    """An item that a template of another type is for."""
    return cmdb.create_item(
        HOSPITAL, NewItem(type=type_name, name=f"一个 {type_name}"), at=clock.now()
    )


def test_target_from_birth_to_end(api: ApiClient, host: Item) -> None:
    made = api.post("/targets", page_target(host, name="exporter", parameters={"token": "t0k"}))
    assert made.status == 201, made.body
    one = made.body
    assert one["item"] == {"id": str(host.id), "name": host.name}
    assert (one["state"], one["interval_s"], one["timeout_s"]) == ("unknown", 15, 10)
    assert one["parameters"] == {"token": HIDDEN}
    row = models.TargetRow.objects.get()
    assert "t0k" not in str(row.parameters)
    spec = queries.spec(EVERYTHING, row.id)
    assert spec.parameters["token"] == "t0k"  # noqa: S105

    changed = api.patch(
        f"/targets/{one['id']}",
        {"interval_s": 5, "enabled": False, "parameters": {"token": HIDDEN, "user": "u"}},
    ).body
    assert (changed["interval_s"], changed["timeout_s"]) == (5, 5)
    assert (changed["state"], changed["version"]) == ("paused", 2)
    assert queries.spec(EVERYTHING, row.id).parameters["token"] == "t0k"  # noqa: S105
    assert queries.specs(range(64)) == {}

    assert api.delete(f"/targets/{one['id']}").status == 204
    assert api.get(f"/targets/{one['id']}").status == 404
    actions_seen = list(
        AuditRecord.objects.filter(subject_kind="target").values_list("action", flat=True)
    )
    assert sorted(actions_seen) == ["target.change", "target.create", "target.delete"]
    assert "t0k" not in str(list(AuditRecord.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"template": "no-such"}, "template"),
        ({"item": str(UUID(int=5))}, "item"),
        ({"interval_s": 0.5}, "interval_s"),
        ({"interval_s": 5, "timeout_s": 6}, "timeout_s"),
        ({"address": "ftp://x"}, "address"),
        ({"address": "u:p@127.0.0.1:9100"}, "address"),
        ({"type": "database", "address": "postgresql://u:p@db:5432/his"}, "address"),
        ({"type": "database", "address": "host=db password=p"}, "address"),
        ({"parameters": {"tokn": "x"}}, "parameters.tokn"),
        ({"parameters": {"insecure": "yes"}}, "parameters.insecure"),
        ({"name": "   "}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"interval_s": "soon"}, "interval_s"),
    ],
)
def test_mistakes_name_their_field(
    api: ApiClient, host: Item, change: dict[str, Any], field: str
) -> None:
    of = {"item": str(an_item("database").id), "template": "postgresql"} if "type" in change else {}
    given = {name: value for name, value in change.items() if name != "type"}
    answer = api.post("/targets", {**page_target(host), **of, **given})
    assert answer.status == 422, answer.body
    fields = {one["field"].removeprefix("payload.") for one in answer.body["problems"]}
    assert fields == {field}
    assert not models.TargetRow.objects.exists()


def test_same_name_twice_and_changed_meanwhile(api: ApiClient, host: Item) -> None:
    one = api.post("/targets", page_target(host)).body
    again = api.post("/targets", page_target(host))
    assert (again.status, again.body["code"]) == (409, "target_twice")
    assert api.patch(f"/targets/{one['id']}", {"interval_s": 30, "version": 1}).status == 200
    late = api.patch(f"/targets/{one['id']}", {"interval_s": 60, "version": 1})
    assert (late.status, late.body["code"]) == (409, "target_changed")


def test_list_filters_sorts_and_pages(api: ApiClient, host: Item) -> None:
    ids = [
        api.post("/targets", page_target(host, name=f"t{number}")).body["id"] for number in range(5)
    ]
    stand(UUID(ids[0]), State.UP)
    stand(UUID(ids[1]), State.DOWN, Reason.TIMEOUT)
    api.patch(f"/targets/{ids[2]}", {"enabled": False})

    def names(**filters: Any) -> list[str]:
        return [one["name"] for one in api.get("/targets", **filters).body["items"]]

    assert names() == ["t0", "t1", "t2", "t3", "t4"]
    assert names(state="down") == ["t1"]
    assert names(state=["up", "paused"]) == ["t0", "t2"]
    assert names(state="unknown", sort="-name") == ["t4", "t3"]
    assert names(q="数据库主机") == names()
    assert names(template="linux-machine") == []
    assert api.get("/targets").body["abnormal_hidden"] == 0
    assert api.get("/targets", state="up").body["abnormal_hidden"] == 1
    assert api.get("/targets", state=["up", "down"]).body["abnormal_hidden"] == 0
    first = api.get("/targets", limit=2, sort="name").body
    assert (
        api.get("/targets", cursor=first["next"], limit=2, sort="name").body["abnormal_hidden"]
        is None
    )
    rest = api.get("/targets", limit=10, sort="name", cursor=first["next"]).body
    assert [one["name"] for one in first["items"] + rest["items"]] == names()
    assert first["total"] == 5
    assert api.get("/targets", stat="down").status == 422
    down = api.get("/targets", state="down").body["items"][0]
    assert (down["reason"], down["detail"]) == ("timeout", "why")
    assert "No answer in time" in down["reason_text"]


def test_metrics_that_a_target_does_not_give_are_named_by_its_template(
    api: ApiClient, packs: None
) -> None:
    middleware = an_item("middleware")
    one = api.post("/targets", page_target(middleware, template="sim-middleware")).body
    assert one["unfilled"] == []
    names = ("weblogic_heap_used_ratio", "weblogic_sessions_open", "declared_once")
    told = TargetStanding(
        UUID(one["id"]), State.UP, Reason.OK, "", clock.now(), 0.1, 12, unfilled=names
    )
    actions.record_standings(new_id(), [told])
    shown = api.get(f"/targets/{one['id']}").body["unfilled"]
    assert shown == [
        {"name": "weblogic_sessions_open", "label": "User sessions"},
        {"name": "weblogic_heap_used_ratio", "label": "Heap used"},
    ]


def test_workbook_of_the_filtered_list(api: ApiClient, host: Item) -> None:
    for number in range(3):
        api.post("/targets", page_target(host, name=f"=t{number}"))
    answer = api.get("/targets", format="xlsx", columns="name,item", q="t1")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).active
    assert isinstance(sheet, Worksheet)
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Name", "Item"], ["=t1", host.name],
    ]  # fmt: skip


def test_a_target_that_never_worked_is_not_down_and_says_since_when(
    api: ApiClient, host: Item
) -> None:
    """Once it has worked it is down when it does not answer, until it is asked something else."""
    made = api.post("/targets", page_target(host, parameters={"user": "u"})).body
    path, id_ = f"/targets/{made['id']}", UUID(made["id"])

    def state() -> str:
        shown: str = api.get(path).body["state"]
        for each in State:
            listed = api.get("/targets", state=each.value).body["total"]
            assert listed == (each.value == shown), (each, shown)
        return shown

    assert state() == "unknown"
    stand(id_, State.DOWN, Reason.REFUSED, worked=False)
    assert state() == "never"
    assert api.get(path).body["asked_at"] == made["asked_at"]
    stand(id_, State.UP)
    stand(id_, State.DOWN, Reason.REFUSED, worked=False)  # another collector, after a restart
    assert state() == "down"
    assert queries.specs(range(64))[id_].worked
    for same in ({"name": "other"}, {"interval_s": 60}, {"parameters": {"user": "u"}}):
        api.patch(path, same)
        assert state() == "down", same
    for other in ({"address": "127.0.0.1:9200"}, {"parameters": {"user": "v"}}):
        before = models.TargetRow.objects.get().asked_at
        assert api.patch(path, other).body["asked_at"] > before.isoformat()[:19]
        assert state() == "never", other
        assert not queries.specs(range(64))[id_].worked
        late = TargetStanding(
            id_, State.UP, Reason.OK, "", clock.now(), 0.1, 1, worked_as=before
        )  # by a collector that has not heard of the change yet
        actions.record_standings(new_id(), [late])
        assert state() == "unknown", other
        stand(id_, State.UP)
        assert state() == "up"
        stand(id_, State.DOWN, Reason.REFUSED, worked=False)
        assert state() == "down"


def test_a_late_answer_to_another_question_takes_nothing_back(api: ApiClient, host: Item) -> None:
    """What works as it is asked now goes on to, whatever a collector still says of before."""
    made = api.post("/targets", page_target(host)).body
    path, id_ = f"/targets/{made['id']}", UUID(made["id"])
    before = models.TargetRow.objects.get().asked_at
    api.patch(path, {"address": "127.0.0.1:9200"})
    stand(id_, State.UP)
    late = TargetStanding(id_, State.UP, Reason.OK, "", clock.now(), 0.1, 1, worked_as=before)
    actions.record_standings(new_id(), [late])
    assert api.get(path).body["state"] == "up"
    assert queries.specs(range(64))[id_].worked


def test_a_template_that_is_not_for_the_item_is_refused_and_not_offered(
    api: ApiClient, host: Item
) -> None:
    offered = [one["name"] for one in api.get("/monitor-templates", item=host.id).body["items"]]
    assert "linux-machine" in offered
    assert "postgresql" not in offered
    assert len(offered) < api.get("/monitor-templates").body["total"]
    wrong = page_target(host, template="postgresql", address="host=db")
    for path in ("/targets", "/targets/check"):
        answer = api.post(path, wrong)
        assert answer.status == 422
        (problem,) = answer.body["problems"]
        assert problem["field"] == "template"
        assert "(linux-machine)" in problem["message"]
        assert "(postgresql)" not in problem["message"]
    made = api.post("/targets", page_target(host)).body
    path = f"/targets/{made['id']}"
    assert api.patch(path, {"template": "postgresql"}).status == 422
    models.TargetRow.objects.update(template="postgresql")  # as before templates said it
    assert api.patch(path, {"template": "postgresql", "interval_s": 30}).status == 200


def stand(target: UUID, state: State, reason: Reason = Reason.OK, *, worked: bool = True) -> None:
    """How a target stands, which has worked as it is asked now, or not."""
    row = models.TargetRow.objects.filter(id=target).first()
    standing = TargetStanding(
        target, state, reason, "why", clock.now(), 0.1, 12,
        worked_as=row.asked_at if row and worked else None,
    )  # fmt: skip
    actions.record_standings(new_id(), [standing])


def test_scope_is_part_of_every_answer(packs: None, host: Item) -> None:
    system = cmdb.create_item(
        HOSPITAL, NewItem(type="business-system", name="PACS", key="pacs"), at=clock.now()
    )
    other = cmdb.create_item(HOSPITAL, NewItem(type="host", name="PACS 主机"), at=clock.now())
    app = cmdb.create_item(HOSPITAL, NewItem(type="application", name="PACS 应用"), at=clock.now())
    for kind, source, target in (("uses", system, app), ("runs-on", app, other)):
        cmdb.relate(
            HOSPITAL,
            NewRelation(kind=kind, source=str(source.id), target=str(target.id)),
            at=clock.now(),
        )
    admin = client_of("all", "administrator")
    hidden = admin.post("/targets", page_target(host)).body["id"]
    seen = admin.post("/targets", page_target(other)).body["id"]
    actions.record_table(UUID(hidden), host.id, Table("processes", [{"pid": 1}]), at=clock.now())

    limited = client_of("pacs-owner", "administrator", scope=Scope(systems=frozenset({system.id})))
    assert [one["id"] for one in limited.get("/targets").body["items"]] == [seen]
    stand(UUID(hidden), State.DOWN, Reason.TIMEOUT)
    assert limited.get("/targets", state="up").body["abnormal_hidden"] == 0
    assert admin.get("/targets", state="up").body["abnormal_hidden"] == 1
    assert limited.get(f"/targets/{hidden}").status == 404
    assert limited.patch(f"/targets/{hidden}", {"enabled": False}).status == 404
    assert limited.delete(f"/targets/{hidden}").status == 404
    assert limited.post(f"/targets/{hidden}/check").status == 404
    assert limited.get(f"/items/{host.id}/tables").body["items"] == []
    assert limited.post("/targets", page_target(host, name="x")).status == 422


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("linux-machine", ""),
        ("wardround", "platform"),
        ("history", ""),
        ("postgresql", "platform"),
        ("postgresql", " platform "),
    ],
)
def test_the_platform_itself_is_read_by_nobody_with_a_part_of_it(
    api: ApiClient, packs: None, template: str, address: str
) -> None:
    fitting = {"linux-machine": "host", "wardround": "application"}.get(template, "database")
    host = an_item(fitting)
    system = cmdb.create_item(
        HOSPITAL, NewItem(type="business-system", name="PACS", key="pacs"), at=clock.now()
    )
    cmdb.relate(
        HOSPITAL, NewRelation(kind="uses", source="pacs", target=str(host.id)), at=clock.now()
    )
    inside = Scope(systems=frozenset({system.id}))
    limited = client_of("pacs-owner", "administrator", scope=inside)
    wanted = {"item": str(host.id), "template": template, "address": address, "name": "mine"}
    refused = limited.post("/targets", wanted)
    assert (refused.status, refused.body["problems"][0]["field"]) == (422, "template")
    own = limited.post("/targets", {**page_target(host), "name": "page"}).body
    moved = limited.patch(f"/targets/{own['id']}", {"template": template, "address": address})
    assert (moved.status, moved.body["problems"][0]["field"]) == (422, "template")
    text = (
        f"kind: targets\nname: own-targets\ntargets:\n  - {{item: {host.key},"
        f" template: {template}, name: mine, address: '{address}'}}\n"
    )
    written = limited.put("/definitions/targets/own-targets", {"text": text})
    assert written.status in {403, 422}
    assert api.put("/definitions/targets/own-targets", {"text": text}).status == 200
    seen = next(row for row in limited.get("/targets").body["items"] if row["name"] == "mine")
    assert limited.patch(f"/targets/{seen['id']}", {"enabled": False}).status == 200


def test_tables_of_an_item(api: ApiClient, host: Item) -> None:
    one = api.post("/targets", {"item": str(host.id), "template": "linux-machine"}).body
    rows = [{"pid": 1, "name": "init", "cpu": 0.5}]
    for _ in range(2):
        actions.record_table(UUID(one["id"]), host.id, Table("processes", rows), at=clock.now())
    (listed,) = api.get(f"/items/{host.id}/tables").body["items"]
    assert (listed["name"], listed["label"]) == ("processes", "Processes")
    table = api.get(f"/items/{host.id}/tables/processes").body
    assert table["rows"] == rows
    assert {"name": "resident", "label": "Memory", "unit": "bytes"} in table["columns"]
    assert api.get(f"/items/{host.id}/tables/nothing").status == 404


def test_templates_are_told_in_the_readers_language(packs: None) -> None:
    told = {
        language: {
            one["name"]: one
            for one in client_of(f"r-{language}", "administrator", language=language)
            .get("/monitor-templates")
            .body["items"]
        }
        for language in ("en", "zh-hans")
    }
    assert told["en"]["postgresql"]["metrics"][0]["label"] == "Server version number"
    assert told["zh-hans"]["linux-machine"]["label"] == "Linux 主机（本机）"
    machine = told["en"]["linux-machine"]
    assert {"cpu", "memory", "watched"} <= {one["name"] for one in machine["panels"]}
    assert [one["name"] for one in machine["tables"]] == ["processes", "services", "machine"]


def test_collectors_that_still_speak(api: ApiClient) -> None:
    now = clock.now()
    for number, age in enumerate((1, 3600)):
        moment = now.fromtimestamp(now.timestamp() - age, now.tzinfo)
        actions.heartbeat(
            CollectorRow(new_id(), "ward", 100 + number, moment, moment, 3, 1.5, 0, {})
        )
    (one,) = api.get("/collectors").body["items"]
    assert (one["pid"], one["targets"]) == (100, 3)


@contextmanager
def running_exporter() -> Iterator[str]:
    """An exporter in a thread with a loop of its own: views run their own."""
    ready, done = threading.Event(), threading.Event()
    address: list[str] = []

    async def serve() -> None:
        async with exporter(body=b"load 2\nbad NaN\n") as one:
            address.append(one.address)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    ready.wait()
    try:
        yield address[0]
    finally:
        done.set()
        thread.join()


def test_declared_targets_are_applied_once_and_keep_what_people_set(
    api: ApiClient, host: Item
) -> None:
    declared = [
        DeclaredTarget(
            item=str(host.key),
            template="prometheus",
            address="127.0.0.1:9100",
            parameters={"token": "a"},
        )
    ]
    for _ in range(2):
        actions.declare_targets(HOSPITAL, declared, at=clock.now())
    row = models.TargetRow.objects.get()
    api.patch(f"/targets/{row.id}", {"enabled": False})
    moved = [
        DeclaredTarget(
            item=str(host.key), template="prometheus", address="127.0.0.1:9200", interval=30
        )
    ]
    actions.declare_targets(HOSPITAL, moved, at=clock.now())
    again = models.TargetRow.objects.get()
    assert (again.id, again.address, again.interval_s, again.enabled) == (
        row.id, "127.0.0.1:9200", 30, False,
    )  # fmt: skip


def test_a_secret_that_stays_what_it_was_asks_nothing_else(api: ApiClient, host: Item) -> None:
    """Neither a definition that is imported again nor the same text typed again hides an outage."""

    def declared(token: str) -> list[DeclaredTarget]:
        return [
            DeclaredTarget(
                item=str(host.key),
                template="prometheus",
                address="127.0.0.1:9100",
                parameters={"token": token},
            )
        ]

    actions.declare_targets(HOSPITAL, declared("a"), at=clock.now())
    row = models.TargetRow.objects.get()
    stand(row.id, State.UP)
    stand(row.id, State.DOWN, Reason.REFUSED, worked=False)
    actions.declare_targets(HOSPITAL, declared("a"), at=clock.now())
    again = models.TargetRow.objects.get()
    assert (again.version, again.asked_at) == (row.version, row.asked_at)
    api.patch(f"/targets/{row.id}", {"parameters": {"token": "a"}})
    assert models.TargetRow.objects.get().asked_at == row.asked_at
    assert api.get(f"/targets/{row.id}").body["state"] == "down"
    actions.declare_targets(HOSPITAL, declared("b"), at=clock.now())
    other = models.TargetRow.objects.get()
    assert other.asked_at > row.asked_at
    assert {"token": "b"}.items() <= queries.specs(range(64))[row.id].parameters.items()


def test_retired_item_is_no_longer_collected(api: ApiClient, host: Item) -> None:
    one = api.post("/targets", page_target(host)).body
    assert actions.pause_targets_of(HOSPITAL, [host.id], at=clock.now()) == 1
    assert api.get(f"/targets/{one['id']}").body["state"] == "paused"


def test_standing_keeps_since_while_the_state_stays(api: ApiClient, host: Item) -> None:
    target = UUID(api.post("/targets", page_target(host)).body["id"])
    stand(target, State.DOWN)
    since = models.TargetStateRow.objects.get().since
    stand(target, State.DOWN, Reason.DNS)
    assert models.TargetStateRow.objects.get().since == since
    stand(target, State.UP)
    row = models.TargetStateRow.objects.get()
    assert row.since is not None
    assert since is not None
    assert row.since > since
    stand(new_id(), State.UP)  # a target deleted meanwhile is let go
    assert models.TargetStateRow.objects.count() == 1
