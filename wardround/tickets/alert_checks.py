"""What a declaration cannot say of the kind `alert-ticket`: names, references, rows for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from django.utils.translation import gettext_noop as _

from wardround.alerts.types import EXPIRY, EXPIRY_LABELS
from wardround.detection import queries as detection
from wardround.detection.types import Severity
from wardround.schema.kinds import DefinitionView
from wardround.schema.suggestions import closest, unknown
from wardround.schema.types import Path, Problem, with_inherited
from wardround.tickets.alert_coverage import Sorting, Trouble, never_hit
from wardround.tickets.alert_tickets import (
    AlertCondition,
    AlertTicketRow,
    AlertTickets,
    in_order,
)
from wardround.tickets.types import TicketType

TICKET_TYPE = "ticket-type"
ALERT_TICKETS = "alert-ticket"

Lineages = Mapping[str, tuple[str, ...]]


def lineages_of(others: DefinitionView) -> dict[str, tuple[str, ...]]:
    """Item type → itself and the types it extends."""
    types = others.all("item-type")
    return {name: with_inherited(known, types).lineage for name, known in types.items()}


def never_decides(index: int, row: str, covering: str) -> Problem:
    message = _("this row never decides: “%(row)s” fits before it")
    return Problem(("rows", index), message, {"row": covering}, found=row)


def check_alert_tickets(definition: AlertTickets, others: DefinitionView) -> Iterator[Problem]:
    """Two definitions or rows in one place, unknown rules, types and labels, rows for nothing."""
    every: Mapping[str, AlertTickets] = others.all(ALERT_TICKETS)
    for name, other in every.items():
        if name != definition.name and other.order == definition.order:
            message = _("“%(other)s” has the same order: which of them decides is not said")
            yield Problem(("order",), message, {"other": name}, found=str(definition.order))
    names: set[str] = set()
    for index, row in enumerate(definition.rows):
        if row.name in names:
            message = _("two rows are called “%(name)s”: which of them decided could not be told")
            yield Problem(("rows", index, "name"), message, {"name": row.name}, found=row.name)
        names.add(row.name)
        yield from _check_row(row, others, ("rows", index))
    yield from _check_covered(definition, every, others.once(lineages_of))


def _check_row(row: AlertTicketRow, others: DefinitionView, path: Path) -> Iterator[Problem]:
    rules = others.once(rule_names)
    for rule in row.when.rule:
        if rule not in rules:
            where: Path = (*path, "when", "rule")
            yield unknown(where, _("there is no alert rule “%(name)s”"), rule, rules)
    ticket_type: TicketType | None = others.get(TICKET_TYPE, row.type or "")
    if ticket_type is not None and ticket_type.alerts is None:
        message = _("“%(name)s” does not say how alerts open and end it (“alerts”)")
        yield Problem((*path, "type"), message, {"name": row.type}, found=row.type or "")
    yield from _check_labels(row.when, others, (*path, "when", "labels"))


def rule_names(others: DefinitionView) -> frozenset[str]:
    """Every rule that can raise an alert."""
    sets = others.all("alert-rules").values()
    return frozenset(rule.name for rule_set in sets for rule in rule_set.rules) | {EXPIRY}


def sorting_of(others: DefinitionView) -> Sorting:
    """The rows with all that they sort: without any rule, alerts of every severity."""
    sets = others.all("alert-rules").values()
    troubles = {
        rule.name: Trouble(rule.name, str(rule.severity), dict(rule.labels))
        for rule_set in sets
        for rule in rule_set.rules
    } or {str(severity): Trouble("", str(severity)) for severity in Severity}
    rows = [row.when for each in others.all(ALERT_TICKETS).values() for row in each.rows]
    lines = others.once(lineages_of)
    return Sorting(
        rows, troubles, {others.former("item-type", name): line for name, line in lines.items()}
    )


# Labels ------------------------------------------------------------------------------------------

_MISTYPED = 0.8
"""So much alike: of a page that is taken as it is any label may come, but hardly such a one."""


def _check_labels(when: AlertCondition, others: DefinitionView, path: Path) -> Iterator[Problem]:
    """Labels that no alert of the rules it asks for ever has.

    Where any may come (a template that declares no metrics), only what is nearly the name of one
    that is known is a mistake.
    """
    labels = others.once(_labels_of_rules)
    asked = [name for name in when.rule if name in labels] or list(labels)
    if not asked:
        return
    known = {name for rule in asked for name in labels[rule][0]}
    anything = any(labels[rule][1] for rule in asked)
    for name in when.labels:
        near = closest(name, known)
        alike = SequenceMatcher(None, name, near).ratio() if near else 0.0
        if name not in known and (not anything or alike >= _MISTYPED):
            message = _("no alert has a label “%(name)s”")
            yield unknown((*path, name), message, name, known, at_key=True)


def _labels_of_rules(others: DefinitionView) -> Mapping[str, tuple[frozenset[str], bool]]:
    sets, templates = others.all("alert-rules"), others.all("monitor-template")
    found = detection.labels_of_alerts(sets.values(), templates)
    return {**found, EXPIRY: (EXPIRY_LABELS, False)} if found else {}


# Rows for nothing --------------------------------------------------------------------------------


def _check_covered(
    definition: AlertTickets, every: Mapping[str, AlertTickets], lineages: Lineages
) -> Iterator[Problem]:
    """Rows behind one, or several together, that take all they could (see `never_hit`).

    A definition whose last row takes every alert may be overruled as a whole by one before it:
    that is what a hospital's own rows are for.
    """
    last = definition.rows[-1].when == AlertCondition()
    before = [
        (f"{other.name}: {row.name}", row.when)
        for other in in_order(every.values())
        if other.order < definition.order and not last
        for row in other.rows
    ]
    for index, row in enumerate(definition.rows):
        covering = (name for name, when in before if when.covers(row.when, lineages))
        if name := next(covering, ""):
            yield never_decides(index, row.name, name)
        elif never_hit([when for _name, when in before], row.when, lineages):
            message = _("this row never decides: rows before it together take all that fits it")
            yield Problem(("rows", index), message, found=row.name)
        before.append((row.name, row.when))
