"""A hospital of which somebody sees one system, and systems that he must never hear of.

Everything that is told of a hidden system is marked: its names, serials, addresses, people,
labels, tickets, comments, measured values, definitions and secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.history.batches import batch
from tests.hospital import HOSPITAL, client_of
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Severity
from wardround.cmdb import actions as cmdb
from wardround.cmdb import import_actions as imports
from wardround.cmdb import models, queries
from wardround.cmdb.import_types import NewImport
from wardround.cmdb.types import ItemEdit, NewRelation
from wardround.collect import actions as collect
from wardround.collect.models import CollectorProcessRow, TargetRow
from wardround.collect.types import Reason, State, Table, TargetStanding
from wardround.history import actions as history
from wardround.history.types import Kind, SeriesKey
from wardround.kernel.ids import new_id
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.notify import actions as notify
from wardround.notify.models import Delivery
from wardround.notify.types import Change, ChangeKind, Trouble
from wardround.schema import actions as schema
from wardround.schema.sources import Source
from wardround.tickets import actions as tickets
from wardround.tickets.types import OpenTicket

NOW = datetime.now(UTC).replace(microsecond=0)
MARK = "Hiddenmark"
HEAD = (
    'pack: {name}\nversion: "1"\nlabel: {{zh: "{label}", en: "{label}"}}\n'
    "requires: [base, monitors]\n"
)

PORTAL = """\
kind: webhook
name: portal
label: Portal
url: http://portal.example/hook
secret: nobody-guesses-this-secret-of-the-portal
"""

SEEN = """\
kind: items
name: seen
items:
  - {key: lis, type: business-system, name: 检验系统, importance: B, attributes: {department: lab}}
  - key: lis-host
    type: host
    name: 检验服务器
    attributes: {serial: SEEN-1, password: seen-tiger}
  - {key: core-switch, type: switch, name: 核心交换机}
relations:
  - {kind: runs-on, from: lis, to: lis-host}
  - {kind: connects, from: lis-host, to: core-switch}
---
kind: targets
name: seen-targets
targets:
  - item: lis-host
    template: prometheus
    name: seen
    address: 127.0.0.1:9
    parameters: {token: seen-tiger}
"""
LAB = """\
kind: items
name: lab
items:
  - {key: lab, type: department, name: 检验科}
"""
HIDDEN = """\
# Hiddenmark remark
kind: items
name: hiddenmark-TAG
items:
  - key: hm-TAG-person
    type: person
    name: Hiddenmark person TAG
    attributes: {email: hiddenmark-TAG@h.example}
  - key: hm-TAG
    type: business-system
    name: Hiddenmark system TAG
    importance: A
    owner: hm-TAG-person
  - key: hm-TAG-host
    type: host
    name: Hiddenmark host TAG
    attributes:
      serial: Hiddenmark-SN-TAG
      management_address: 10.9.8.7
      password: Hiddenmark-secret
relations:
  - {kind: runs-on, from: hm-TAG, to: hm-TAG-host}
  - {kind: connects, from: hm-TAG-host, to: core-switch}
  - {kind: maintains, from: hm-TAG-person, to: hm-TAG}
---
kind: targets
name: hiddenmark-targets-TAG
targets:
  - item: hm-TAG-host
    template: prometheus
    name: Hiddenmark target
    address: hiddenmark.example:9
    parameters: {token: Hiddenmark-token}
"""


@dataclass
class Hospital:
    """Ids of what is seen, of what is hidden, and of what does not exist."""

    seen: dict[str, UUID] = field(default_factory=dict)
    hidden: dict[str, list[UUID]] = field(default_factory=dict)

    def hide(self, kind: str, one: UUID) -> None:
        self.hidden.setdefault(kind, []).append(one)

    @property
    def hidden_ids(self) -> list[UUID]:
        return [one for several in self.hidden.values() for one in several]


def ids_of(*keys: str) -> list[UUID]:
    found = queries.items_by_key(keys)
    return [found[key].id for key in keys]


def furnish() -> Hospital:
    """What somebody sees, beside one hidden system that shares a switch with it."""
    schema.import_shipped(HOSPITAL, at=NOW, names=("base", "service", "monitors"))
    hospital = Hospital()
    _import("lab", "Lab", LAB)
    _import("seen", "Seen", SEEN)
    _import("portal", "Portal", PORTAL)
    names = ("lab", "lis", "lis-host", "core-switch")
    hospital.seen.update(zip(names, ids_of(*names), strict=True))
    hospital.seen["target"] = TargetRow.objects.get(name="seen").id
    hide(hospital, "one")
    host, switch = hospital.seen["lis-host"], hospital.seen["core-switch"]
    _change_shared(hospital)
    (hospital.seen["alert"],) = alerts.raise_alerts(HOSPITAL, [_trouble(host, "seen")], at=NOW)
    alerts.raise_alerts(HOSPITAL, [_trouble(switch, "shared")], at=NOW)
    report = OpenTicket("incident", "检验打印慢", item=switch)
    hospital.seen["ticket"] = tickets.open_ticket(HOSPITAL, report, at=NOW)
    tickets.comment(HOSPITAL, hospital.seen["ticket"], "看到了", at=NOW)
    collect.record_table(
        hospital.seen["target"], host, Table("processes", ({"name": "lisd"},)), at=NOW
    )
    _measure(host, "node_load1", "sda")
    return hospital


def hide(hospital: Hospital, tag: str) -> None:
    """One more system that nobody but the whole hospital's staff may hear of."""
    _import(f"hiddenmark-{tag}", f"{MARK} pack {tag}", HIDDEN.replace("TAG", tag))
    system, host, person = ids_of(f"hm-{tag}", f"hm-{tag}-host", f"hm-{tag}-person")
    for one in (system, host, person):
        hospital.hide("item", one)
    target = TargetRow.objects.get(item=host)
    hospital.hide("target", target.id)
    _watch(hospital, target.id, host)
    (alert,) = alerts.raise_alerts(HOSPITAL, [_trouble(host, MARK)], at=NOW)
    hospital.hide("alert", alert)
    for item in (host, None):
        report = OpenTicket("incident", f"{MARK} title", f"{MARK} description", item=item)
        ticket = tickets.open_ticket(HOSPITAL, report, at=NOW)
        tickets.comment(HOSPITAL, ticket, f"{MARK} comment", at=NOW)
        hospital.hide("ticket", ticket)
    relation = models.Relation.objects.get(source=host)
    hospital.hide("relation", relation.id)
    _send_file(hospital, tag)
    _tell_programs(hospital, host)
    scope = Scope(systems=frozenset({system}))
    api = client_of(f"hiddenmark-{tag}", "vendor-engineer", scope=scope)
    account = UUID(api.get("/session").body["account"]["id"])
    hospital.hide("account", account)
    api.patch("/me", {"display_name": f"{MARK} engineer", "email": f"hiddenmark-{tag}@m.example"})


