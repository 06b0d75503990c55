"""What becomes of tickets when their type, their promise or their matrix changes or goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.hospital import HOSPITAL, client_of
from tests.tickets.conftest import MONDAY, World, after, raised
from wardround.cmdb import queries as cmdb
from wardround.schema import actions as schema
from wardround.schema import queries as definitions
from wardround.schema.drafts import DefinitionDraft
from wardround.tickets import actions, models, queries
from wardround.tickets.types import Move, OpenTicket, TicketClock, TicketDetail, Update
from wardround.worktime.types import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world: World) -> UUID:
    """An open ticket of the laboratory's server, accepted."""
    (opened,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    actions.move(world.wu, opened, Move("accept"), at=after(minutes=5))
    return opened


def shown(world: World, ticket: UUID, minutes: float = 10) -> TicketDetail:
    return queries.ticket(world.admin, ticket, at=after(minutes=minutes))


def clocks(world: World, ticket: UUID, minutes: float = 10) -> list[tuple[object, ...]]:
    found = shown(world, ticket, minutes).ticket.clocks
    return [(one.name, one.target, one.due_at, one.remaining, one.colour) for one in found]


def text(kind: str, name: str) -> str:
    return definitions.stored(HOSPITAL, kind, name).text


_ENDED_AT_THE_DESK = {"respond": Outcome.MET, "on_site": Outcome.VOID, "restore": Outcome.MET}


def _outcomes(clocks: tuple[TicketClock, ...]) -> dict[str, Outcome | None]:
    return {clock.name: clock.outcome for clock in clocks}


def rename(kind: str, old: str, new: str) -> None:
    fresh = text(kind, old).replace(f"name: {old}", f"name: {new}", 1)
    draft = DefinitionDraft(kind=kind, name=new, text=fresh, renamed_from=old)
    version = definitions.current_version(kind, old)
    schema.save_definition(HOSPITAL, draft, at=after(minutes=6), base_version=version)


def change(kind: str, name: str, old: str, new: str) -> None:
    before = text(kind, name)
    assert old in before
    draft = DefinitionDraft(kind=kind, name=name, text=before.replace(old, new))
    version = definitions.current_version(kind, name)
    schema.save_definition(HOSPITAL, draft, at=after(minutes=6), base_version=version)


def test_an_agreement_renamed_under_open_tickets_leaves_their_clocks_running(
    world: World, ticket: UUID
) -> None:
    policy = models.Ticket.objects.get().sla
    before = clocks(world, ticket)
    assert before
    rename("sla-policy", policy, "renamed-promise")
    row = models.Ticket.objects.get()
    assert row.sla == "renamed-promise"
    assert f"sla: {policy}" not in text("level-matrix", row.level_matrix)
    assert clocks(world, ticket) == before
    actions.read_clocks_again(at=after(minutes=7))
    actions.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(minutes=8))
    done = shown(world, ticket, 9).ticket.clocks
    assert len(done) == len(before)
    assert _outcomes(done) == _ENDED_AT_THE_DESK


def test_a_changed_calendar_counts_for_tickets_that_are_opened_from_then_on(
    world: World, ticket: UUID
) -> None:
    before = clocks(world, ticket)
    own = models.Ticket.objects.get().calendar
    assert own == "hospital"
    change("calendar", own, "monday:", "sunday:")
    actions.read_clocks_again(at=after(minutes=7))
    assert clocks(world, ticket) == before
    actions.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(minutes=8))
    assert models.Ticket.objects.get().calendar_version == 1
    (new,) = actions.open_event_tickets([raised(world.printer)], at=after(minutes=9))
    assert models.Ticket.objects.get(id=new).calendar_version == 2


def test_a_calendar_renamed_takes_tickets_and_clocks_along(world: World, ticket: UUID) -> None:
    before = clocks(world, ticket)
    rename("calendar", "hospital", "main-house")
    row = models.Ticket.objects.get()
    assert row.calendar == "main-house"
    assert set(models.Clock.objects.values_list("calendar", flat=True)) == {"main-house"}
    actions.read_clocks_again(at=after(minutes=7))
    assert clocks(world, ticket) == before


def test_a_new_holiday_list_counts_for_what_is_open(world: World) -> None:
    fields = {"fault_kind": "other"}
    report = OpenTicket("incident", "x", item=world.printer, fields=fields)
    ticket = actions.open_ticket(world.duty, report, at=MONDAY)

    def due() -> datetime:
        found = {one.name: one.due_at for one in shown(world, ticket).ticket.clocks}
        assert found["restore"] is not None
        return found["restore"]

    before = due()
    tuesday = (MONDAY + timedelta(days=1)).date().isoformat()
    change(
        "holiday-list",
        f"china-{MONDAY.year}",
        "days_off:\n",
        f'days_off:\n  - {{from: "{tuesday}", to: "{tuesday}"}}\n',
    )
    assert actions.read_clocks_again(at=after(minutes=7)) == 1
    assert actions.read_clocks_again(at=after(minutes=7)) == 0
    assert due() == before + timedelta(days=1)


def test_a_retired_type_is_counted_and_its_tickets_are_worked_to_their_end(
    world: World, ticket: UUID
) -> None:
    """Alerts are told to open none of it first, and promises to name none of its states: what
    others need cannot go.
    """
    row = models.Ticket.objects.get()
    for name in list(definitions.definitions("sla-policy")):
        change("sla-policy", name, "void: {states: [recovered], ", "void: {")
    change("alert-ticket", "service-desk", f"type: {row.type}", "type: null")
    version = definitions.current_version("ticket-type", row.type)
    with pytest.raises(schema.ConsentNeeded) as caught:
        schema.retire_definition(
            HOSPITAL, "ticket-type", row.type, at=after(minutes=6), base_version=version
        )
    assert [one.field for one in caught.value.problems] == [f"ticket-type {row.type}"]
    schema.retire_definition(HOSPITAL, "ticket-type", row.type, at=after(minutes=6), consent=True)
    detail = shown(world, ticket)
    assert detail.ways
    actions.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(minutes=8))
    assert shown(world, ticket).ticket.category == "resolved"


