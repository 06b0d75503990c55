"""Definitions found by what somebody types: by identifier, by what they are called in either
language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wardround.kernel.finding import Asked, Candidate, Found, Hit, Match, Searched, chosen, texts
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label
from wardround.schema import kinds, models, queries
from wardround.schema.permissions import READ
from wardround.schema.readable import unreadable


@dataclass(frozen=True, slots=True)
class _Defined:
    kind: str
    name: str
    label: Label


def _find(actor: Actor, asked: Asked, limit: int, _at: datetime) -> Found:
    """Definitions in force that the actor may read; kept until any changes."""
    known = queries.derived("definitions searched", _candidates)
    hidden = {(row.kind, row.name) for row in unreadable(actor)}
    seen = (each for each in known if (each.thing.kind, each.thing.name) not in hidden)
    found = chosen(asked, seen, limit)
    return Found(tuple(_hit(defined, match) for defined, match in found.best), found.total)


def _candidates() -> Sequence[Candidate[_Defined]]:
    rows = models.Definition.objects.filter(current=True).order_by("kind", "name")
    found = []
    for kind, name, body in rows.values_list("kind", "name", "body"):
        known = kinds.kind_named(kind)
        label = known.label_of(kinds.plain(body)) if known else None
        defined = _Defined(kind, name, label or Label.parse(name))
        held = texts(defined.label.zh, (name, defined.label.en))
        found.append(Candidate(defined, defined.label.zh, held))
    return found


def _hit(defined: _Defined, match: Match) -> Hit:
    kind = kinds.kind_named(defined.kind)
    return Hit(
        id=f"{defined.kind}/{defined.name}",
        name=defined.label.text(),
        note=(kind and kind.label) or Label.parse(defined.kind),
        match=match,
        by=defined.name,
    )


DEFINITIONS = Searched(
    name="definitions",
    scope="definitions",
    label=Label("定义", "Definitions"),
    needs=READ,
    find=_find,
    order=5,
)