def _send_file(hospital: Hospital, tag: str) -> None:
    """A file about what is hidden: one row would change it, one is refused."""
    rows = f"hm-{tag}-host,{MARK} name {tag},host\nhm-{tag}-new,{MARK} new {tag},hots\n"
    file = NewImport(f"{MARK}.csv", f"key,name,type\n{rows}".encode(), dry_run=True)
    run = imports.take_in(HOSPITAL, file, at=NOW, defer=lambda _id: None)
    imports.work(run.id, at=NOW)
    hospital.hide("import", run.id)


def _tell_programs(hospital: Hospital, host: UUID) -> None:
    """A letter about what is hidden, which its receiver refused with a word about it."""
    notify.tell([Change(ChangeKind.CREATED, host, "host", (), NOW)], at=NOW)
    letter = Delivery.objects.get(body__contains=str(host))
    Delivery.objects.filter(id=letter.id).update(trouble=Trouble.UNREACHABLE, detail=MARK)
    hospital.hide("delivery", letter.id)


def _import(name: str, label: str, text: str) -> None:
    head = HEAD.format(name=name, label=label)
    files = {"pack.yaml": head.encode(), f"{name}.yaml": text.encode()}
    schema.import_packs(HOSPITAL, [Source(name, files)], at=NOW)


def _change_shared(hospital: Hospital) -> None:
    """Changes of shared things that name hidden ones: relations, an owner, a page's items."""
    made = cmdb.relate(HOSPITAL, NewRelation("connects", "core-switch", "hm-one-host"), at=NOW)
    cmdb.unrelate(HOSPITAL, made.id, at=NOW)
    switch = queries.item(EVERYTHING, hospital.seen["core-switch"])
    edit = ItemEdit(owner="hm-one-person")
    changed = cmdb.update_item(HOSPITAL, switch.id, edit, version=switch.version, at=NOW)
    edit = ItemEdit(name="核心交换机（一）")
    cmdb.update_item(HOSPITAL, switch.id, edit, version=changed.version, at=NOW)
    target = TargetRow.objects.get(name="seen")
    target.parameters = {**target.parameters, "items": ["lis-host", "hm-one-host"]}
    target.save()


def _watch(hospital: Hospital, target: UUID, host: UUID) -> None:
    standing = TargetStanding(
        target=target, state=State.DOWN, reason=Reason.REFUSED, detail=f"{MARK} refused", at=NOW,
        seconds=0.1, samples=0,
    )  # fmt: skip
    collect.record_standings(new_id(), [standing])
    collect.record_table(target, host, Table(f"{MARK}-table", ({"name": MARK},)), at=NOW)
    _measure(host, "node_load1", MARK)
    _measure(host, f"{MARK.lower()}_metric", MARK)
    CollectorProcessRow.objects.create(
        host=f"{MARK}-collector", pid=1, started_at=NOW, last_at=datetime.now(UTC), targets=9
    )


def _measure(item: UUID, metric: str, label: str) -> None:
    key = SeriesKey(metric, item, (("device", label),), Kind.GAUGE, "", None)
    history.append(batch({key: [(NOW - timedelta(minutes=3), 1.0)]}), at=NOW)


def _trouble(item: UUID, label: str) -> Raise:
    return Raise(
        rule="host-down",
        rule_label_zh="主机不可达",
        rule_label_en="Host unreachable",
        severity=Severity.CRITICAL,
        availability=True,
        item_id=item,
        labels=(("device", label),),
        summary_zh=f"{label} 无应答",
        summary_en=f"{label} does not answer",
        value=0.0,
        unit="",
        at=NOW,
    )
