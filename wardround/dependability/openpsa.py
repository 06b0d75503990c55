"""Open-PSA Model Exchange Format (open-psa.github.io/mef), read: fault trees in failures.

A gate there says what must fail; here its dual says what must be up. Read are gates with all
operators (those with NOT, XOR and their like as their monotone hull, see `hull`), basic and house
events, names in scopes, parameters, expressions, common-cause groups, several files as one model.
What is refused is listed in `docs/dependability.md`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wardround.dependability.builder import Builder
from wardround.dependability.errors import (
    CyclicModel,
    DependabilityError,
    DuplicateName,
    NotAList,
    NotAName,
    SyntaxProblem,
)
from wardround.dependability.mef_elements import Definition, FileReader, too_large
from wardround.dependability.mef_formulas import Formulas
from wardround.dependability.mef_groups import Group, group_of
from wardround.dependability.mef_names import Names
from wardround.dependability.mef_numbers import MISSION_TIME, Numbers, only_child
from wardround.dependability.messages import Notice
from wardround.dependability.model import Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wardround.dependability.model import Model

LARGEST_FILE = 1 << 30
_CHUNK = 1 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_EVENTS = ("define-gate", "define-basic-event", "define-house-event")


def read_openpsa(
    *sources: bytes | BinaryIO,
    mission_time: float = MISSION_TIME,
    tops: Sequence[str] = (),
    largest: int = LARGEST_FILE,
    progress: Callable[[Notice], None] | None = None,
) -> Model:
    """Read one model from MEF bytes, or from files opened in binary mode.

    mission_time   hours that `system-mission-time` means
    tops           gates that will be asked about: of gates with NOT and the like only these and
                   the roots become part of the model, as their monotone hulls (`Model.hulls`)
    """
    if isinstance(tops, str):
        raise NotAList(tops)
    definitions: list[Definition] = []
    for source in sources:
        _no_text(source)
        file = str(getattr(source, "name", ""))
        chunks = [source] if isinstance(source, bytes) else _chunks(source, progress)
        FileReader(definitions, largest, file).read(chunks)
    return _Assembly(definitions, mission_time).model(tops)


def _no_text(source: object) -> None:
    if isinstance(source, str):
        raise NotAName("not_bytes", text=source[:80])


def _chunks(stream: BinaryIO, progress: Callable[[Notice], None] | None) -> Iterator[bytes]:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if progress is not None:
            progress(Notice("progress_reading", {"megabytes": size >> 20}))
        yield chunk


class _Assembly:
    def __init__(self, definitions: Sequence[Definition], mission_time: float) -> None:
        self.builder = Builder()
        parameters = (each for each in definitions if each.kind == "define-parameter")
        self.numbers = Numbers(Names(parameters, "parameter_twice"), mission_time)
        groups = [each for each in definitions if each.kind == "define-CCF-group"]
        Names(groups, "defined_twice")
        self.groups = [group_of(each, self.numbers) for each in groups]
        self.events = Names((each for each in definitions if each.kind in _EVENTS), "defined_twice")
        self.definitions = [each for each in definitions if each.kind in _EVENTS]
        self.members = self._members()
        self.formulas = Formulas(self.events, self.members, self.builder)

    def _label(self, group: Group, member: str) -> str:
        return self.events.label(member, group.definition.scope)

    def _members(self) -> dict[str, list[str]]:
        """The events of each member of a common-cause group, which take it with them."""
        found: dict[str, list[str]] = {}
        for group in self.groups:
            for members, _ in group.events():
                for member in members:
                    event = _event_name(members)
                    found.setdefault(self._label(group, member), []).append(event)
        return found

    def model(self, tops: Sequence[str]) -> Model:
        gates = [each for each in self.definitions if each.kind == "define-gate"]
        used = {below.label for gate in gates for below in self.formulas.gates_in(gate)}
        hulled = self._hulled(gates)
        for _ in self.formulas.inputs_first([each for each in gates if each.label in hulled]):
            pass  # refuses circles, also where no root is above them
        asked = [
            gate
            for gate in gates
            if gate.label in hulled and (gate.label not in used or gate.label in tops)
        ]
        for each in self.definitions:
            if each.label not in hulled:
                self._define(each)
        self._define_groups()
        if asked:
            from wardround.dependability.hull import Hulls  # noqa: PLC0415  loads the compiler

            Hulls(self.formulas, self.builder).define(asked)
        for gate in gates:
            if gate.label not in used:
                self.builder.top(self.builder.reference(gate.label))
        try:
            model = self.builder.model()
        except CyclicModel as circle:
            places = {each.label: each.place for each in self.definitions}
            circle.place = next((places[name] for name in circle.path if name in places), None)
            raise
        return replace(model, hulls=tuple(gate.label for gate in asked)) if asked else model

    def _hulled(self, gates: Sequence[Definition]) -> set[str]:
        """Labels of gates that are not monotone as written, and of all that rest on them."""
        above: dict[str, list[str]] = {}
        for gate in gates:
            for below in self.formulas.gates_in(gate):
                above.setdefault(below.label, []).append(gate.label)
        found = {gate.label for gate in gates if not self.formulas.is_monotone(gate)}
        stack = list(found)
        while stack:
            for label in above.get(stack.pop(), ()):
                if label not in found:
                    found.add(label)
                    stack.append(label)
        return found

    def _define(self, each: Definition) -> None:
        if each.kind == "define-house-event":
            self.builder.constant(each.label, up=not self.formulas.house(each), place=each.place)
        elif each.kind == "define-gate":
            self.formulas.define(each)
        elif each.label not in self.members or each.element.children:
            node = self.builder.define(each.label, place=each.place)
            if each.element.children:
                value = self.numbers.of(each, only_child(each))
                self.builder.number("probability", node, value, each.place)

    def _define_groups(self) -> None:
        owners: dict[str, Group] = {}
        for group in self.groups:
            for member in group.members:
                label, place = self._label(group, member), group.definition.place
                if self.builder.declared(label) or label in owners:
                    raise DuplicateName("defined_twice", name=label, place=place)
                owners[label] = group
            for members, chance in group.events():
                node = self.builder.define(_event_name(members), place=group.definition.place)
                self.builder.number("probability", node, chance, group.definition.place)
        for label, events in self.members.items():
            inputs = [Input(self.builder.reference(event)) for event in events]
            self.builder.define(label, need=len(inputs), inputs=inputs, fallible=False)


def _event_name(members: Sequence[str]) -> str:
    return f"[{' '.join(members)}]"


def read_model(
    *paths: Path | str,
    strict: bool = False,
    mission_time: float = MISSION_TIME,
    tops: Sequence[str] = (),
    largest: int = LARGEST_FILE,
    progress: Callable[[Notice], None] | None = None,
) -> Model:
    """Read files in either form: Open-PSA when they begin like XML, else the compact text form (one
    file only).
    """
    if isinstance(tops, str):
        raise NotAList(tops)
    files = [Path(each) for each in paths]
    if len(files) == 1 and not _is_xml(files[0]):
        return _read_text(files[0], strict, largest, progress)
    for path in files:
        if not _is_xml(path):
            raise SyntaxProblem("mixed_forms", file=str(path))
    streams: list[BinaryIO] = []
    try:
        streams += (path.open("rb") for path in files)
        return read_openpsa(
            *streams, mission_time=mission_time, tops=tops, largest=largest, progress=progress
        )
    finally:
        for stream in streams:
            stream.close()


def _is_xml(path: Path) -> bool:
    with path.open("rb") as stream:
        begin = stream.read(256)
    if begin.startswith(_UTF16):  # an odd byte at the end is half a character
        return begin.decode("utf-16", "ignore").lstrip().startswith("<")
    return begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _read_text(
    path: Path,
    strict: bool,  # noqa: FBT001  handed on
    largest: int,
    progress: Callable[[Notice], None] | None,
) -> Model:
    from wardround.dependability.text import parse  # noqa: PLC0415  loaded on demand

    with path.open("rb") as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise too_large(str(path), largest)
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        return parse(data.decode(encoding), strict=strict, progress=progress)
    except UnicodeDecodeError as error:
        raise SyntaxProblem("not_utf8", file=str(path), byte=error.start) from None
    except DependabilityError as error:
        if error.place is not None:
            error.place.file = str(path)
        raise


__all__ = ["LARGEST_FILE", "read_model", "read_openpsa"]
