"""Which ticket an alert opens is a definition: rows of conditions, the first that fits decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from tests.hospital import HOSPITAL, client_of
from tests.tickets.conftest import MONDAY, World, after, ended, item, raised
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Resolve, Severity
from wardround.kernel.types import Scope
from wardround.schema import actions as schema
from wardround.schema import sources
from wardround.schema.actions import BadPack
from wardround.schema.sources import Source
from wardround.tickets import actions, models

HEAD = 'pack: own\nversion: "{version}"\nlabel: Own\nrequires: [base, service]\n'
FAULT = """
kind: ticket-type
name: a-fault
label: Fault
numbering: FLT
levels: service-levels
assignment: service-team
alerts: {end_by: done, reopen_by: again, reopen_within: 1h}
states:
  - {name: open, label: Open, category: new}
  - {name: over, label: Over, category: resolved}
  - {name: closed, label: Closed, category: closed}
transitions:
  - {name: done, label: Done, from: open, to: over}
  - {name: again, label: Again, from: over, to: open}
  - {name: close, label: Close, from: over, to: closed}
"""
LEVELS = """
kind: level-matrix
name: own-levels
label: Levels
levels: [{name: "9", label: Nine}, {name: "8", label: Eight}]
rows:
  - {name: devices, when: {item_type: device}, level: "9", sla: standard}
  - {name: rest, level: "8", sla: standard}
"""
ROWS = """
kind: alert-ticket
name: own
label: {zh: 我院转单, en: Our tickets}
order: 10
rows:
  - {name: quiet, when: {severity: info}, type: null}
  - {name: copies, when: {labels: {mountpoint: [/backup, /archive]}}, type: null}
  - {name: devices, when: {item_type: device, importance: A}, type: a-fault}
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def bring(*texts: str, version: str = "1") -> None:
    files = {f"{number}.yaml": text.encode() for number, text in enumerate(texts)}
    head = HEAD.format(version=version).encode()
    schema.import_packs(HOSPITAL, [Source("own", {"pack.yaml": head, **files})], at=MONDAY)


def types_opened(*values: Any) -> list[str]:
    opened = actions.open_event_tickets(values, at=after())
    kinds = dict(models.Ticket.objects.filter(id__in=opened).values_list("alert", "type"))
    return [kinds.get(value.alert_id, "-") for value in values]


def test_the_shipped_definition_opens_an_event_for_every_alert(world: World) -> None:
    bring(FAULT)
    values = [raised(world.server, severity=severity) for severity in ("info", "disaster")]
    values[1] = raised(world.printer, severity="disaster")
    assert types_opened(*values) == ["event", "event"], "another type with `alerts` takes nothing"


@pytest.mark.parametrize(
    ("where", "parts", "opened"),
    [
        ("server", {}, "a-fault"),
        ("server", {"severity": "info"}, "-"),
        ("server", {"labels": (("mountpoint", "/backup"),)}, "-"),
        ("server", {"labels": (("mountpoint", "/data"),)}, "a-fault"),
        ("printer", {}, "event"),
    ],
)
def test_the_first_row_that_fits_decides_and_subtypes_count(
    world: World, where: str, parts: dict[str, Any], opened: str
) -> None:
    """The server is a host, which is a device, and serves a system of class A."""
    bring(FAULT, ROWS)
    assert types_opened(raised(getattr(world, where), **parts)) == [opened]


def test_each_type_reopens_by_its_own_window(world: World) -> None:
    bring(FAULT, ROWS)
    first = raised(world.server)
    actions.open_event_tickets([first], at=after())
    actions.end_event_tickets([ended(first, after(minutes=5))], at=after(minutes=5))
    again = raised(world.server, at=after(minutes=50))
    assert actions.open_event_tickets([again], at=after(minutes=50)) == []
    (ticket,) = models.Ticket.objects.all()
    assert (ticket.type, ticket.state, ticket.alert) == ("a-fault", "open", again.alert_id)


def test_a_storm_of_two_types_takes_no_more_statements(world: World) -> None:
    bring(FAULT, ROWS)
    values = [
        raised(each, rule=f"r{number}")
        for number in range(50)
        for each in (world.server, world.printer)
    ]
    assert sorted(types_opened(*values)) == ["a-fault"] * 50 + ["event"] * 50


