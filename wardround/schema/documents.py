"""YAML as packs use it: every node knows its line and column, and nothing in it is executed.

Plain scalars are read by the YAML 1.2 core schema, not 1.1: `no` and `off` are text, `12:00` is
text and not 720, dates stay text, and a number with leading zeros (a serial, an extension) stays
text too. Tags are refused. Aliases are allowed, but count as often as they are used. A file that
breaks a rule is read on where that makes sense, so that all its mistakes are told at once.
"""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from django.utils.translation import gettext_noop as _

from wardround.schema.errors import DocumentEnds
from wardround.schema.types import Path, Place, Problem

MOST_BYTES = 32 * 1024 * 1024
MOST_NODES = 2_000_000
MOST_DEPTH = 60

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_BEGINS_NUMBER = frozenset("+-.0123456789")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML has it


@dataclass(slots=True)
class Node:
    """A scalar, a list of nodes, or a mapping of key → (node of the key, node of the value)."""

    line: int
    column: int
    value: Any = None
    size: int = 1
    """Nodes in it, itself included; what an alias stands for counts each time."""
    height: int = 0
    """Levels below it."""

    def plain(self) -> Any:
        """The value alone, as JSON has it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, (_key, node) in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: Path, *, key: bool = False) -> Node:
        """The node at `path`, or its key's; the deepest one there is where the path ends early."""
        node = self
        for index, step in enumerate(path):
            if isinstance(node.value, dict) and step in node.value:
                name, value = node.value[step]
                node = name if key and index == len(path) - 1 else value
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file: its nodes, and its text byte for byte.

    A `---` between two divides them and is of neither; one before the first is of that one.
    """

    root: Node
    text: str
    first_line: int = 1
    """The line of the file on which the text begins."""
    start: int = 0
    """The character of the file with which the text begins, a byte order mark not counted."""
    head: int = 0
    """Characters of the text that end with a `---` before anything is said."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(slots=True)
class Reading:
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