def test_a_renamed_type_and_matrix_are_followed_and_the_level_is_still_decided(
    world: World, ticket: UUID
) -> None:
    row = models.Ticket.objects.get()
    label = shown(world, ticket).ticket.level
    rename("ticket-type", row.type, "incident-of-machines")
    rename("level-matrix", row.level_matrix, "grades-of-machines")
    after_it = models.Ticket.objects.get()
    assert (after_it.type, after_it.level_matrix) == ("incident-of-machines", "grades-of-machines")
    assert shown(world, ticket).ticket.level == label
    update = Update(impact="low", urgency="low")
    actions.update(world.wu, ticket, update, at=after(minutes=8))
    assert models.Ticket.objects.get().level_row != ""


@pytest.mark.parametrize("kind", ["sla-policy", "calendar"])
def test_what_is_overdue_under_an_agreement_renamed_still_ends(
    world: World, ticket: UUID, kind: str
) -> None:
    row = models.Ticket.objects.get()
    rename(kind, row.sla if kind == "sla-policy" else row.calendar, "renamed-promise")
    actions.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(days=9))
    late = {"on_site": Outcome.MISSED, "restore": Outcome.MISSED}
    assert _outcomes(shown(world, ticket).ticket.clocks) == {"respond": Outcome.MET, **late}


def test_a_retired_agreement_keeps_its_promises(world: World, ticket: UUID) -> None:
    """The matrix is pointed at another promise first; what was promised stays."""
    row = models.Ticket.objects.get()
    before = clocks(world, ticket)
    other = next(name for name in definitions.definitions("sla-policy") if name != row.sla)
    matrices = definitions.definitions("level-matrix")
    for name in matrices:
        if f"sla: {row.sla}" in text("level-matrix", name):
            change("level-matrix", name, f"sla: {row.sla}", f"sla: {other}")
    with pytest.raises(schema.ConsentNeeded):
        schema.retire_definition(HOSPITAL, "sla-policy", row.sla, at=after(minutes=6))
    schema.retire_definition(HOSPITAL, "sla-policy", row.sla, at=after(minutes=6), consent=True)
    actions.read_clocks_again(at=after(minutes=7))
    assert clocks(world, ticket) == before
    actions.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(minutes=8))
    assert _outcomes(shown(world, ticket).ticket.clocks) == _ENDED_AT_THE_DESK


def test_a_ticket_follows_the_new_name_of_its_item_s_type(world: World, ticket: UUID) -> None:
    assert models.Ticket.objects.get().item_type == "host"
    rename("item-type", "host", "machine-with-a-name")
    row = models.Ticket.objects.get()
    assert row.item_type == "machine-with-a-name"
    actions.update(world.wu, ticket, Update(impact="low", urgency="low"), at=after(minutes=8))
    assert models.Ticket.objects.get().level_row != ""


ITEMS = """\
kind: items
name: wards
items:
  - {key: ward-1, type: host, name: One}
  - {key: ward-2, type: host, name: Two}
"""


def test_items_that_go_are_counted_with_their_targets_and_open_tickets(world: World) -> None:
    api = client_of("keeper", "administrator")
    schema.import_shipped(HOSPITAL, at=MONDAY, names=["base", "service", "monitors"])
    assert api.put("/definitions/items/wards", {"text": ITEMS}).status == 200
    for key in ("ward-1", "ward-2"):
        item = cmdb.items_by_key([key])[key].id
        report = OpenTicket("incident", "x", item=item, fields={"fault_kind": "other"})
        actions.open_ticket(HOSPITAL, report, at=MONDAY)
        wanted = {"item": str(item), "template": "prometheus", "address": "10.0.0.1:9"}
        assert api.post("/targets", {**wanted, "name": key}).status == 201
    line = "  - {key: ward-1, type: host, name: One}\n"
    fewer = {"text": ITEMS.replace(line, ""), "base_version": 1}
    told = api.post("/definitions/items/wards/check", fewer).body
    assert told["lost"] == "1 item, 1 target, 1 open ticket"
    whole = api.post("/definitions/items/wards/check-retirement").body
    assert whole["lost"] == "2 items, 2 targets, 2 open tickets"


PART = """\
kind: assignment
name: part
label: Some of them
rules:
  - {name: high, when: {impact: high}, to: role, whom: engineer}
"""


def test_a_type_that_turns_to_an_assignment_of_some_is_counted(world: World) -> None:
    """As it is where the rules are taken from the assignment itself."""
    draft = DefinitionDraft(kind="assignment", name="part", text=PART)
    schema.save_definition(HOSPITAL, draft, at=MONDAY)
    moved = text("ticket-type", "incident").replace("assignment: service-team", "assignment: part")
    draft = DefinitionDraft(kind="ticket-type", name="incident", text=moved)
    told, problems = schema.check_definition(HOSPITAL, draft)
    assert problems == []
    assert [(lost.thing, lost.count) for change in told.lost for lost in change.lost] == [
        ("ticket-type", 1)
    ]
    whole = PART + "  - {name: all, to: role, whom: engineer}\n"
    schema.save_definition(
        HOSPITAL,
        DefinitionDraft(kind="assignment", name="part", text=whole),
        at=MONDAY,
        base_version=1,
    )
    told, _problems = schema.check_definition(HOSPITAL, draft)
    assert told.lost == ()
