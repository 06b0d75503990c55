"""From the series of a page to the series of items, as a template's naming says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.collect.exposition_comments import kind_of
from wardround.collect.exposition_types import Kind as PageKind
from wardround.collect.readings import history_kind
from wardround.collect.types import OWN_METRICS, Collected, Layout, TargetSpec
from wardround.history.types import Kind, SeriesKey
from wardround.kernel.patterns import any_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from wardround.collect.exposition_types import Page, PageLayout, Series
    from wardround.collect.types import ScrapeGroup

_UNITS = ("seconds", "bytes", "ratio", "celsius", "volts", "amperes", "joules", "meters", "grams")


class PageNaming:
    """Names the series of one target's pages; what it found for a layout it remembers."""

    def __init__(self, spec: TargetSpec, group: ScrapeGroup) -> None:
        naming = spec.template.naming
        self._spec = spec
        self._declared = {metric.name: metric for metric in group.metrics}
        self._keep = any_of(tuple(naming.keep))
        self._drop = any_of(tuple(naming.drop))
        self._rename = dict(naming.rename)
        self._without = frozenset(naming.drop_labels)
        self._item_label = naming.item_label
        self._page_layout: PageLayout | None = None
        self._layout = Layout(())
        self._chosen: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None
        self._duplicates = 0

    def apply(self, page: Page) -> Collected:
        if page.layout is not self._page_layout:
            self._learn(page)
        values, times = page.values, page.times_ms
        if self._chosen is not None:
            values = values[self._chosen]
            times = times[self._chosen] if times is not None else None
        duplicates = self._duplicates + len(page.duplicates)
        return Collected(
            self._layout,
            values,
            times,
            note=_note(page, self._duplicates),
            duplicates=duplicates,
            skipped=len(page.skipped),
        )

    def _learn(self, page: Page) -> None:
        keys: list[SeriesKey] = []
        chosen: list[int] = []
        taken: set[tuple[SeriesKey, int]] = set()
        self._duplicates = 0
        for index, series in enumerate(page.layout.series):
            key = self._key(series, page.layout)
            if key is None:
                continue
            at = 0 if page.times_ms is None else int(page.times_ms[index])
            if (key, at) in taken:  # made equal by a name or a label that was taken away
                self._duplicates += 1
                continue
            taken.add((key, at))
            keys.append(key)
            chosen.append(index)
        everything = len(chosen) == len(page.layout.series)
        self._chosen = None if everything else np.array(chosen, dtype=np.intp)
        self._layout = Layout(tuple(keys))
        self._page_layout = page.layout

    def _key(self, series: Series, layout: PageLayout) -> SeriesKey | None:
        if self._keep is not None and not self._keep.fits(series.name):
            return None
        if self._drop is not None and self._drop.fits(series.name):
            return None
        name = self._rename.get(series.name, series.name)
        if name in OWN_METRICS:
            name = "exported_" + name
        item, labels = self._owner(series.labels)
        declared = self._declared.get(name)
        if declared is not None:
            kind, unit = history_kind(declared.kind), declared.unit
        else:
            kind, unit = _kind(series, layout), _unit_of(name)
        return SeriesKey(
            name,
            item,
            labels + self._spec.series_labels,
            kind=kind,
            unit=unit,
            target=self._spec.id,
        )

    def _owner(self, labels: Sequence[tuple[str, str]]) -> tuple[UUID, tuple[tuple[str, str], ...]]:
        """The item a series belongs to; a key that no item has stays a label of the target's."""
        item = self._spec.item
        left = []
        for name, value in labels:
            if name in self._without or not value:
                continue
            if name == self._item_label and value in self._spec.items_by_key:
                item = self._spec.items_by_key[value]
                continue
            left.append((name, value))
        return item, tuple(left)


def _unit_of(name: str) -> str:
    base = name.removesuffix("_total")
    return next((unit for unit in _UNITS if base.endswith("_" + unit)), "")


def _kind(series: Series, layout: PageLayout) -> Kind:
    """How it is kept; of what a page does not declare, the field's naming rule decides."""
    said = kind_of(series, layout)
    counts = said is PageKind.COUNTER or (
        said is PageKind.UNKNOWN and series.name.endswith("_total")
    )
    return Kind.COUNTER if counts else Kind.GAUGE


def _note(page: Page, made_equal: int) -> str:
    said = []
    if page.duplicates:
        first = page.duplicates[0]
        said.append(
            f"{len(page.duplicates)} duplicate series; the first is {first.series.name} on line "
            f"{first.line}. The earlier line counts."
        )
    if made_equal:
        said.append(f"{made_equal} series became equal by the template's naming")
    if page.skipped:
        left_out = page.skipped[0]
        said.append(
            f"{len(page.skipped)} lines left out; the first is line {left_out.line}: expected "
            f"{left_out.expected}"
        )
    return "; ".join(said)