_met: ContextVar[dict[bytes, Sequence[Document]] | None] = ContextVar("documents_met", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Until it ends, a file without mistakes that is read again is the same documents.

    A save looks at the same text several times: by itself, in its file, and in the whole of the
    packs. The collector of cycles waits too: every node is needed, and to look through all of them
    again and again takes several times as long as to make them.
    """
    if _met.get() is not None:
        yield
        return
    token, collecting = _met.set({}), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _met.reset(token)
        if collecting:
            gc.enable()


def read(data: bytes, file: str) -> Reading:
    """The documents of one file, and what is wrong with it."""
    met = _met.get()
    if met is not None and data in met:
        return Reading(list(met[data]))
    reading = _read(data, file)
    if met is not None and not reading.problems:
        met[data] = tuple(reading.documents)
    return reading


def _read(data: bytes, file: str) -> Reading:
    reading = Reading()
    if len(data) > MOST_BYTES:
        details = {"found": len(data), "most": MOST_BYTES}
        message = _("the file has %(found)s bytes; at most %(most)s are read")
        reading.problems.append(Problem((), message, details, place=Place(file, 1, 1)))
        return reading
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reading.problems.append(_not_utf8(data, error, file))
        return reading
    builder = _Builder(file, reading.problems)
    try:
        reading.documents.extend(builder.documents(text))
    except DocumentEnds as stop:
        reading.problems.append(stop.problem)
    except yaml.YAMLError as error:
        reading.problems.append(_not_yaml(text, error, file))
    return reading


def _not_utf8(data: bytes, error: UnicodeDecodeError, file: str) -> Problem:
    before = data[: error.start]
    place = Place(file, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
    return Problem((), _("the file is not UTF-8 text"), place=place, expected="UTF-8")


def _not_yaml(text: str, error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    position = getattr(error, "position", None)
    if mark is not None:
        place = Place(file, mark.line + 1, mark.column + 1)
    else:
        before = text[: position or 0]
        place = Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    return Problem(
        (), _("this is not YAML: %(what)s"), {"what": what}, place=place, expected="YAML"
    )


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: Node
    anchor: str | None
    key: Node | None = None


class _Builder:
    """Builds nodes from libyaml's events with a stack of its own, so that depth is no danger."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.open: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0
        self.root: Node | None = None

    def documents(self, text: str) -> Iterator[Document]:
        start, first_line, head, begun = 0, 1, 0, False
        for event in _events(text):
            if isinstance(event, _BETWEEN):
                first, last, line = _span(event)
                if self.root is not None:
                    yield Document(self.root, text[start:first], first_line, start, head)
                    head, begun = 0, True
                if last > first and begun:
                    start = _after_line(text, last)
                    first_line = line + text.count("\n", last, start)
                elif last > first:
                    head = _after_line(text, last)
                self.root, self.anchors = None, {}
            else:
                self.take(event)

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:  # most of them
            self.add(self.scalar(event), event.anchor)
        elif kind is yaml.SequenceStartEvent:
            self.begin(event, [])
        elif kind is yaml.MappingStartEvent:
            self.begin(event, {})
        elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            closed = self.open.pop()
            self.add(closed.node, closed.anchor)
        elif kind is yaml.AliasEvent:
            self.alias(event)

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def node(self, event: Any, value: Any) -> Node:
        if event.tag is not None and event.tag != "!":
            details = {"tag": event.tag}
            message = _("tags such as “%(tag)s” are not used in packs")
            self.problems.append(Problem((), message, details, place=self.place(event)))
        mark = event.start_mark
        return Node(mark.line + 1, mark.column + 1, value)

    def begin(self, event: Any, empty: list[Node] | dict[str, tuple[Node, Node]]) -> None:
        if len(self.open) >= MOST_DEPTH:
            raise self.too_deep(self.place(event))
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(self.node(event, empty), event.anchor))

    def too_deep(self, place: Place) -> DocumentEnds:
        message = _("nested deeper than %(most)s levels")
        return DocumentEnds(Problem((), message, {"most": MOST_DEPTH}, place=place))

    def scalar(self, event: Any) -> Node:
        quoted = not event.implicit[0]
        return self.node(event, event.value if quoted else plain_scalar(event.value))

    def alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            message = _("the alias “*%(name)s” stands for nothing above it, or for itself")
            raise DocumentEnds(
                Problem((), message, {"name": event.anchor}, place=self.place(event))
            )
        self.add(
            replace(target, line=event.start_mark.line + 1, column=event.start_mark.column + 1),
            None,
        )

    def add(self, node: Node, anchor: str | None) -> None:
        """Put a finished node where it belongs."""
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node if node.value is not None else None
            return
        parent = self.open[-1]
        around = parent.node
        around.size += node.size
        if node.height >= around.height:
            around.height = node.height + 1
        if len(self.open) + node.height > MOST_DEPTH:
            raise self.too_deep(Place(self.file, node.line, node.column))
        if around.size > MOST_NODES:
            message = _("more than %(most)s values, aliases counted as often as they are used")
            place = Place(self.file, node.line, node.column)
            raise DocumentEnds(Problem((), message, {"most": MOST_NODES}, place=place))
        if isinstance(around.value, list):
            around.value.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self.put(around.value, parent.key, node)
            parent.key = None

    def put(self, mapping: dict[str, tuple[Node, Node]], key: Node, value: Node) -> None:
        if type(key.value) is str and key.value not in mapping:  # as nearly every key is
            mapping[key.value] = (key, value)
            return
        place = Place(self.file, key.line, key.column)
        if isinstance(key.value, list | dict) or key.value is None:
            self.problems.append(Problem((), _("a key must be a single word or text"), place=place))
            return
        name = key.value if isinstance(key.value, str) else str(key.value)
        if name in mapping:
            first = mapping[name][0]
            details = {"key": name, "line": first.line}
            message = _("the key “%(key)s” stands here twice, first in line %(line)s")
            self.problems.append(Problem((), message, details, found=name, place=place))
            return
        mapping[name] = (key, value)


_BETWEEN = (yaml.DocumentStartEvent, yaml.StreamEndEvent)


def _events(text: str) -> Iterator[Any]:
    return yaml.parse(text, Loader=_loader)


def _span(event: Any) -> tuple[int, int, int]:
    """Where it starts and ends, and the line it ends in."""
    return event.start_mark.index, event.end_mark.index, event.end_mark.line + 1


def _after_line(text: str, index: int) -> int:
    """The beginning of the next line where nothing but blanks follows on this one."""
    end = text.find("\n", index)
    if end >= 0 and not text[index:end].strip():
        return end + 1
    return index


def plain_scalar(text: str) -> str | int | float | bool | None:
    """An unquoted scalar by the YAML 1.2 core schema; numbers with leading zeros stay text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return _number_in(text) if text[0] in _BEGINS_NUMBER else text


def _number_in(text: str) -> str | int | float:
    if _INTEGER.fullmatch(text) or _HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    return text
