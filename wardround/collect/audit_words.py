"""How acts on targets are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wardround.collect import queries
from wardround.collect.permissions import READ
from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.audit_words import Detail, Lookup, Said, Subject, of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

TEMPLATE = "monitor-template"


def _targets(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    found = queries.names(reach(actor, READ), audit_words.ids(ids))
    return {str(id_): name for id_, name in found.items()}


_FIELDS = {
    "name": untranslated("Name"),
    "item": untranslated("Item"),
    "template": untranslated("Template"),
    "address": untranslated("Address"),
    "interval_s": untranslated("Interval (s)"),
    "timeout_s": untranslated("Timeout (s)"),
    "enabled": untranslated("Collected"),
    "parameters": untranslated("Parameters"),
}


def _field_names(value: Any, _called: Lookup, _line: AuditLine) -> object:
    return [Wording(_FIELDS[name]) if name in _FIELDS else name for name in value]


_DETAILS = {
    "name": Detail(untranslated("Name")),
    "item": Detail(untranslated("Item"), of("item")),
    "address": Detail(untranslated("Address")),
    "fields": Detail(untranslated("Fields"), _field_names),
    "parameters": Detail(untranslated("Parameters")),
    "old": Detail(untranslated("Was called")),
    "count": Detail(untranslated("How many")),
}
_ACTS = {
    "target.change": untranslated("Changed a target"),
    "target.create": untranslated("Created a target"),
    "target.delete": untranslated("Deleted a target"),
    "target.pause": untranslated("Paused a target of a retired item"),
    "target.rename_template": untranslated("Gave a template another name"),
    "target.seal": untranslated("Sealed what is a secret now"),
    "target.try": untranslated("Tried settings of a target before saving them"),
    "target.undeclare": untranslated("Ended a target that no pack declares any more"),
    "targets.declare": untranslated("Declared targets of packs"),
}


def declare() -> None:
    audit_words.declare(
        _ACTS,
        subjects=[
            Subject("target", Wording("Target"), _targets),
            Subject("targets", Wording("Targets")),
        ],
        details=_DETAILS,
        parts={"collector": untranslated("Collection")},
    )