def decision_on(world: World, **parts: Any) -> dict[str, Any]:
    """Raise a real alert, let tickets hear of it, and ask what was decided."""
    labels = parts.pop("labels", (("instance", "1"),))
    value = Raise(
        rule="host-down",
        rule_label_zh="主机不可达",
        rule_label_en="Host unreachable",
        severity=parts.pop("severity", Severity.CRITICAL),
        availability=True,
        item_id=world.server,
        labels=labels,
        summary_zh="无应答",
        summary_en="No answer",
        value=None,
        unit="",
        at=after(),
    )
    (alert,) = alerts.raise_alerts(HOSPITAL, [value], at=after())
    heard = raised(world.server, alert_id=alert, severity=str(value.severity), labels=labels)
    client = client_of("viewer", "duty-engineer")
    waiting = client.get(f"/alerts/{alert}/ticket-decision").body
    assert waiting["told"] == "Which ticket it opens has not been decided yet."
    actions.open_event_tickets([heard], at=after())
    stranger = client_of("stranger", "engineer", scope=Scope(systems=frozenset({world.archive})))
    assert stranger.get(f"/alerts/{alert}/ticket-decision").status == 404
    body: dict[str, Any] = client.get(f"/alerts/{alert}/ticket-decision").body
    return body


def test_an_alert_tells_which_row_gave_it_its_ticket(world: World) -> None:
    assert decision_on(world) == {
        "definition": "service-desk",
        "row": "every-alert",
        "told": "Decided by the row “every-alert” of “Tickets of alerts”.",
    }


def test_an_alert_tells_which_row_gave_it_none(world: World) -> None:
    bring(FAULT, ROWS)
    assert decision_on(world, severity=Severity.INFO)["told"] == (
        "It opens no ticket, says the row “quiet” of “Our tickets”."
    )


def test_an_alert_that_fits_no_row_opens_none_and_says_so(world: World) -> None:
    narrow = "kind: alert-ticket\nname: service-desk\nlabel: x\norder: 1000\nrows:\n"
    narrow += "  - {name: only, when: {severity: disaster}, type: event}\n"
    schema.import_packs(HOSPITAL, [_service_with(narrow)], at=MONDAY, consent=True)
    told = decision_on(world)
    assert told == {
        "definition": "",
        "row": "",
        "told": "It fits no row of the definitions “alert-ticket”: it opens no ticket.",
    }
    assert models.Ticket.objects.count() == 0
    assert models.TicketAlert.objects.get().ticket_id is None


def raise_with(world: World, severity: Severity, instance: str) -> None:
    """A real alert, of which tickets hear."""
    labels = (("instance", instance),)
    value = Raise(
        rule="host-down",
        rule_label_zh="主机不可达",
        rule_label_en="Host unreachable",
        severity=severity,
        availability=True,
        item_id=world.printer,
        labels=labels,
        summary_zh="无应答",
        summary_en="No answer",
        value=None,
        unit="",
        at=after(),
    )
    (alert,) = alerts.raise_alerts(HOSPITAL, [value], at=after())
    heard = raised(world.printer, alert_id=alert, severity=str(severity), labels=labels)
    actions.open_event_tickets([heard], at=after())


def test_the_board_counts_open_alerts_that_no_row_takes_within_reach(world: World) -> None:
    bring(FAULT, ROWS)
    narrow = "kind: alert-ticket\nname: service-desk\nlabel: x\norder: 1000\nrows:\n"
    narrow += "  - {name: only, when: {severity: disaster}, type: event}\n"
    schema.import_packs(HOSPITAL, [_service_with(narrow)], at=MONDAY, consent=True)
    board = "/boards/information"
    admin = client_of("head-of-desk", "administrator")
    laboratory = Scope(systems=frozenset({world.lis}))
    elsewhere = client_of("laboratory", "engineer", scope=laboratory)
    assert admin.get(board).body["untaken_alerts"] == 0
    raise_with(world, Severity.INFO, "1")  # a row says that it opens none
    assert admin.get(board).body["untaken_alerts"] == 0
    raise_with(world, Severity.WARNING, "2")
    assert admin.get(board).body["untaken_alerts"] == 1
    assert elsewhere.get(board).body["untaken_alerts"] == 0
    over = Resolve("host-down", world.printer, (("instance", "2"),), "recovered", after())
    alerts.resolve_alerts(HOSPITAL, [over], at=after())
    assert admin.get(board).body["untaken_alerts"] == 0


def _service_with(rows: str) -> Source:
    """The shipped pack as a hospital may have edited it."""
    (shipped,) = sources.find([sources.shipped_folder() / "service"]).packs
    return Source("service", {**shipped.files, "tickets/alert-tickets.yaml": rows.encode()})


