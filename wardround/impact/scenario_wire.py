"""What if, and what is saved of it, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from wardround.cmdb.types import Importance
from wardround.impact.scenario_types import (
    MOST_OUT,
    MOST_SETS,
    Scenario,
    ScenarioDraft,
    ScenarioRun,
    SetAsked,
    SetKind,
    WhatIf,
)
from wardround.impact.types import ServiceState
from wardround.impact.wire import HospitalNowOut
from wardround.kernel.http import Version, WholeListFilters
from wardround.kernel.wire import Answer, Body, Ref, Several

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class SetIn(Body):
    """Items that are spoken of together; `item` for `within` and `kept-by`, `where` for `where`."""

    kind: SetKind
    item: UUID | None = None
    where: Annotated[str, StringConstraints(max_length=2_000)] = ""

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        by_expression = self.kind is SetKind.WHERE
        if by_expression == (self.item is not None) or by_expression != bool(self.where.strip()):
            needed = "where" if by_expression else "item"
            text = "a set of this kind takes “{needed}”, and nothing else"
            raise PydanticCustomError("set_says_which", text, {"needed": needed})
        return self


class TakenBody(Body):
    failed: Annotated[list[UUID], Field(default_factory=list, max_length=MOST_OUT)]
    """Items that are taken to have failed; whatever fails now is not."""
    sets: Annotated[list[SetIn], Field(default_factory=list, max_length=MOST_SETS)]
    """The same, many at once: what stands in a place, what somebody keeps running, and what an
    expression is true of."""

    def asked(self) -> tuple[SetAsked, ...]:
        return tuple(SetAsked(each.kind, each.item, each.where) for each in self.sets)


class WhatIfBody(TakenBody):
    pass


class SetOut(Answer):
    kind: SetKind
    item: Ref | None
    where: str
    count: int
    """How many items it is, within reach."""
    apart: int
    """Of these, how many take no part in impact."""


class DepartmentOut(Answer):
    """An organisation that uses systems that are hit."""

    item: Ref
    state: ServiceState
    systems: list[Ref]
    """The worst first."""


class WhatIfOut(HospitalNowOut):
    sets: list[SetOut]
    taken: int
    """Items that are taken out, of all sets together, each once."""
    departments: list[DepartmentOut]
    """The worst hit first."""
    users_hidden: bool
    """There are others that are out of reach."""

    @classmethod
    def of_what_if(cls, found: WhatIf) -> Self:
        return cls(
            **vars(HospitalNowOut.of(found.hospital)),
            sets=[SetOut.model_validate(each) for each in found.taken.sets],
            taken=len(found.taken.ids),
            departments=[DepartmentOut.model_validate(each) for each in found.departments],
            users_hidden=found.users_hidden,
        )


class ScenarioBody(TakenBody):
    name: _Line
    note: _Text = ""
    shared: bool = False

    def draft(self) -> ScenarioDraft:
        return ScenarioDraft(self.name, self.note, self.shared, tuple(self.failed), self.asked())


class ScenarioChange(ScenarioBody):
    version: Version
    """The one that was edited."""


class CountedOut(Answer):
    """Business systems, as far as they are within reach."""

    down: int
    switching: int
    degraded: int
    unprotected: int


_NOT_TOLD = dict.fromkeys(CountedOut.model_fields)


class ScenarioRow(Answer):
    id: UUID
    name: str
    note: str
    owner: Ref
    own: bool
    """Whether it is the reader's."""
    shared: bool
    items: int
    """Named one by one."""
    sets: int
    """Of an item within reach, or by an expression."""
    down: int | None
    """These four: nothing where some of what was taken out is out of reach."""
    switching: int | None
    degraded: int | None
    unprotected: int | None
    saved_at: datetime
    version: int

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        return cls.model_validate({**_NOT_TOLD, **_fields(scenario), **_fields(scenario.then)})


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in getattr(value, "__slots__", ())}


class ScenarioFilters(WholeListFilters):
    own: bool | None = None
    """The reader's own, or those of others."""
    owner: list[UUID] = Several

    def wanted(self, row: ScenarioRow) -> bool:
        return (self.own is None or row.own == self.own) and (
            not self.owner or row.owner.id in self.owner
        )


class MovedOut(Answer):
    """A system that fares otherwise than when the scenario was saved."""

    item: Ref
    importance: Importance | None
    then: ServiceState
    then_minutes: float | None
    now: ServiceState
    now_minutes: float | None


class ScenarioOut(ScenarioRow):
    failed: list[Ref]
    """The items named one by one that are there and within reach."""
    gone: list[Ref]
    """Those that were deleted or taken out of use since."""
    unread: list[str]
    """Expressions that cannot be read any more, and are left out."""
    whole: bool
    """False where some of it is out of reach: then nothing is compared."""
    result: WhatIfOut
    """On the model of now."""
    now: CountedOut
    moved: list[MovedOut]
    """What is otherwise than when it was saved."""

    @classmethod
    def of_run(cls, run: ScenarioRun) -> Self:
        return cls(
            **vars(ScenarioRow.of(run.scenario)),
            failed=[Ref.model_validate(each) for each in run.asked],
            gone=[Ref.model_validate(each) for each in run.gone],
            unread=list(run.unread),
            whole=run.whole,
            result=WhatIfOut.of_what_if(run.what_if),
            now=CountedOut.model_validate(run.now),
            moved=[MovedOut.model_validate(each) for each in run.moved],
        )
