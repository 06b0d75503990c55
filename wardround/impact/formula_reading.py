"""Formulas as a reader may know them: what is out of reach is told by its layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from wardround.cmdb import queries as cmdb
from wardround.cmdb.graph import Graph
from wardround.cmdb.types import ItemRef
from wardround.impact import formulas
from wardround.impact.formula_types import RelatedItem, Standing, TermTold
from wardround.impact.formulas import Term
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema
from wardround.schema.types import Label

_NO_LAYER = Label("", "")


def needs_of(graph: Graph, owner: UUID, uncounted: Iterable[str]) -> dict[UUID, bool]:
    """What an item needs by relations that count, and whether in a group by each."""
    place, terms = graph.place(owner), graph.terms
    if place is None or terms is None:
        return {}
    left_out = [at for at, name in enumerate(terms.kind_names) if name and name in set(uncounted)]
    counted = ~np.isin(terms.kinds, np.array(left_out, np.int16)) & (graph.needed != place)
    edges = np.flatnonzero((graph.needing == place) & counted)
    found: dict[UUID, bool] = {}
    ids = graph.ids_of(graph.needed[edges])
    for id_, group in zip(ids, terms.groups[edges].tolist(), strict=True):
        found[id_] = found.get(id_, True) and group != 0
    return found


def layer_of_type(type_name: str | None) -> Label:
    layer = schema.layers_of_types().get(type_name) if type_name else None
    return layer.label if layer else _NO_LAYER


@dataclass(frozen=True, slots=True)
class Book:
    """What the items of an item's formula are called, for one reader."""

    related: Mapping[UUID, bool]
    """All that the item needs, and whether in a group."""
    refs: Mapping[UUID, ItemRef]
    """Those within reach."""
    types: Mapping[UUID, str]
    """Of all that are there, whoever asks."""
    names: Mapping[UUID, str]

    @classmethod
    def of(cls, reach: Reach, related: Mapping[UUID, bool], named: Iterable[UUID]) -> Book:
        """Two queries."""
        ids = {*related, *named}
        every = cmdb.visible_refs(EVERYTHING, ids)
        refs = every if reach.everything else cmdb.visible_refs(reach, ids)
        names = formulas.called_apart((ref.id, ref.name, ref.key) for ref in refs.values())
        return cls(related, refs, {id_: ref.type for id_, ref in every.items()}, names)

    def called(self, item: UUID) -> str:
        if item in self.refs:
            return self.names[item]
        if item not in self.types:
            return _("deleted item %(id)s") % {"id": item.hex[-6:]}
        layer = layer_of_type(self.types[item]).text()
        return _("restricted item, layer %(layer)s") % {"layer": layer}

    def hides(self, term: Term | None) -> bool:
        """Whether it names something that is there and out of reach."""
        named = formulas.items(term) if term else ()
        return any(item in self.types and item not in self.refs for item in named)

    def meant(self) -> dict[str, UUID]:
        """What may be named, by what it is called."""
        return {name: item for item, name in self.names.items() if item in self.related}

    def text(self, term: Term | None) -> str:
        return formulas.text(term, self.called) if term else ""

    def told(self, term: Term | None) -> TermTold | None:
        return self._told(term) if term else None

    def _told(self, term: Term) -> TermTold:
        item = term.item
        hidden = item is not None and item in self.types and item not in self.refs
        return TermTold(
            id=None if hidden else item,
            name=self.called(item) if item else "",
            hidden=hidden,
            standing=self._standing(item) if item and not hidden else None,
            word=term.word,
            need=term.needed if term.word else 0,
            minutes=term.minutes,
            parts=tuple(map(self._told, term.parts)),
        )

    def _standing(self, item: UUID) -> Standing:
        if item in self.related:
            return Standing.NEEDED
        return Standing.LEFT if item in self.types else Standing.GONE

    def items(self, term: Term | None) -> tuple[RelatedItem, ...]:
        """What the item needs, within reach, by name."""
        named = frozenset(formulas.items(term)) if term else frozenset[UUID]()
        seen = [item for item in self.related if item in self.refs]
        return tuple(
            RelatedItem(
                id=item,
                name=self.names[item],
                layer_label=layer_of_type(self.types[item]),
                named=item in named,
                grouped=self.related[item],
            )
            for item in sorted(seen, key=lambda item: (self.names[item], item))
        )

    def hidden_layers(self) -> tuple[Label, ...]:
        """Of what the item needs beyond the reader's reach; not how many."""
        layers = {
            layer_of_type(self.types.get(id_)) for id_ in self.related if id_ not in self.refs
        }
        return tuple(sorted(layers, key=lambda label: label.zh))
