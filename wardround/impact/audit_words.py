"""How acts on formulas and scenarios are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wardround.impact.scenario_types import SCENARIO
from wardround.kernel import audit_words
from wardround.kernel.audit_words import Detail, Said, Subject
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated


def _scenarios(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    from wardround.impact import scenario_queries  # noqa: PLC0415  # it loads the compiler

    return dict(scenario_queries.names(actor, audit_words.ids(ids)))


def declare() -> None:
    audit_words.declare(
        {
            "item.formula": untranslated("Changed the formula of an item"),
            "item.formula_dropped": untranslated("Let an item go by its relations again"),
            "scenario.save": untranslated("Saved a scenario"),
            "scenario.change": untranslated("Changed a scenario"),
            "scenario.delete": untranslated("Deleted a scenario"),
        },
        subjects=[Subject(SCENARIO, Wording(untranslated("Scenario")), _scenarios)],
        details={
            "name": Detail(untranslated("Name")),
            "shared": Detail(untranslated("Shared")),
            "formula_before": Detail(untranslated("Formula before")),
            "formula_after": Detail(untranslated("Formula after")),
        },
    )
