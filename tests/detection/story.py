"""Scrapes told in few words, for tests of detection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid5

import numpy as np

from wardround.collect.types import CollectedBatch, Layout, Reason
from wardround.detection.definitions import ALERT_RULES
from wardround.detection.types import Rule
from wardround.history.types import SeriesKey

_NAMES = UUID("0d9c6a8e-6a0b-4c58-8d5f-0a1f6f3f7c11")
Values = Mapping[str, float]
"""Metric with labels, as `free{m=/}`, and value."""


def named(name: str) -> UUID:
    """The id of whatever has this name."""
    return uuid5(_NAMES, name)


def rules(*bodies: Mapping[str, object], template: str = "linux") -> list[Rule]:
    """Rules by the fields of a definition; what every rule needs is added."""
    filled = [{"annotations": {"summary": "{{ item }} {{ value }}"}, **body} for body in bodies]
    body = {"name": "test", "template": template, "groups": [{"name": "g", "rules": filled}]}
    return list(ALERT_RULES.read(body).rules)


class Machine:
    """A target that remembers the layout of its scrapes, as drivers do."""

    def __init__(
        self, name: str = "his-db1", item: str = "", template: str = "linux", *, alone: bool = True
    ) -> None:
        self.template, self.alone = template, alone
        self.name, self.target, self.item = name, named(name), named(item or f"item {name}")
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def scrape(self, at: float, values: Values = {}, *, up: bool = True) -> CollectedBatch:  # noqa: B006
        shape = tuple(values)
        if shape not in self._layouts:
            self._layouts[shape] = Layout(tuple(self._key(text) for text in shape))
        return CollectedBatch(
            target=self.target,
            target_name=self.name,
            item=self.item,
            layout=self._layouts[shape],
            values=np.array(list(values.values()), np.float64),
            times_ms=None,
            at=datetime.fromtimestamp(at, UTC),
            up=up,
            reason=Reason.OK if up else Reason.REFUSED,
            template=self.template,
            alone=self.alone,
        )

    def _key(self, text: str) -> SeriesKey:
        """`ITEM:metric{a=1}`; without an item the series belongs to the target's own."""
        item, _, text = text.rpartition(":")
        metric, _, labels = text.rstrip("}").partition("{")
        pairs = tuple(tuple(pair.split("=")) for pair in labels.split(",") if pair)
        return SeriesKey(metric, named(item) if item else self.item, pairs, target=self.target)  # type: ignore[arg-type]
