"""Which definition a name in an Open-PSA file means.

A name is looked up in the component around it, then outward in each scope that encloses that, then
among the public names, then as a full path (`tree.component.name`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.dependability.errors import DuplicateName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wardround.dependability.mef_elements import Definition


class Names:
    """Events (gates, basic and house events share their names) or parameters. `label` becomes the
    name in the model: the plain one where it is public, the full path where it is private.
    """

    def __init__(self, definitions: Iterable[Definition], twice: str) -> None:
        self.public: dict[str, Definition] = {}
        self.by_path: dict[str, Definition] = {}
        for each in definitions:
            self._add(each, twice)

    def _add(self, definition: Definition, twice: str) -> None:
        definition.label = definition.path if definition.private else definition.name
        clash = definition.path in self.by_path or (
            not definition.private and definition.name in self.public
        )
        if clash:
            raise DuplicateName(twice, name=definition.label, place=definition.place)
        self.by_path[definition.path] = definition
        if not definition.private:
            self.public[definition.name] = definition

    def find(self, name: str, scope: tuple[str, ...]) -> Definition | None:
        for depth in range(len(scope), 0, -1):
            found = self.by_path.get(".".join((*scope[:depth], name)))
            if found is not None:
                return found
        return self.public.get(name) or self.by_path.get(name)

    def label(self, name: str, scope: tuple[str, ...]) -> str:
        """The name in the model; of what is defined nowhere, the name as written."""
        found = self.find(name, scope)
        return found.label if found else name
