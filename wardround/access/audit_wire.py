"""The audit chain as the API shows it: its lines, what narrows them, and how the chain holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasPath, Field

from wardround.access.wire import Query
from wardround.kernel import audit_words
from wardround.kernel.audit_check import Check, is_recent
from wardround.kernel.audit_trail import TrailLine
from wardround.kernel.http import ShortFilters, TimedListFilters
from wardround.kernel.suggestions import Named
from wardround.kernel.typed_text import matching
from wardround.kernel.types import Actor
from wardround.kernel.wire import Answer, Label, Ref, Several


class AuditFilters(TimedListFilters):
    q: Query | None = None
    actor: list[UUID] = Several
    action: list[Annotated[Query, Named("audit-action", audit_words.acts)]] = Several
    subject_kind: list[Annotated[Query, Named("audit-subject", audit_words.subjects)]] = Several
    subject_id: list[Query] = Several


def _of_line(name: str) -> Any:
    """A field that the audit line has under this name."""
    return Field(validation_alias=AliasPath("line", name))


class AuditWordOut(Answer):
    """A value of a filter of the audit, and what it is called."""

    filter: Literal["action", "subject_kind"]
    name: str
    label: Label


class AuditSubjectFilters(ShortFilters):
    id: list[Query] = Several


class AuditSubjectOut(Answer):
    """A thing that lines are about."""

    id: str
    kind: str
    kind_label: Label
    name: Label


def audit_subjects_out(actor: Actor, kinds: Mapping[str, str]) -> list[AuditSubjectOut]:
    called = audit_words.named(actor, kinds)
    words = audit_words.subjects()
    return [
        AuditSubjectOut(id=id_, kind=kind, kind_label=words.get(kind, kind), name=called[id_])
        for id_, kind in kinds.items()
    ]


class AuditChainOut(Answer):
    """`whole` or `broken` as it was found at `checked_at`; `stale`: whole then, and not looked at
    since as often as it should be; `unchecked`: nobody knows.
    """

    state: Literal["whole", "broken", "stale", "unchecked"]
    checked_at: datetime | None = None
    entries: int | None = None
    waiting: int | None = None
    broken_at: int | None = None
    """The first entry, counted from 1, at which the chain does not hold."""
    faults: list[str]
    more_faults: int = 0
    proved_until: datetime | None = None
    """What was sealed until then cannot have been changed unseen: a journal outside vouches."""

    @classmethod
    def of(cls, check: Check | None, now: datetime, *, everything: bool) -> AuditChainOut:
        if check is None:
            return cls(state="unchecked", faults=[])
        state = "whole" if is_recent(check, now) else "stale"
        told = cls(
            state=state if check.whole else "broken",
            checked_at=check.at,
            faults=[],
            proved_until=check.proved_until,
        )
        if not everything:
            return told
        counted = {
            "entries": check.entries,
            "waiting": check.waiting,
            "broken_at": check.broken_at,
            "faults": [fault.text() for fault in check.faults],
            "more_faults": check.more,
        }
        return told.model_copy(update=counted)


class ToldOut(Answer):
    label: Label
    text: Label


class AuditOut(Answer):
    """`told` says `detail` in words. `subject_there`: it is still there and within reach."""

    id: UUID = _of_line("id")
    at: datetime = _of_line("at")
    actor: Ref = Field(validation_alias="doer")
    actor_kind: str = _of_line("actor_kind")
    action: str = _of_line("action")
    action_label: Label = Field(validation_alias="act")
    subject_kind: str = _of_line("subject_kind")
    subject_label: Label = Field(validation_alias="kind")
    subject_id: str = _of_line("subject_id")
    subject_name: Label = Field(validation_alias="subject")
    subject_there: bool = Field(validation_alias="there")
    detail: Any = _of_line("detail")
    told: list[ToldOut] = Field(validation_alias="details")
    sealed: bool = False

    def row(self) -> dict[str, object]:
        """As a workbook shows it: words in every cell."""
        subject = f"{self.subject_label} {self.subject_name}".strip()
        told = [f"{each.label}: {each.text}" for each in self.told]
        return {
            **vars(self),
            "actor": self.actor.name,
            "action": self.action_label,
            "subject": subject,
            "detail": "; ".join(told),
            "sealed": audit_words.said(self.sealed),
        }


def told(actor: Actor, lines: Sequence[TrailLine]) -> list[AuditOut]:
    """The lines as this reader may read them."""
    found = audit_words.told(actor, [trail.line for trail in lines])
    return [
        AuditOut.model_validate(line).model_copy(update={"sealed": trail.sealed})
        for line, trail in zip(found, lines, strict=True)
    ]


def acts_saying(text: str | None) -> list[str]:
    """The acts whose words, as the reader reads them, hold this text."""
    wanted = matching(text or "")
    words = audit_words.acts()
    return [name for name, said in words.items() if wanted and wanted in matching(said.text())]


def audit_words_out() -> list[AuditWordOut]:
    return [
        *(
            AuditWordOut(filter="action", name=name, label=said)
            for name, said in audit_words.acts().items()
        ),
        *(
            AuditWordOut(filter="subject_kind", name=name, label=said)
            for name, said in audit_words.subjects().items()
        ),
    ]
