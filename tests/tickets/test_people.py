"""What people do with tickets: opening, taking, moving along, and what is refused."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import translation

from tests.tickets.conftest import MONDAY, World, after, person, raised
from wardround.kernel.errors import Forbidden
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label
from wardround.schema.expressions import parse
from wardround.tickets import actions, errors, guards, models, queries
from wardround.tickets.types import LineKind, Move, OpenTicket, TicketDetail, Update
from wardround.worktime.types import Colour, Outcome


def report(item: UUID | None = None, **parts: object) -> OpenTicket:
    body = {"type": "incident", "title": "报告打印不出", "item": item, **parts}
    return OpenTicket(**body)  # type: ignore[arg-type]


def look(actor: Actor, ticket: UUID, minutes: float = 0) -> TicketDetail:
    return queries.ticket(actor, ticket, at=after(minutes=minutes))


def walk(actor: Actor, ticket: UUID, *names: str, minutes: float = 1, **fields: object) -> None:
    """Several transitions, a minute apart; the fields go with the last."""
    for step, name in enumerate(names):
        given = fields if name == names[-1] else {}
        wanted = Move(name, given, comment="因故")
        actions.move(actor, ticket, wanted, at=after(minutes=minutes + step))


def test_a_report_is_levelled_by_its_kind_and_timed(world: World) -> None:
    ticket = actions.open_ticket(
        world.duty, report(world.server, fields={"fault_kind": "data_error"}), at=MONDAY
    )
    found = look(world.duty, ticket).ticket
    assert found.number == "INC-20261123-0001"
    assert found.level is not None
    assert found.level.text("en") == "Level 3"
    assert [(clock.name, clock.due_at) for clock in found.clocks] == [
        ("respond", after(minutes=30)),
        ("restore", after(hours=24)),
    ]
    assert found.due_at == after(minutes=30)


def test_a_whole_life(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "assign", "accept", "arrive", "start")
    actions.comment(world.duty, ticket, "打印服务已重启", at=after(minutes=10))
    walk(world.wu, ticket, "wait_vendor", minutes=60, wait_reason="等待厂商补丁")
    paused = look(world.wu, ticket, 90).ticket
    assert (paused.colour, paused.due_at) == (Colour.GREY, None)
    restore = paused.clocks[2]
    assert restore.pause_reason is not None
    assert restore.pause_reason.text("zh-hans") == "等待厂商"
    walk(world.wu, ticket, "resume", minutes=180)
    walk(world.wu, ticket, "resolve", minutes=200, solution="更换驱动")
    walk(world.duty, ticket, "confirm", minutes=240, satisfaction="satisfied")
    done = look(world.duty, ticket, 300)
    assert (done.ticket.state, done.ticket.open) == ("closed", False)
    assert (done.ticket.resolved_at, done.ticket.closed_at) == (
        after(minutes=200),
        after(minutes=240),
    )
    assert [clock.outcome for clock in done.ticket.clocks] == [Outcome.MET] * 3
    assert done.fields["solution"] == "更换驱动"
    kinds = [line.kind for line in done.timeline.told]
    assert kinds.count(LineKind.STATE) == 8
    assert kinds.count(LineKind.CLOCK) == 3


def test_a_pause_does_not_count_and_the_rest_is_kept(world: World) -> None:
    ticket = actions.open_ticket(
        world.duty, report(world.server, fields={"fault_kind": "system_error"}), at=MONDAY
    )
    walk(world.wu, ticket, "accept", "start")
    walk(world.wu, ticket, "wait_user", minutes=30, wait_reason="等待回电")
    walk(world.wu, ticket, "resume", minutes=90)
    restore = next(one for one in look(world.wu, ticket, 91).ticket.clocks if one.name == "restore")
    assert restore.due_at == after(hours=3)
    assert restore.remaining is not None
    assert restore.remaining.total_seconds() == 89 * 60


def test_a_reopened_ticket_counts_on(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept", "start")
    walk(world.wu, ticket, "resolve", minutes=60, solution="x")
    walk(world.duty, ticket, "reopen", minutes=120)
    found = look(world.wu, ticket, 120).ticket
    restore = next(one for one in found.clocks if one.name == "restore")
    assert (found.open, found.resolved_at) == (True, None)
    assert (restore.outcome, restore.stopped_at) == (None, None)
    assert restore.due_at == after(days=2, hours=1)
    told = [
        line for line in look(world.wu, ticket, 120).timeline.told if line.kind is LineKind.CLOCK
    ]
    assert told[-1].data["outcome"] == "goes_on"
    assert told[-1].at == after(hours=2)
    assert told[-1].data["act"]["name"] == "reopen"


def test_a_new_impact_decides_the_level_again_and_counts_what_has_passed(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept")
    version = look(world.wu, ticket).ticket.version
    wanted = Update(version=version, impact="high", urgency="high")
    actions.update(world.wu, ticket, wanted, at=after(hours=3))
    found = look(world.wu, ticket, 180)
    restore = next(one for one in found.ticket.clocks if one.name == "restore")
    assert (found.ticket.colour, restore.due_at) == (Colour.BLACK, after(hours=2))
    changed = [line.data["field"] for line in found.timeline.told if line.kind is LineKind.FIELD]
    assert changed == ["impact", "urgency", "level"]


def test_accepting_makes_one_the_assignee(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.duty, ticket, "accept")
    assignee = look(world.duty, ticket).ticket.assignee
    assert assignee is not None
    assert assignee.id == world.duty.id


def test_a_comment_does_not_spoil_somebody_elses_change(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    seen = look(world.wu, ticket).ticket.version
    actions.comment(world.duty, ticket, "看一下", at=after(minutes=1))
    actions.move(world.wu, ticket, Move("accept", version=seen), at=after(minutes=2))
    with pytest.raises(errors.ChangedMeanwhile) as refused:
        actions.move(world.duty, ticket, Move("start", version=seen), at=after(minutes=3))
    assert refused.value.details == {"present": seen + 1, "given": seen}


@pytest.mark.parametrize(
    ("wanted", "error", "field"),
    [
        (Move("fly"), errors.NoSuchTransition, "name"),
        (Move("recover"), errors.NoSuchTransition, "name"),
        (Move("resolve"), errors.FieldsMissing, "fields.solution"),
        (Move("resolve", {"solution": 5}), errors.BadFields, "fields.solution"),
        (Move("resolve", {"solutoin": "x"}), errors.BadFields, "fields.solutoin"),
        (Move("wait_user", {"wait_reason": "  "}), errors.FieldsMissing, "fields.wait_reason"),
    ],
)
def test_a_refused_move_names_its_field_and_changes_nothing(
    world: World, wanted: Move, error: type[errors.BadFields], field: str
) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept")
    before = look(world.wu, ticket)
    with pytest.raises(error) as refused:
        actions.move(world.wu, ticket, wanted, at=after(minutes=5))
    assert refused.value.field == field
    assert look(world.wu, ticket) == before


def test_a_guard_says_why_not(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(), at=MONDAY)
    actions.assign(world.duty, ticket, None, at=after(minutes=1))
    ways = {way.name: way.why_not for way in look(world.duty, ticket).ways}
    assert ways == {"assign": Label("请先指定处理人", "Choose an assignee first"), "accept": None}
    with translation.override("en"):  # what is asked for, not what the account has
        assert str(ways["assign"].text()) == "Choose an assignee first"
    with pytest.raises(errors.NotNow, match="请先指定处理人"):
        actions.move(world.duty, ticket, Move("assign"), at=after(minutes=2))


def test_a_guard_counts_what_a_type_extends(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    values = guards.values_of(models.Ticket.objects.get(id=ticket))
    told = {
        name: parse(f"item_type == '{name}'").holds(values, at=MONDAY)
        for name in ("host", "device", "switch")
    }
    assert told == {"host": True, "device": True, "switch": False}


def test_reopening_wants_a_reason(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept", "start", "resolve", solution="x")
    with pytest.raises(errors.CommentMissing):
        actions.move(world.duty, ticket, Move("reopen"), at=after(minutes=9))


def test_a_field_that_is_only_read_in_a_state_stays(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept", "start", "resolve", solution="x")
    with pytest.raises(errors.BadFields) as refused:
        actions.update(world.wu, ticket, Update(fields={"solution": "y"}), at=after(minutes=9))
    assert refused.value.field == "fields.solution"


def test_hidden_fields_are_not_in_the_form(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    shown = {one.attribute.name for one in look(world.duty, ticket).form}
    assert "symptom" in shown
    assert "satisfaction" not in shown


@pytest.mark.parametrize(
    ("parts", "error", "field"),
    [
        ({"type": "riot"}, errors.NoSuchType, "type"),
        ({"title": "  "}, errors.NoText, "title"),
        ({"item": new_id()}, errors.NoSuchItem, "item"),
        ({"impact": "huge"}, errors.BadFields, "impact"),
        ({"fields": {"fault_kind": "fire"}}, errors.BadFields, "fields.fault_kind"),
        ({"fields": {"nothing": "x"}}, errors.BadFields, "fields.nothing"),
    ],
)
def test_a_bad_report_names_its_field(
    world: World, parts: dict[str, object], error: type[errors.BadFields], field: str
) -> None:
    with pytest.raises(error) as refused:
        actions.open_ticket(world.duty, report(**parts), at=MONDAY)  # type: ignore[arg-type]
    assert refused.value.field == field


# Who may -----------------------------------------------------------------------------------------


def test_outside_ones_systems_there_are_no_tickets(world: World) -> None:
    (ticket,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    with pytest.raises(errors.NoSuchTicket):
        look(world.archivist, ticket)
    with pytest.raises(errors.NoSuchTicket):
        actions.comment(world.archivist, ticket, "?", at=after(minutes=1))
    with pytest.raises(errors.NoSuchItem):
        actions.open_ticket(world.archivist, report(world.server), at=MONDAY)
    with pytest.raises(errors.NoSuchItem):
        actions.open_ticket(world.archivist, report(), at=MONDAY)
    own = actions.open_ticket(world.archivist, report(world.printer), at=MONDAY)
    assert look(world.archivist, own).ticket.systems[0].name == "档案管理系统"


def test_a_reader_reads_and_nothing_more(world: World) -> None:
    reader = person("reader", "reader")
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    detail = look(reader, ticket)
    assert detail.ways == ()
    assert not any(field.editable for field in detail.form)
    for refused in (
        lambda: actions.comment(reader, ticket, "x", at=MONDAY),
        lambda: actions.move(reader, ticket, Move("accept"), at=MONDAY),
        lambda: actions.assign(reader, ticket, reader.id, at=MONDAY),
        lambda: actions.update(reader, ticket, Update(title="x"), at=MONDAY),
        lambda: actions.open_ticket(reader, report(world.server), at=MONDAY),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_only_a_known_account_gets_a_ticket(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    with pytest.raises(errors.NoSuchAccount):
        actions.assign(world.duty, ticket, new_id(), at=after(minutes=1))
    actions.assign(world.duty, ticket, world.duty.id, at=after(minutes=1))
    assert look(world.duty, ticket).timeline.told[-1].data["to"]["name"] == "值班员"


def test_linking_another_item_moves_the_ticket_to_its_systems(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.printer), at=MONDAY)
    assert look(world.archivist, ticket).ticket.importance == "C"
    actions.update(world.duty, ticket, Update(item=world.server), at=after(minutes=1))
    found = look(world.duty, ticket).ticket
    assert (found.importance, found.systems[0].name) == ("A", "检验LIS集成系统")
    with pytest.raises(errors.NoSuchTicket):
        look(world.archivist, ticket)


def test_every_action_leaves_one_line_in_the_audit_chain(world: World) -> None:
    ticket = actions.open_ticket(world.duty, report(world.server), at=MONDAY)
    walk(world.wu, ticket, "accept")
    actions.comment(world.wu, ticket, "x", at=after(minutes=2))
    actions.assign(world.duty, ticket, world.duty.id, at=after(minutes=3))
    actions.update(world.duty, ticket, Update(title="打印"), at=after(minutes=4))
    lines = AuditRecord.objects.filter(subject_kind="ticket", subject_id=str(ticket)).order_by("id")
    assert list(lines.values_list("action", flat=True)) == [
        "ticket.open",
        "ticket.move",
        "ticket.comment",
        "ticket.assign",
        "ticket.update",
    ]