def rows(*lines: str, order: int = 10) -> str:
    head = f"kind: alert-ticket\nname: own\nlabel: Own\norder: {order}\nrows:\n"
    return head + "".join(f"  - {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (rows("{name: a, type: evnt}"), "there is no ticket-type “evnt”"),
        (rows("{name: a, type: incident}"), "“incident” does not say how alerts open and end it"),
        (rows("{name: a, when: {item_type: hots}, type: event}"), "there is no item-type “hots”"),
        (rows("{name: a, when: {rule: NoSuch}, type: event}"), "there is no alert rule “NoSuch”"),
        (rows("{name: a, when: {severity: worse}, type: event}"), "found worse"),
        (rows("{name: a, when: {importance: D}, type: event}"), "found D"),
        (rows("{name: a, when: {mood: bad}, type: event}"), "“mood” is not known here"),
        (rows("{name: a}"), "“type” is missing"),
        (rows("{name: a, type: event}", order=1000), "“service-desk” has the same order"),
        (
            rows("{name: a, type: null}", "{name: b, when: {severity: info}, type: event}"),
            "this row never decides: “a” fits before it",
        ),
        (
            rows(
                "{name: a, when: {item_type: device}, type: null}",
                "{name: b, when: {item_type: [host, switch], severity: info}, type: event}",
            ),
            "this row never decides: “a” fits before it",
        ),
        (
            rows(
                "{name: a, when: {labels: {m: [x, y]}}, type: null}",
                "{name: b, when: {labels: {m: x, n: z}}, type: event}",
            ),
            "this row never decides: “a” fits before it",
        ),
    ],
)
def test_a_mistake_is_told(world: World, text: str, told: str) -> None:
    with pytest.raises(BadPack) as caught:
        bring(text)
    messages = [problem.message for problem in caught.value.problems]
    assert any(message.startswith(told) for message in messages), messages


def test_rows_that_only_overlap_stay(world: World) -> None:
    bring(
        rows(
            "{name: a, when: {item_type: host}, type: null}",
            "{name: b, when: {item_type: device}, type: event}",
            "{name: c, when: {severity: info, labels: {m: x}}, type: null}",
            "{name: d, when: {labels: {m: x}}, type: event}",
        )
    )


def test_notices_of_dates_may_open_none(world: World) -> None:
    bring(rows("{name: dates, when: {rule: wardround.expiry}, type: null}"))
    assert actions.open_event_tickets([raised(world.server, "wardround.expiry")], at=after()) == []
    assert len(actions.open_event_tickets([raised(world.server)], at=after())) == 1


def test_a_notice_of_a_date_calls_it_by_its_label(world: World) -> None:
    """What tells alerts apart names the attribute as definitions know it; people do not."""
    labels = (("attribute", "warranty_ends_on"), ("ends_on", "2026-03-01"))
    value = replace(raised(world.server, "wardround.expiry"), labels=labels)
    actions.open_event_tickets([value], at=after())
    title = models.Ticket.objects.get(rule="wardround.expiry").title
    assert title.endswith("（质保到期、2026-03-01）")
    other = replace(raised(world.server, "disk-full"), labels=(("attribute", "warranty_ends_on"),))
    actions.open_event_tickets([other], at=after())
    assert models.Ticket.objects.get(rule="disk-full").title.endswith("（warranty_ends_on）")


def test_a_ticket_keeps_its_alert_that_would_open_none_after_its_silence(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    bring(rows("{name: all, type: null}"))
    again = replace(alert, at=after(minutes=90), after_silence=True)
    assert actions.open_event_tickets([again], at=after(minutes=90)) == []
    assert models.TicketAlert.objects.get().ticket_id == ticket
    actions.end_event_tickets([ended(alert, after(minutes=95))], at=after(minutes=95))
    assert models.Ticket.objects.get().category == "resolved"


def test_of_two_packs_what_comes_later_and_can_never_decide_is_told(world: World) -> None:
    """The shipped rows may be overruled as a whole; rows of one's own must be able to decide."""
    bring(rows("{name: all, type: null}", order=10))
    late = rows("{name: late, when: {severity: info}, type: event}", order=20)
    second = Source(
        "second",
        {
            "pack.yaml": HEAD.format(version="1").replace("own", "second").encode(),
            "rows.yaml": late.replace("name: own", "name: late").encode(),
        },
    )
    with pytest.raises(BadPack) as caught:
        schema.import_packs(HOSPITAL, [second], at=MONDAY)
    assert "“own: all” fits before it" in caught.value.problems[0].message


def test_levels_and_assignments_count_subtypes(world: World) -> None:
    """A row about devices decides for a host."""
    bring(LEVELS, FAULT.replace("service-levels", "own-levels"), ROWS)
    room = item("room", "machine-room", "机房", importance="A")
    assert types_opened(raised(world.server), raised(room.id)) == ["a-fault", "event"]
    assert models.Ticket.objects.get(type="a-fault").level == "9"
