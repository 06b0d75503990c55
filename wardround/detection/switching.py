"""Switching one rule on or off: a new version of its definition, with the reason in it."""

from __future__ import annotations

from datetime import datetime

from wardround.detection import queries
from wardround.detection.definitions import KIND
from wardround.detection.errors import SwitchReasonMissing
from wardround.kernel.typed_text import typed
from wardround.kernel.types import Actor
from wardround.schema import actions as schema
from wardround.schema.types import Difference, Problem


def _draft(actor: Actor, rule: str, *, on: bool, reason: str) -> tuple[schema.DefinitionDraft, int]:
    rule_set, path = queries.place_of(rule)
    values: dict[str, str | bool] = {"enabled": on, "switched_because": reason}
    return schema.draft_with(actor, KIND, rule_set, path, values)


def check_switch(actor: Actor, rule: str, *, on: bool) -> tuple[Difference, list[Problem]]:
    """What switching would end, and every mistake; writes nothing. Raises UnknownRule."""
    draft, _version = _draft(actor, rule, on=on, reason="")
    return schema.check_definition(actor, draft)


def switch_rule(  # noqa: PLR0913  # all but the first two are named
    actor: Actor, rule: str, *, on: bool, reason: str, consent: bool, at: datetime
) -> None:
    """Switch a rule on or off; one that is so already stays untouched.

    Raises UnknownRule, SwitchReasonMissing, and what saving a definition raises: ConsentNeeded
    where open alerts would end.
    """
    reason = typed(reason)
    if not reason:
        raise SwitchReasonMissing(field="reason")
    if queries.rule(rule).enabled is on:
        return
    draft, version = _draft(actor, rule, on=on, reason=reason)
    said = {"set": f"{rule}: enabled = {str(on).lower()}", "reason": reason}
    schema.save_definition(actor, draft, at=at, base_version=version, consent=consent, said=said)
