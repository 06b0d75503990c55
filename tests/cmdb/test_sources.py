"""Several sources speak of one item: whose value stands, what is proposed, what has vanished."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.cmdb.imports import Rows, counts, imported, lines
from tests.hospital import ApiClient, client_of
from wardround.cmdb.authority import Authorities, Revising
from wardround.cmdb.drafts import Prepared, Stored
from wardround.cmdb.items import ItemEdit
from wardround.cmdb.models import Item, SourceRecord, ValueSource
from wardround.cmdb.preparation import history
from wardround.cmdb.rows import ItemRow, Row
from wardround.cmdb.settling import Settled
from wardround.cmdb.source_types import HAND, PEOPLE, Load, Vanished
from wardround.cmdb.vanishing import Missed, gone
from wardround.kernel.ids import new_id

database = pytest.mark.django_db
HEAD = ["名称", "类型", "序列号", "型号", "U 位"]
SOURCE = """\
kind: source
name: {name}
label: {{zh: 来源, en: Source}}
rank: {rank}
{more}"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def source(client: ApiClient, name: str, rank: int, more: str = "") -> None:
    text = SOURCE.format(name=name, rank=rank, more=more)
    made = client.put(f"/definitions/source/{name}", {"text": text})
    assert made.status == 200, made.body


def load(client: ApiClient, name: str, *rows: list[Any], head: Rows = (), **form: Any) -> Any:
    return imported(client, [head or HEAD, *rows], source=name, **form)


def origins(client: ApiClient, item: UUID) -> dict[str, str]:
    found = client.get(f"/items/{item}/sources").body["values"]
    return {each["field"]: each["source"] for each in found}


