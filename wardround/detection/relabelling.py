"""`label_replace` and `label_join`: labels made of others, as Prometheus makes them."""

from __future__ import annotations

import re

from wardround.detection.expression import Relabel
from wardround.kernel.patterns import pattern

_PLACE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def replaced(node: Relabel, labels: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The labels with the one that is made; an empty one is none."""
    known = dict(labels)
    value = node.separator.join(known.get(source, "") for source in node.sources)
    found = pattern(node.pattern).groups_of(value)
    if found is None:
        return labels
    made = _PLACE.sub(lambda place: _filled(place, found), node.template)
    known.pop(node.label, None)
    if made:
        known[node.label] = made
    return tuple(sorted(known.items()))


def _filled(place: re.Match[str], found: dict[str, str]) -> str:
    name = place[1] or place[2]
    return "$" if name is None else found.get(name, "")
