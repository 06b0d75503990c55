"""The matrix, and why, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from wardround.cmdb.types import Importance
from wardround.impact.matrix_queries import MatrixAsked
from wardround.impact.types import (
    MOST_ORDER,
    Cell,
    CellWhy,
    FailedKind,
    ImpactMatrix,
    MatrixItem,
    MatrixService,
)
from wardround.kernel.wire import Answer, Body, Label, Ref, Several
from wardround.schema.queries import named


class MatrixForm(StrEnum):
    """How cells are written: each with its ids, or all as three columns of places."""

    CELLS = "cells"
    COLUMNS = "columns"


class MatrixFileQuery(Body):
    services: list[UUID] = Several
    layers: list[Annotated[str, named("layer")]] = Several

    def asked(self) -> MatrixAsked:
        return MatrixAsked(tuple(self.services), tuple(self.layers))


class MatrixQuery(MatrixFileQuery):
    form: MatrixForm = MatrixForm.CELLS


class TotalsOut(Answer):
    single: int
    manual: int
    alternative: int


class MatrixItemOut(Answer):
    id: UUID
    key: str
    name: str
    type: str
    layer: str
    layer_label: Label
    totals: TotalsOut

    @classmethod
    def of(cls, row: MatrixItem) -> Self:
        return cls(
            id=row.item.id,
            key=row.item.key,
            name=row.item.name,
            type=row.item.type,
            layer=row.layer,
            layer_label=row.layer_label,
            totals=TotalsOut.model_validate(row.totals),
        )


class MatrixServiceOut(Answer):
    id: UUID
    name: str
    importance: Importance | None
    totals: TotalsOut

    @classmethod
    def of(cls, column: MatrixService) -> Self:
        return cls(
            id=column.item.id,
            name=column.item.name,
            importance=column.item.importance,
            totals=TotalsOut.model_validate(column.totals),
        )


class CellOut(Answer):
    item: UUID
    service: UUID
    cell: Cell


class ColumnsOut(Answer):
    """Cells by their places among `items` and `services`; three lists of one length."""

    items: list[int]
    services: list[int]
    cells: str
    """A letter a cell."""


class HiddenOut(Answer):
    service: UUID
    layer_label: Label
    cell: Cell
    """The worst that items of this layer out of reach do; how many there are is not told."""


class MatrixOut(Answer):
    items: list[MatrixItemOut]
    services: list[MatrixServiceOut]
    cells: Annotated[list[CellOut], Field(default_factory=list)]
    columns: ColumnsOut | None = None
    hidden: list[HiddenOut]
    undecided: int
    as_of: datetime

    @classmethod
    def of(cls, matrix: ImpactMatrix, form: MatrixForm) -> Self:
        items = [MatrixItemOut.of(row) for row in matrix.items]
        services = [MatrixServiceOut.of(column) for column in matrix.services]
        columns = form is MatrixForm.COLUMNS
        return cls(
            items=items,
            services=services,
            cells=[]
            if columns
            else [
                CellOut(item=items[row].id, service=services[column].id, cell=cell)
                for row, column, cell in matrix.cells
            ],
            columns=_columns(matrix) if columns else None,
            hidden=[
                HiddenOut(
                    service=services[each.service].id,
                    layer_label=each.layer_label,
                    cell=each.cell,
                )
                for each in matrix.hidden
            ],
            undecided=matrix.undecided,
            as_of=matrix.as_of,
        )


def _columns(matrix: ImpactMatrix) -> ColumnsOut:
    return ColumnsOut(
        items=[row for row, _column, _cell in matrix.cells],
        services=[column for _row, column, _cell in matrix.cells],
        cells="".join(cell for _row, _column, cell in matrix.cells),
    )


class WhyQuery(Body):
    item: UUID
    service: UUID


class ProofPartOut(Answer):
    item: Ref | None
    """None where it is out of reach."""
    layer_label: Label
    group: bool
    """Not the item itself, but a group of things that it needs some of."""


class ProofStepOut(Answer):
    part: ProofPartOut
    down: list[ProofPartOut]
    cold: list[ProofPartOut]
    need: int | None
    there: int | None


class SwitchStepOut(Answer):
    part: ProofPartOut
    standby: ProofPartOut
    minutes: float


class CellWhyOut(Answer):
    item: Ref
    service: Ref
    cell: Cell | None
    proof: list[ProofStepOut]
    more_steps: int
    switches: list[SwitchStepOut]
    switch_minutes: float
    together: list[ProofPartOut]
    holds: list[ProofPartOut]
    proved: bool

    @classmethod
    def of(cls, why: CellWhy) -> Self:
        return cls.model_validate(why)


class CutQuery(Body):
    max_order: Annotated[int, Field(ge=1, le=MOST_ORDER)] = 2


class CutSetOut(Answer):
    parts: list[ProofPartOut]


class ServiceCutSetsOut(Answer):
    """Minimal cut sets of a business system."""

    service: Ref
    sets: list[CutSetOut]
    """The smallest first."""
    more: bool
    by_order: list[int] | None
    """How many there are of one item, two, and so on; null where not all of it is within reach."""
    complete_to: int
    """The order up to which none is missing."""


class CauseOut(Answer):
    parts: list[ProofPartOut]
    assumed: list[ProofPartOut]
    """Those of them that nobody measured as failed."""
    share: float


class FailedItemOut(Answer):
    item: Ref
    kind: FailedKind


class RootCausesOut(Answer):
    down: list[Ref]
    causes: list[CauseOut]
    """The likeliest first."""
    failed: list[FailedItemOut]
    unexplained: list[Ref]
    conflicting: list[ProofPartOut]
    """Measured as down, though what rests on it is measured as working."""
    proved: bool
    as_of: datetime
