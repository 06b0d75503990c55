"""Alerts as the API shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wardround.alerts.queries import AlertFilters
from wardround.alerts.types import AlertState, Severity
from wardround.detection.queries import RuleName
from wardround.kernel.http import TimedListFilters
from wardround.kernel.wire import Answer, Figure, Label, Pairs, Ref, Several


class AlertQuery(TimedListFilters):
    state: list[AlertState] = Several
    severity: list[Severity] = Several
    item: list[UUID] = Several
    rule: list[RuleName] = Several
    system: list[UUID] = Several
    id: list[UUID] = Several

    def wanted(self) -> AlertFilters:
        return AlertFilters(
            states=tuple(self.state),
            severities=tuple(self.severity),
            items=tuple(self.item),
            rules=tuple(self.rule),
            systems=tuple(self.system),
            ids=tuple(self.id),
            began=self.time_range(),
            q=self.q,
        )


class AlertItem(Ref):
    type: str


class AlertOut(Answer):
    """`value` is what was measured when it began; null where it was no finite number."""

    id: UUID
    rule: str
    rule_label: Label
    severity: Severity
    availability: bool
    item: AlertItem
    labels: Pairs
    summary: Label
    description: Label
    """What its rule says it means and what to do."""
    runbook_url: str
    """A page that says what to do; empty where its rule names none."""
    value: Figure
    unit: str
    state: AlertState
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    last_at: datetime
    systems: list[Ref]
