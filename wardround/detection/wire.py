"""Rules as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field, computed_field

from wardround.detection.intake.packing import Packed
from wardround.detection.intake.taking import Taken, Wishes
from wardround.detection.intake.told import Note
from wardround.detection.queries import RuleName
from wardround.detection.types import Rule, Severity
from wardround.kernel.http import WholeListFilters
from wardround.kernel.wire import Answer, Body, Label, Pairs, Several
from wardround.schema.queries import named


class RuleQuery(WholeListFilters):
    name: list[RuleName] = Several
    template: list[Annotated[str, named("monitor-template")]] = Several
    severity: list[Severity] = Several
    enabled: bool | None = None

    def wants(self, rule: Rule) -> bool:
        return (
            (not self.name or rule.name in self.name)
            and (not self.template or not {*self.template}.isdisjoint(rule.templates))
            and (not self.severity or rule.severity in self.severity)
            and (self.enabled is None or rule.enabled is self.enabled)
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
    runbook_url: str
    """A page that says what to do; empty where the rule names none."""
    group: Label
    templates: list[str]
    enabled: bool
    switched_because: str
    """Why somebody last switched it on or off."""
    rule_set: str
    """The definition of kind `alert-rules` that holds it."""

    @computed_field  # type: ignore[prop-decorator]  # as pydantic says it must be written
    @property
    def template(self) -> str:
        """The first of the templates, for lists with one column of them."""
        return self.templates[0] if self.templates else ""


class SwitchIn(Body):
    """`consent`: open alerts of the rule may end."""

    enabled: bool
    reason: Annotated[str, Field(max_length=500)] = ""
    consent: bool = False


class SwitchCheckIn(Body):
    enabled: bool


class SwitchOut(Answer):
    """What switching a rule would do."""

    ending: str
    """What would end, counted in words; empty where nothing does."""
    needs_consent: bool
    problems: list[str]
    """Why it cannot be saved as the definitions are now."""


class IntakeWishes(Body):
    """What whoever takes rules of Prometheus in says beforehand."""

    name: str = Field("prometheus-rules", pattern="^[a-z0-9][a-z0-9-]{0,49}$")
    """What the pack is called."""
    job: list[Annotated[str, Field(pattern="^[^=]+=[^=]+$")]] = Several
    """`JOB=TEMPLATE`: the monitor template of a job's targets."""
    severity: list[Annotated[str, Field(pattern="^[^=]+=(info|warning|critical|disaster)$")]] = (
        Several
    )
    """`WORD=LEVEL`: what a severity of theirs is here."""
    template: list[str] = Several
    """Monitor templates of which rules are that ask for no job."""
    target_label: list[str] = Several
    """Labels that Prometheus gave to targets, beside `job` and `instance`."""
    each_target: bool = False
    """Take rules over all targets together in for each by itself: one target has it all."""

    def wishes(self) -> Wishes:
        return Wishes(
            jobs=_pairs(self.job),
            templates=tuple(self.template),
            severities=_pairs(self.severity),
            target_labels=frozenset(self.target_label),
            each_target=self.each_target,
        )


def _pairs(written: list[str]) -> dict[str, str]:
    found = {}
    for text in written:
        name, _equals, value = text.partition("=")
        found[name] = value
    return found


class NoteOut(Answer):
    """Something told of a place in a file."""

    file: str
    line: int
    rule: str
    message: str
    part: str
    """What it is about, as written."""
    advice: str

    @classmethod
    def of(cls, note: Note) -> NoteOut:
        return cls(
            file=note.source.file,
            line=note.source.line,
            rule=note.source.rule,
            message=note.message,
            part=note.part,
            advice=note.advice,
        )


class TakenRuleOut(Answer):
    name: str
    was: str
    """What it is called in the file."""
    file: str
    line: int
    needs: list[str]
    """Metrics that no monitor template names."""
    notes: list[NoteOut]

    @classmethod
    def of(cls, rule: Taken) -> TakenRuleOut:
        return cls(
            name=rule.name,
            was=rule.text.name,
            file=rule.text.source.file,
            line=rule.text.source.line,
            needs=list(rule.needs),
            notes=[NoteOut.of(note) for note in rule.notes],
        )


class RuleIntakeOut(Answer):
    """What came of rule files of Prometheus: a pack, and what was not taken in and why."""

    pack: str
    files: dict[str, str]
    """The pack, by the paths of its files."""
    alerts: int
    taken: list[TakenRuleOut]
    refused: list[NoteOut]
    records: list[NoteOut]
    """Recording rules that no alert uses."""

    @classmethod
    def of(cls, packed: Packed) -> RuleIntakeOut:
        intake = packed.intake
        return cls(
            pack=packed.name,
            files={path: data.decode() for path, data in packed.files.items()},
            alerts=intake.alerts,
            taken=[TakenRuleOut.of(rule) for rule in intake.taken],
            refused=[NoteOut.of(note) for note in intake.refused],
            records=[NoteOut.of(note) for note in intake.records],
        )
