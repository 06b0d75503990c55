"""The matrix as a workbook that can be filed: every item with its letters, every system with its
totals, and what the letters mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardround.impact.types import GRAVEST, Cell, ImpactMatrix, Totals
from wardround.kernel.wording import listed
from wardround.kernel.workbook import Sheet
from wardround.schema.types import Label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLE = gettext_lazy("Failure impact matrix")
_TOTALS: Mapping[Cell, StrOrPromise] = {
    Cell.SINGLE: gettext_lazy("X: stops it"),
    Cell.MANUAL: gettext_lazy("M: stops it until a cold standby is switched on"),
    Cell.ALTERNATIVE: gettext_lazy("A: it goes on by itself"),
}


def sheets(matrix: ImpactMatrix, type_labels: Mapping[str, Label]) -> Sequence[Sheet]:
    """Of more rows than a workbook holds the first, and that is told. `type_labels`: by type."""
    return [
        Sheet(str(TITLE), _columns(matrix), _rows(matrix, type_labels)),
        Sheet(_("Business systems"), _service_columns(), _services(matrix)),
        Sheet(_("How to read it"), [("what", _("What")), ("said", _("Meaning"))], _told(matrix)),
    ]


def _columns(matrix: ImpactMatrix) -> list[tuple[str, str]]:
    own = [("key", _("Key")), ("name", _("Name")), ("type", _("Type")), ("layer", _("Layer"))]
    totals = [(each.name, str(each)) for each in GRAVEST]
    systems = [(str(place), each.item.name) for place, each in enumerate(matrix.services)]
    return [*own, *totals, *systems]


def _rows(matrix: ImpactMatrix, type_labels: Mapping[str, Label]) -> Iterator[dict[str, object]]:
    cells: dict[int, dict[str, object]] = defaultdict(dict)
    for row, column, cell in matrix.cells:
        cells[row][str(column)] = str(cell)
    for place, each in enumerate(matrix.items):
        label = type_labels.get(each.item.type)
        yield {
            "key": each.item.key,
            "name": each.item.name,
            "type": label.text() if label else each.item.type,
            "layer": each.layer_label.text(),
            **_counts(each.totals),
            **cells[place],
        }


def _service_columns() -> list[tuple[str, str]]:
    totals = [(each.name, str(_TOTALS[each])) for each in GRAVEST]
    hidden = _("At worst, by items that you may not see")
    return [("name", _("Name")), ("class", _("Class")), *totals, ("hidden", hidden)]


def _services(matrix: ImpactMatrix) -> Iterator[dict[str, object]]:
    hidden: dict[int, list[str]] = defaultdict(list)
    for each in matrix.hidden:
        hidden[each.service].append(f"{each.layer_label.text()}: {each.cell}")
    for place, service in enumerate(matrix.services):
        yield {
            "name": service.item.name,
            "class": service.item.importance,
            **_counts(service.totals),
            "hidden": listed(hidden[place]),
        }


def _counts(totals: Totals) -> dict[str, object]:
    counts = (totals.single, totals.manual, totals.alternative)
    return {each.name: count for each, count in zip(GRAVEST, counts, strict=True)}


def _told(matrix: ImpactMatrix) -> Iterator[dict[str, object]]:
    for cell in GRAVEST:
        yield {"what": str(cell), "said": str(_TOTALS[cell])}
    yield {"what": "", "said": _("An empty cell: the failure of this item alone does nothing.")}
    yield {"what": _("As of"), "said": matrix.as_of}
    yield {"what": _("Cells that could not be proved"), "said": matrix.undecided}
