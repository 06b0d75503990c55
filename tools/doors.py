"""An import-linter contract: from another room, only what a room has opened can be imported.

The names in `public` are the door of every room. Any other module is private, a new one from its
first line on, unless `further` opens it, to whom and why:

    "site -> collect.process: runs a collector"      to one room
    "* -> kernel.clock: the one moment of a request" to every room
    "__main__ -> *.command: reads the command line"  one name in every room

An opening that nobody uses breaks the contract too, so the list stays as short as it can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, cast

from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.fields import ValidationError

if TYPE_CHECKING:
    from grimp import ImportGraph

_OPENING = re.compile(r"(?P<importer>\w+|\*) -> (?P<module>(?:\w+|\*)(?:\.\w+)+): (?P<why>\S.*)")


@dataclass(frozen=True)
class Opening:
    """A module beside the door; `importer` is a room or `*`, `module` is `room.module`."""

    importer: str
    module: str

    def lets(self, importer: str, module: str) -> bool:
        return fnmatchcase(importer, self.importer) and fnmatchcase(module, self.module)

    def __str__(self) -> str:
        return f"{self.importer} -> {self.module}"


class OpeningField(fields.Field[Opening]):
    """`importer -> room.module: why`; without a reason nothing is opened."""

    def parse(self, raw_data: str | list[str]) -> Opening:
        found = _OPENING.fullmatch(raw_data) if isinstance(raw_data, str) else None
        if found is None:
            message = f"expected “importer -> room.module: why”, found “{raw_data}”"
            raise ValidationError(message)
        return Opening(found["importer"], found["module"])


@dataclass(frozen=True)
class Crossing:
    """An import from one room into another; rooms without their container's name."""

    importer: str
    imported: str
    """`room.module`, or the room itself."""
    line: str


class Doors(Contract):
    """See the module. Imports under TYPE_CHECKING and inside functions count like all others."""

    type_name = "doors"

    container = fields.StringField()
    public = fields.SetField(subfield=fields.StringField())
    further = fields.ListField(subfield=OpeningField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # the library's signature
        unused = set(cast("list[Opening]", self.further))
        refused = []
        for crossing in _crossings(graph, cast("str", self.container)):
            room, _, module = crossing.imported.partition(".")
            if not module or module in cast("set[str]", self.public):
                continue
            opened = {
                opening
                for opening in cast("list[Opening]", self.further)
                if opening.lets(crossing.importer, f"{room}.{module}")
            }
            unused -= opened
            if not opened:
                refused.append(crossing.line)
        metadata = {"refused": sorted(refused), "unused": sorted(map(str, unused))}
        return ContractCheck(kept=not refused and not unused, metadata=metadata)

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["refused"]:
            output.print_error(f"- not by the door: {line}", bold=False)
        for opening in check.metadata["unused"]:
            output.print_error(f"- opened, but nobody goes there: {opening}", bold=False)
        output.new_line()


def _crossings(graph: ImportGraph, container: str) -> Iterator[Crossing]:
    """Every import of a room's module by code that is not in that room."""
    for imported in graph.modules:
        if not imported.startswith(f"{container}."):
            continue
        inside = imported.removeprefix(f"{container}.")
        room = inside.partition(".")[0]
        for importer in graph.find_modules_that_directly_import(imported):
            of = importer.removeprefix(f"{container}.").partition(".")[0]
            if of != room:
                yield Crossing(of, inside, _shown(graph, importer, imported))


def _shown(graph: ImportGraph, importer: str, imported: str) -> str:
    details = graph.get_import_details(importer=importer, imported=imported)
    lines = ", ".join(str(found["line_number"]) for found in details)
    return f"{importer} (line {lines}) -> {imported}"
