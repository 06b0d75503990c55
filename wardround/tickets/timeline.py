"""What lines of a timeline say, and why an alert has its ticket. Lines keep data, not sentences:
what is made here becomes words only where somebody reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wardround.kernel.wording import Label, Wording, untranslated
from wardround.tickets.alert_tickets import Decided
from wardround.tickets.types import LineKind

Data = Mapping[str, Any]
Said = Label | Wording | str
"""A part of a sentence: what has words of its own in each language, or a text as it is."""

_FIELDS = {
    "title": untranslated("Title"),
    "impact": untranslated("Impact"),
    "urgency": untranslated("Urgency"),
    "item": untranslated("Item"),
    "level": untranslated("Level"),
}
_GRADES = {
    "high": untranslated("high"),
    "medium": untranslated("medium"),
    "low": untranslated("low"),
}
_GRADED = {"impact", "urgency"}
_REASONS = {
    "recovered": untranslated("recovered"),
    "rule_removed": untranslated("its rule was removed"),
    "target_removed": untranslated("its target was removed"),
}
_NOTHING = "–"
_CHANGED = untranslated("%(what)s: %(old)s → %(new)s")
_STAYS = untranslated("The ticket stays open: whoever has taken it says when it is done")


def decision(decided: Decided) -> Wording:
    """Why an alert has a ticket, or none."""
    if not decided.made:
        return Wording(untranslated("Which ticket it opens has not been decided yet."))
    if not decided.definition:
        return Wording(
            untranslated("It fits no row of the definitions “alert-ticket”: it opens no ticket.")
        )
    names = {"definition": decided.label or decided.definition, "row": decided.row}
    if decided.opens:
        return Wording(untranslated("Decided by the row “%(row)s” of “%(definition)s”."), names)
    return Wording(
        untranslated("It opens no ticket, says the row “%(row)s” of “%(definition)s”."), names
    )


def field_name(name: str) -> Wording | None:
    """What a field that every ticket has is called."""
    return Wording(_FIELDS[name]) if name in _FIELDS else None


def sentences(kind: LineKind, data: Data) -> tuple[Wording, ...]:
    """What a line says beside what a person wrote; each sentence stands on a row of its own."""
    return tuple(_SENTENCES[kind](data))


def _opened(data: Data) -> Sequence[Wording]:
    said = [Wording(untranslated("Opened"))]
    if "summary" in data:
        summary = {"summary": label(data["summary"])}
        said = [Wording(untranslated("Opened by the alert: %(summary)s"), summary)]
    if "owner" in data:
        said.append(Wording(untranslated("Owner: %(name)s"), {"name": data["owner"]["name"]}))
    if "vendor" in data:
        said.append(Wording(untranslated("Vendor: %(name)s"), {"name": _vendor(data["vendor"])}))
    return said


def _vendor(vendor: Data) -> str:
    contacts = (str(value) for name, value in vendor.items() if name not in {"id", "name"})
    return " ".join([str(vendor["name"]), *contacts])


def _state(data: Data) -> Sequence[Wording]:
    what = label(data["transition"])
    return [Wording(_CHANGED, {"what": what, "old": label(data["from"]), "new": label(data["to"])})]


def _assigned(data: Data) -> Sequence[Wording]:
    if not data.get("to"):
        return [Wording(untranslated("Assigned to nobody"))]
    return [Wording(untranslated("Assigned to %(name)s"), {"name": data["to"]["name"]})]


def _comment(_data: Data) -> Sequence[Wording]:
    return []


def _alert(data: Data) -> Sequence[Wording]:
    if data.get("event") == "again":
        summary = {"summary": label(data["summary"])}
        return [Wording(untranslated("The alert fired again: %(summary)s"), summary)]
    said = [_end(str(data.get("reason", "")))]
    if data.get("stays"):
        said.append(Wording(_STAYS))
    return said


def _end(reason: str) -> Wording:
    if not reason:
        return Wording(untranslated("The alert ended"))
    why = Wording(_REASONS[reason]) if reason in _REASONS else reason
    return Wording(untranslated("The alert ended: %(why)s"), {"why": why})


def _field(data: Data) -> Sequence[Wording]:
    name = data["field"]
    what = Wording(_FIELDS[name]) if name in _FIELDS else label(data["label"])
    old, new = (_value(data[which], grade=name in _GRADED) for which in ("old", "new"))
    return [Wording(_CHANGED, {"what": what, "old": old, "new": new})]


def _value(value: object, *, grade: bool) -> Said:
    if isinstance(value, Mapping):
        return label(value)
    if value is None or value == "":
        return _NOTHING
    return Wording(_GRADES[str(value)]) if grade and str(value) in _GRADES else str(value)


def _clock(data: Data) -> Sequence[Wording]:
    clock, due_at = label(data["clock"]), data.get("due_at")
    if data.get("met"):
        return [Wording(untranslated("%(clock)s: in time"), {"clock": clock})]
    due = datetime.fromisoformat(due_at) if due_at else _NOTHING
    late = {"clock": clock, "due": due}
    return [Wording(untranslated("%(clock)s: too late, due was %(due)s"), late)]


def label(kept: Data) -> Label:
    """A label as lines keep it, `{zh, en}`; what has a name alone is called by that."""
    name = kept.get("name")
    return Label.parse({"zh": kept.get("zh") or name, "en": kept.get("en") or name})


_SENTENCES: Mapping[LineKind, Callable[[Data], Sequence[Wording]]] = {
    LineKind.OPENED: _opened,
    LineKind.STATE: _state,
    LineKind.ASSIGNED: _assigned,
    LineKind.COMMENT: _comment,
    LineKind.ALERT: _alert,
    LineKind.FIELD: _field,
    LineKind.CLOCK: _clock,
}
