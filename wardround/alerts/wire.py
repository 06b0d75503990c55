"""Alerts as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from wardround.alerts import queries
from wardround.alerts.queries import AlertFilters
from wardround.alerts.types import Act, Alert, AlertState, LineKind, Severity, Wanted
from wardround.kernel.http import Moment, TimedListFilters
from wardround.kernel.reach import Reach
from wardround.kernel.suggestions import Named
from wardround.kernel.wire import Answer, Body, Figure, Label, Pairs, Ref, Several


class AlertQuery(TimedListFilters):
    state: list[AlertState] = Several
    severity: list[Severity] = Several
    item: list[UUID] = Several
    rule: list[Annotated[str, Named("rule", queries.rule_names)]] = Several
    system: list[UUID] = Several
    id: list[UUID] = Several
    same_as: list[UUID] = Several
    """Alerts whose trouble it is: their rule, item and labels."""
    acknowledged: bool | None = None
    silenced: bool | None = None

    def wanted(self) -> AlertFilters:
        return AlertFilters(
            states=tuple(self.state),
            severities=tuple(self.severity),
            items=tuple(self.item),
            rules=tuple(self.rule),
            systems=tuple(self.system),
            ids=tuple(self.id),
            same_as=tuple(self.same_as),
            acknowledged=self.acknowledged,
            silenced=self.silenced,
            began=self.time_range(),
            q=self.q,
        )


class AlertItem(Ref):
    type: str


class AcknowledgementOut(Answer):
    by: Ref
    at: datetime
    note: str


class SilenceOut(Answer):
    """Until its end nothing new is told of the trouble, and it opens no new ticket."""

    by: Ref
    since: datetime
    until: datetime
    reason: str


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
    acknowledged: AcknowledgementOut | None
    silence: SilenceOut | None
    may_handle: bool = False
    """Whether the reader may acknowledge, silence and close it."""

    @classmethod
    def of(cls, alert: Alert, handles: Reach) -> AlertOut:
        shown = cls.model_validate(alert)
        systems = [system.id for system in alert.systems]
        shown.may_handle = handles.covers(alert.item.id, systems)
        return shown


class AlertLineOut(Answer):
    """Something that happened to an alert; `actor` is null where the platform did it."""

    kind: LineKind
    at: datetime
    told: Label
    actor: Ref | None
    text: str
    """What the person wrote: a note or a reason."""


# What people do ----------------------------------------------------------------------------------

_Text = Annotated[str, Field(max_length=1000)]
MOST_AT_ONCE = 200


class AcknowledgeIn(Body):
    note: _Text = ""


class SilenceIn(Body):
    """`until` lies at most seven days ahead."""

    until: Moment | None = None
    reason: _Text = ""


class CloseIn(Body):
    reason: _Text = ""


class AlertActsIn(Body):
    """One act on several alerts: a silence needs `until` and `reason`, a closing `reason`."""

    alerts: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]
    act: Act
    note: _Text = ""
    reason: _Text = ""
    until: Moment | None = None

    def wanted(self) -> Wanted:
        text = self.note if self.act is Act.ACKNOWLEDGE else self.reason
        return Wanted(self.act, text, self.until)


class RefusedActOut(Answer):
    alert: UUID
    code: str
    why: str


class AlertActsOut(Answer):
    """The alerts that it was done with, and why not with others."""

    done: list[UUID]
    refused: list[RefusedActOut]
