"""What lines of a timeline say, and why an alert has its ticket. Lines keep data, not sentences:
what is made here becomes words only where somebody reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wardround.kernel.wording import Label, Wording, untranslated
from wardround.tickets.alert_tickets import Decided
from wardround.tickets.types import GOES_ON, LineKind

Data = Mapping[str, Any]
Said = Label | Wording | str
"""A part of a sentence: what has words of its own in each language, or a text as it is."""

_FIELDS = {
    "title": untranslated("Title"),
    "impact": untranslated("Impact"),
    "urgency": untranslated("Urgency"),
    "item": untranslated("Item"),
    "level": untranslated("Level"),
    "severity": untranslated("Severity"),
}
_GRADES = {
    "high": untranslated("high"),
    "medium": untranslated("medium"),
    "low": untranslated("low"),
}
_SEVERITIES = {
    "disaster": untranslated("disaster"),
    "critical": untranslated("critical"),
    "warning": untranslated("warning"),
    "info": untranslated("information"),
}
_SCALES = {"impact": _GRADES, "urgency": _GRADES, "severity": _SEVERITIES}
_REASONS = {
    "recovered": untranslated("recovered"),
    "series_ended": untranslated("what it judged is measured no more"),
    "rule_removed": untranslated("its rule was removed"),
    "target_removed": untranslated("its target was removed"),
    "closed": untranslated("somebody closed it; it was not seen to recover"),
    "never_worked": untranslated("its target had never worked, so nothing was known to be down"),
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
    return [*said, *_answering(data)]


def _answering(data: Data) -> Sequence[Wording]:
    """Who answers for the item that a line brings."""
    said = []
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


_ON = {
    "again": untranslated("The alert fired again: %(summary)s"),
    "unsilenced": untranslated("The silence of the alert ended and it still holds: %(summary)s"),
}


def _alert(data: Data) -> Sequence[Wording]:
    if (event := data.get("event")) in _ON:
        return [Wording(_ON[event], {"summary": label(data["summary"])})]
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
    old, new = (_value(data[which], _SCALES.get(name, {})) for which in ("old", "new"))
    return [Wording(_CHANGED, {"what": what, "old": old, "new": new}), *_answering(data)]


def _value(value: object, words: Mapping[str, str]) -> Said:
    if isinstance(value, Mapping):
        return label(value)
    if value is None or value == "":
        return _NOTHING
    return Wording(words[str(value)]) if str(value) in words else str(value)


_OUTCOMES = {
    "met": untranslated("%(clock)s: in time"),
    "missed": untranslated("%(clock)s: too late, due was %(due)s"),
    "void": untranslated("%(clock)s: ended before it was due, with nobody having done it"),
    GOES_ON: untranslated("%(clock)s: counts on, due %(due)s; what it had come to holds no more"),
}
_BY = untranslated("%(said)s (by “%(act)s”)")
_ROUND = untranslated("%(clock)s (round %(round)s)")


def _clock(data: Data) -> Sequence[Wording]:
    """Lines of before tell `met` instead of the outcome, and no act."""
    outcome = data.get("outcome") or ("met" if data.get("met") else "missed")
    due = datetime.fromisoformat(data["due_at"]) if data.get("due_at") else _NOTHING
    clock: Said = label(data["clock"])
    if data.get("round", 1) > 1:
        clock = Wording(_ROUND, {"clock": clock, "round": data["round"]})
    said = Wording(_OUTCOMES[outcome], {"clock": clock, "due": due})
    return [Wording(_BY, {"said": said, "act": label(data["act"])}) if data.get("act") else said]


_ANEW = untranslated("The time limits were set anew, by what the level promises now")
_WAS = untranslated("Before: %(rounds)s")
_IS = untranslated("Now: %(rounds)s")


def _retargeted(data: Data) -> Sequence[Wording]:
    old, new = ([_result(kept) for kept in data[which]] for which in ("old", "new"))
    return [
        Wording(_ANEW),
        Wording(_WAS, {"rounds": old or _NOTHING}),
        Wording(_IS, {"rounds": new or _NOTHING}),
    ]


def _result(kept: Data) -> Wording:
    due = datetime.fromisoformat(kept["due_at"]) if kept["due_at"] else _NOTHING
    outcome = _RESULTS[kept["outcome"] or "open"]
    return Wording(outcome, {"clock": label(kept["clock"]), "due": due})


_RESULTS = {
    "met": untranslated("%(clock)s in time"),
    "missed": untranslated("%(clock)s too late (due %(due)s)"),
    "void": untranslated("%(clock)s ended before it was due, with nobody having done it"),
    "open": untranslated("%(clock)s still open (due %(due)s)"),
}


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
    LineKind.RETARGETED: _retargeted,
}