@database
def test_the_higher_rank_wins_and_the_lower_one_proposes(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    source(admin, "sheet", 300, "authority: [{type: host, attributes: [rack_unit], rank: 700}]\n")
    assert counts(load(admin, "racks", ["h-1", "host", "S1", "R740", "3"])) == (1, 0, 0, 0)
    run = load(admin, "sheet", ["h-1", "host", "s-1", "R750", "5"])
    assert run["proposed"] == 1
    (line,) = lines(admin, run)
    assert line["verdict"] == "changed"
    assert [(each["field"], each["new"]) for each in line["changes"]] == [
        ("attributes.rack_unit", 5)
    ]
    told = {each["field"]: (each["old"], each["new"]) for each in line["proposed"]}
    assert told == {"attributes.model": ("R740", "R750"), "attributes.serial": ("S1", "s-1")}
    item = Item.objects.get(name="h-1")
    assert item.attributes["model"] == "R740"
    assert origins(admin, item.id) | {"name": ""} == {
        "name": "", "attributes.serial": "racks", "attributes.model": "racks",
        "attributes.rack_unit": "sheet",
    }  # fmt: skip
    again = load(admin, "sheet", ["h-1", "host", "S1", "R750", "5"])
    assert counts(again) == (0, 0, 0, 0)
    assert [line["verdict"] for line in lines(admin, again, verdict="proposed")] == ["proposed"]


@database
def test_what_is_written_by_hand_stays_until_it_is_released(admin: ApiClient) -> None:
    source(admin, "sheet", 300)
    load(admin, "sheet", ["h-1", "host", "S1", "R740", "3"])
    item = Item.objects.get(name="h-1")
    edited = admin.patch(
        f"/items/{item.id}", {"attributes": {"model": "R940"}, "version": item.version}
    )
    assert edited.status == 200, edited.body
    run = load(admin, "sheet", ["h-1", "host", "S1", "R750", "3"])
    assert (run["changed"], run["proposed"]) == (0, 1)
    released = admin.post(f"/items/{item.id}/release", {"fields": ["attributes.model"]})
    assert released.status == 200, released.body
    assert load(admin, "sheet", ["h-1", "host", "S1", "R750", "3"])["changed"] == 1
    item.refresh_from_db()
    assert item.attributes["model"] == "R750"
    assert admin.post(f"/items/{item.id}/release", {"fields": ["attributes.nope"]}).status == 422


FULL = "load: full\nvanished: {vanished}\nmost_retired: {most}\n"


@database
def test_what_a_full_load_no_longer_holds_is_retired_and_comes_back_with_undo(
    admin: ApiClient,
) -> None:
    source(admin, "racks", 600, FULL.format(vanished="retire", most=30))
    rows = [[f"h-{number}", "host", f"S{number}", "", ""] for number in range(10)]
    load(admin, "racks", *rows)
    tried = load(admin, "racks", *rows[2:], dry_run=True)
    assert (tried["retired"], tried["held"]) == (2, 0)
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 10
    run = load(admin, "racks", *rows[2:])
    assert (counts(run), run["retired"]) == ((0, 0, 8, 0), 2)
    assert {line["name"] for line in lines(admin, run, verdict="retired")} == {"h-0", "h-1"}
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 8
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 10
    assert not SourceRecord.objects.exclude(loads=0).exists()
    assert Item.objects.get(key="host-2").retired_at is None  # nothing of its own


@database
def test_a_load_that_would_retire_too_much_asks_a_person(admin: ApiClient) -> None:
    source(admin, "racks", 600, FULL.format(vanished="retire", most=20))
    rows = [[f"h-{number}", "host", f"S{number}", "", ""] for number in range(10)]
    load(admin, "racks", *rows)
    run = load(admin, "racks", *rows[3:])
    assert (run["retired"], run["held"]) == (0, 3)
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 10
    done = admin.post(f"/imports/{run['id']}/held", {"retire": True})
    assert done.status == 200, done.body
    assert (done.body["retired"], done.body["held"]) == (3, 0)
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 7
    assert admin.post(f"/imports/{run['id']}/held", {"retire": True}).status == 409
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    assert Item.objects.filter(name__startswith="h-", retired_at=None).count() == 10


@database
def test_a_refused_row_has_not_vanished(admin: ApiClient) -> None:
    source(admin, "racks", 600, FULL.format(vanished="retire", most=100))
    load(admin, "racks", *[[f"h-{n}", "host", f"S{n}", "", ""] for n in range(3)])
    run = load(admin, "racks", ["h-0", "host", "S0", "", "much"], ["h-1", "host", "S1", "", ""])
    assert (run["refused"], run["retired"]) == (1, 1)
    assert {line["name"] for line in lines(admin, run, verdict="retired")} == {"h-2"}
    run = load(admin, "racks", ["", "host", "", "", "much"], ["h-0", "host", "S0", "", ""])
    assert (run["retired"], run["held"]) == (0, 1)  # who knows what that row was about


@database
def test_a_source_that_makes_no_new_items(admin: ApiClient) -> None:
    source(admin, "meters", 300, "unmatched: refuse\nplaceholders: [见标签甲]\n")
    run = load(
        admin, "meters", ["h-9", "host", "", "", ""], ["物理服务器 1", "host", "见标签甲", "X", ""]
    )
    assert counts(run) == (0, 1, 0, 1), lines(admin, run)
    assert Item.objects.get(key="host-1").attributes["serial"] == "SN1"


@database
def test_what_a_source_knows_an_item_by_finds_it_whatever_it_is_called(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    head = [*HEAD, "来源编号"]
    load(admin, "racks", ["h-1", "host", "", "", "", "4711"], head=head)
    run = load(admin, "racks", ["renamed", "host", "", "", "", "4711"], head=head)
    assert counts(run) == (0, 1, 0, 0), lines(admin, run)
    assert Item.objects.filter(name__in=["h-1", "renamed"]).count() == 1


@database
def test_what_is_proposed_is_accepted_and_taken_back_with_its_import(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    source(admin, "sheet", 300)
    load(admin, "racks", ["h-1", "host", "S1", "R740", "3"])
    run = load(admin, "sheet", ["h-1", "host", "S1", "R750", "5"])
    done = admin.post(f"/imports/{run['id']}/accept", {"rows": []})
    assert done.status == 200, done.body
    assert done.body["proposed"] == 0
    item = Item.objects.get(name="h-1")
    assert (item.attributes["model"], item.attributes["rack_unit"]) == ("R750", 5)
    assert origins(admin, item.id)["attributes.model"] == "sheet"
    assert admin.post(f"/imports/{run['id']}/accept", {"rows": []}).status == 409
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    item.refresh_from_db()
    assert (item.attributes["model"], item.attributes["rack_unit"]) == ("R740", 3)
    assert origins(admin, item.id)["attributes.model"] == "racks"


@database
def test_a_person_says_which_of_several_a_row_is_about(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    for key in ("twin-1", "twin-2"):
        admin.post(
            "/items", {"type": "host", "key": key, "name": key, "attributes": {"serial": "X7"}}
        )
    head = [*HEAD, "来源编号"]
    run = load(admin, "racks", ["h", "host", "X7", "R750", "", "4711"], head=head)
    assert counts(run) == (0, 0, 0, 1)
    (line,) = lines(admin, run)
    assert {each["name"] for each in line["choices"]} == {"twin-1", "twin-2"}
    twin = Item.objects.get(key="twin-2")
    address, row = f"/imports/{run['id']}/choose", line["number"]
    assert admin.post(address, {"row": row, "item": str(new_id())}).status == 422
    done = admin.post(address, {"row": row, "item": str(twin.id)})
    assert done.status == 200, done.body
    assert (done.body["changed"], done.body["refused"]) == (1, 0)
    twin.refresh_from_db()
    assert twin.attributes["model"] == "R750"
    again = load(admin, "racks", ["h", "host", "X7", "R750", "", "4711"], head=head)
    assert counts(again)[3] == 0, lines(admin, again)
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    twin.refresh_from_db()
    assert (twin.name, twin.attributes.get("model")) == ("twin-2", None)


@database
def test_a_person_says_that_it_is_none_of_them_but_new(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    for key in ("twin-1", "twin-2"):
        admin.post(
            "/items", {"type": "host", "key": key, "name": key, "attributes": {"serial": "X7"}}
        )
    head, row = [*HEAD, "来源编号"], ["h", "host", "X7", "R750", "", "4711"]
    run = load(admin, "racks", row, head=head)
    (line,) = lines(admin, run)
    address = f"/imports/{run['id']}/choose"
    twin = str(Item.objects.get(key="twin-1").id)
    for wrong in ({}, {"item": twin, "new": True}):
        assert admin.post(address, {"row": line["number"], **wrong}).status == 422
    done = admin.post(address, {"row": line["number"], "new": True})
    assert done.status == 200, done.body
    assert (done.body["created"], done.body["changed"], done.body["refused"]) == (1, 0, 0)
    assert admin.post(address, {"row": line["number"], "new": True}).status == 409
    made = Item.objects.get(name="h")
    assert (made.attributes["serial"], made.attributes["model"]) == ("X7", "R750")
    assert {
        each.attributes.get("model") for each in Item.objects.filter(key__startswith="twin")
    } == {None}
    again = load(admin, "racks", row, head=head)
    assert counts(again) == (0, 0, 1, 0), lines(admin, again)
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    assert not Item.objects.filter(id=made.id, retired_at=None).exists()


@database
def test_a_source_is_renamed_and_goes(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    load(admin, "racks", ["h-1", "host", "S1", "", ""])
    text = SOURCE.format(name="dcim", rank=600, more="")
    body = {"text": text, "base_version": 1, "renamed_from": "racks"}
    renamed = admin.put("/definitions/source/dcim", body)
    assert renamed.status == 200, renamed.body
    item = Item.objects.get(name="h-1")
    assert origins(admin, item.id)["attributes.serial"] == "dcim"
    gone = admin.delete("/definitions/source/dcim?consent=true")
    assert gone.status in (204, 409), gone.body


@database
def test_only_who_writes_everything_loads_a_source(admin: ApiClient) -> None:
    source(admin, "racks", 600)
    unknown = imported_answer(admin, "nothing")
    assert unknown.status == 422


def imported_answer(client: ApiClient, name: str) -> Any:
    from tests.cmdb.imports import sent, workbook  # noqa: PLC0415

    return sent(client, "a.xlsx", workbook({"S": [HEAD]}), source=name)


@database
def test_items_that_no_source_speaks_of_cost_nothing(admin: ApiClient) -> None:
    imported(admin, [HEAD, ["h-1", "host", "S1", "", ""]])
    assert not ValueSource.objects.exists()


# Properties --------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
ranks = some.dictionaries(some.sampled_from(NAMES), some.integers(1, 4), min_size=3)
said = some.lists(
    some.tuples(some.sampled_from((*NAMES, HAND)), some.sampled_from("xyz")), max_size=12
)


@given(ranks, some.integers(1, 4), said)
def test_the_latest_of_the_highest_rank_since_people_wrote_it_stands(
    ranks: dict[str, int], of_hand: int, said: list[tuple[str, str]]
) -> None:
    sources = {
        name: PEOPLE.model_copy(update={"name": name, "rank": rank})
        for name, rank in {**ranks, HAND: of_hand}.items()
    }
    stored, holder = Stored(new_id(), "k", "t", "n"), ""
    for name, value in said:
        becomes = Stored(stored.id, "k", "t", "n", attributes={"v": value})
        made = Prepared(stored, becomes, history(stored, becomes, TYPES))
        if name == HAND:
            stored, holder = (becomes, HAND) if made.changes else (stored, holder)
            continue
        row = Settled(Row(1, ItemRow(ItemEdit(attributes={"v": value}), "t")), made)
        held = {stored.id: {"attributes.v": holder}} if holder not in ("", HAND) else {}
        (row,) = Revising(name, Authorities(sources, TYPES), held)([row])
        assert row.prepared is not None
        stored = row.prepared.after
        holder = name if row.claims else holder
    assert stored.attributes.get("v") == _brute(said, {**ranks, HAND: of_hand})


def _brute(said: list[tuple[str, str]], ranks: dict[str, int]) -> str | None:
    """Everything that was said since people wrote something new, looked through from its end."""
    standing: list[tuple[str, str]] = []
    for name, value in said:
        if name != HAND:
            standing.append((name, value))
        elif value != _latest(standing, ranks):
            standing = [(name, value)]
    return _latest(standing, ranks)


def _latest(standing: list[tuple[str, str]], ranks: dict[str, int]) -> str | None:
    best = max((ranks[name] for name, _value in standing), default=0)
    return next((value for name, value in reversed(standing) if ranks[name] == best), None)


AT = datetime(2026, 3, 2, tzinfo=UTC)


@given(
    gaps=some.lists(some.tuples(some.integers(0, 5), some.integers(0, 9)), max_size=20),
    loads=some.integers(1, 4), days=some.integers(0, 8), most=some.integers(0, 100),
    doubtful=some.booleans(),
)  # fmt: skip
def test_what_is_retired_was_missing_long_enough_and_is_not_too_much(
    gaps: list[tuple[int, int]], loads: int, days: int, most: int, *, doubtful: bool
) -> None:
    policy = PEOPLE.model_copy(
        update={
            "load": Load.FULL,
            "vanished": Vanished.RETIRE,
            "after_loads": loads,
            "after_days": days,
            "most_retired": most,
        }
    )
    missed = [
        Missed(new_id(), "k", "n", "t", times, AT - timedelta(days=ago) if times else None)
        for times, ago in gaps
    ]
    found = gone(policy, missed, 20, at=AT, doubtful=doubtful)
    due = [
        each for each, (times, ago) in zip(missed, gaps, strict=True)
        if times + 1 >= loads and (ago if times else 0) >= days
    ]  # fmt: skip
    held = bool(due) and (doubtful or len(due) / 20 > most / 100)
    assert [*found.held] == (due if held else [])
    assert [*found.retired] == ([] if held else due)
    assert {each.item for each in found.marked}.isdisjoint(each.item for each in due)


TYPES: dict[str, Any] = {}
