"""What lines of a timeline say, in the reader's language. Lines keep data, not sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wardround.tickets.alert_tickets import Decided
from wardround.tickets.types import LineKind

Data = Mapping[str, Any]

_FIELDS = {
    "title": lambda: _("Title"),
    "impact": lambda: _("Impact"),
    "urgency": lambda: _("Urgency"),
    "item": lambda: _("Item"),
    "level": lambda: _("Level"),
}
_GRADES = {"high": lambda: _("high"), "medium": lambda: _("medium"), "low": lambda: _("low")}
_GRADED = {"impact", "urgency"}
_REASONS = {
    "recovered": lambda: _("recovered"),
    "rule_removed": lambda: _("its rule was removed"),
    "target_removed": lambda: _("its target was removed"),
}
_ACTORS = {"monitoring": lambda: _("Monitoring")}


def decision(decided: Decided, language: str) -> str:
    """Why an alert has a ticket, or none."""
    if not decided.made:
        return _("Which ticket it opens has not been decided yet.")
    if not decided.definition:
        return _("It fits no row of the definitions “alert-ticket”: it opens no ticket.")
    label = decided.label.text(language) if decided.label else decided.definition
    names = {"definition": label, "row": decided.row}
    if decided.opens:
        return _("Decided by the row “%(row)s” of “%(definition)s”.") % names
    return _("It opens no ticket, says the row “%(row)s” of “%(definition)s”.") % names


def actor_name(name: str) -> str:
    """Parts of the platform are called in the reader's language."""
    return _ACTORS[name]() if name in _ACTORS else name


def sentence(kind: LineKind, data: Data, text: str) -> str:
    """One line; what a person wrote comes last, after what happened."""
    told = _SENTENCES[kind](data)
    return "\n".join(part for part in (told, text) if part)


def _opened(data: Data) -> str:
    parts = [_("Opened")]
    if "summary" in data:
        parts = [_("Opened by the alert: %(summary)s") % {"summary": label(data["summary"])}]
    if "owner" in data:
        parts.append(_("Owner: %(name)s") % {"name": data["owner"]["name"]})
    if "vendor" in data:
        parts.append(_("Vendor: %(name)s") % {"name": _vendor(data["vendor"])})
    return "\n".join(parts)


def _vendor(vendor: Data) -> str:
    contacts = (str(value) for name, value in vendor.items() if name not in {"id", "name"})
    return " ".join([str(vendor["name"]), *contacts])


def _state(data: Data) -> str:
    return f"{label(data['transition'])}：{label(data['from'])} → {label(data['to'])}"


def _assigned(data: Data) -> str:
    if not data.get("to"):
        return _("Assigned to nobody")
    return _("Assigned to %(name)s") % {"name": data["to"]["name"]}


def _comment(_data: Data) -> str:
    return ""


def _alert(data: Data) -> str:
    if data.get("event") == "again":
        return _("The alert fired again: %(summary)s") % {"summary": label(data["summary"])}
    reason = str(data.get("reason", ""))
    why = _REASONS[reason]() if reason in _REASONS else reason
    said = _("The alert ended: %(why)s") % {"why": why} if why else _("The alert ended")
    stays = _("The ticket stays open: whoever has taken it says when it is done")
    return f"{said}\n{stays}" if data.get("stays") else said


def _field(data: Data) -> str:
    name = data["field"]
    called = _FIELDS[name]() if name in _FIELDS else label(data["label"])
    old, new = (_value(data[which], grade=name in _GRADED) for which in ("old", "new"))
    return f"{called}：{old} → {new}"


def _value(value: object, *, grade: bool) -> str:
    if isinstance(value, Mapping):
        return label(value)
    if value is None or value == "":
        return "–"
    return _GRADES[str(value)]() if grade and str(value) in _GRADES else str(value)


def _clock(data: Data) -> str:
    told = {"clock": label(data["clock"]), "due": _moment(data.get("due_at"))}
    if not data.get("met"):
        return _("%(clock)s: too late, due was %(due)s") % told
    return _("%(clock)s: in time") % told


def _moment(text: str | None) -> str:
    return localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M") if text else "–"


def label(value: Data) -> str:
    """The text of a label as lines keep it, `{zh, en}`, for the present reader."""
    first, second = ("zh", "en") if (get_language() or "zh").startswith("zh") else ("en", "zh")
    return str(value.get(first) or value.get(second) or value.get("name") or "")


_SENTENCES: Mapping[LineKind, Callable[[Data], str]] = {
    LineKind.OPENED: _opened,
    LineKind.STATE: _state,
    LineKind.ASSIGNED: _assigned,
    LineKind.COMMENT: _comment,
    LineKind.ALERT: _alert,
    LineKind.FIELD: _field,
    LineKind.CLOCK: _clock,
}
