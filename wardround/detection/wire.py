"""Rules as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field, computed_field

from wardround.detection.queries import RuleName
from wardround.detection.types import Rule, Severity
from wardround.kernel.http import WholeListFilters
from wardround.kernel.wire import Answer, Label, Pairs, Several
from wardround.schema.queries import named


class RuleQuery(WholeListFilters):
    name: list[RuleName] = Several
    template: list[Annotated[str, named("monitor-template")]] = Several
    severity: list[Severity] = Several

    def wants(self, rule: Rule) -> bool:
        return (
            (not self.name or rule.name in self.name)
            and (not self.template or not {*self.template}.isdisjoint(rule.templates))
            and (not self.severity or rule.severity in self.severity)
        )


class RuleOut(Answer):
    """One threshold; times in seconds. `of`/`times`: so many of the last evaluations."""

    name: str
    label: Label
    severity: Severity
    availability: bool
    expr: str
    recover: str
    for_s: float = Field(validation_alias=AliasPath("timing", "hold"))
    keep_firing_for_s: float = Field(validation_alias=AliasPath("timing", "keep"))
    no_data_s: float = Field(validation_alias=AliasPath("timing", "no_data"))
    times: int = Field(validation_alias=AliasPath("timing", "times"))
    of: int = Field(validation_alias=AliasPath("timing", "of"))
    unit: str
    labels: Pairs
    summary: Label
    description: Label
    """What it means and what to do; places such as {{ item }} are not filled in here."""
    group: Label
    templates: list[str]
    enabled: bool

    @computed_field  # type: ignore[prop-decorator]  # as pydantic says it must be written
    @property
    def template(self) -> str:
        """The first of the templates, for lists with one column of them."""
        return self.templates[0] if self.templates else ""
