"""Which fields of declared models the product's code reads, by the types that mypy finds.

An attribute is told from another of the same name by the type of what it is read from. What a
model's own method reads counts where something reads that method; what its validators read does
not count, nor does what a kind's check looks at only to accept it.
"""

from __future__ import annotations

import ast
import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_type_hints

from mypy import build, nodes, types
from mypy.config_parser import parse_config_file
from mypy.find_sources import create_source_list
from mypy.options import Options
from mypy.plugin import AttributeContext, MethodContext, Plugin
from pydantic import AliasPath

from wardround.kernel.wire import Answer
from wardround.schema.declarations import Part

ROOT = Path(__file__).parent.parent.parent
VALIDATORS = {"model_validator", "field_validator", "model_serializer", "field_serializer"}

Field = tuple[type[Part], str]


@dataclass(frozen=True)
class Read:
    """`name` is read from a value of the class `owner`, inside the method `inside`, if any."""

    owner: str
    name: str
    inside: tuple[str, str] | None = None


@dataclass
class Reads:
    """Every read in some code, and every answer that is made of a value's attributes."""

    reads: set[Read] = field(default_factory=set)
    answers: set[tuple[str, str]] = field(default_factory=set)
    """By full names: the class of the answer, and that of the value it is made of."""

    @cached_property
    def _counting(self) -> set[tuple[str, str]]:
        """What is read by code that runs: in no method, or in one that is itself read."""
        counting = {(read.owner, read.name) for read in self.reads if read.inside is None}
        for value, answers in self._answers_of.items():
            taken = {name for answer in answers for name, _inner in _told(answer)}
            counting |= {(f"{value.__module__}.{value.__qualname__}", name) for name in taken}
        while True:
            more = {
                (read.owner, read.name) for read in self.reads if read.inside in counting
            } - counting
            if not more:
                return counting
            counting |= more

    def of(self, part: type[Part]) -> set[str]:
        """The fields of a part that something reads: from it, or from a class it extends."""
        above = {f"{base.__module__}.{base.__qualname__}" for base in part.__mro__}
        read = {name for owner, name in self._counting if owner in above}
        return read & set(part.model_fields)

    @cached_property
    def _answers_of(self) -> dict[type[Any], set[type[Answer]]]:
        """By class, the answers that are made of it, those within other answers too."""
        made: dict[type[Any], set[type[Answer]]] = {}
        waiting = [(_class(answer), _class(value)) for answer, value in self.answers]
        while waiting:
            answer, value = waiting.pop()
            if not issubclass(answer, Answer) or answer in made.setdefault(value, set()):
                continue
            made[value].add(answer)
            hints = get_type_hints(value)
            for name, inner in _told(answer):
                waiting += product(_classes(inner), _classes(hints.get(name)))
        return made


def _class(full_name: str) -> type[Any]:
    module, _dot, name = full_name.rpartition(".")
    found: type[Any] = getattr(importlib.import_module(module), name)
    return found


def _told(answer: type[Answer]) -> Iterator[tuple[str, Any]]:
    """The attributes that an answer takes from what it is made of, and what it makes of each."""
    for name, info in answer.model_fields.items():
        alias = info.validation_alias
        taken = str(alias.path[0]) if isinstance(alias, AliasPath) else str(alias or name)
        yield taken, info.annotation


def _classes(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type):
        yield annotation
    for inner in get_args(annotation):
        yield from _classes(inner)


def in_code(folders: Iterable[str], *, ignoring: frozenset[str] = frozenset()) -> Reads:
    """What the code in these folders reads, functions whose full name is in `ignoring` aside."""
    options = Options()
    parse_config_file(options, lambda: None, str(ROOT / "pyproject.toml"))
    options.cache_dir = os.devnull
    options.plugins = [__file__, *options.plugins]
    sources = create_source_list([*folders], options)
    modules = {str(source.path): str(source.module) for source in sources}
    _seen.clear()
    _answered.clear()
    build.build(sources, options)
    found = Reads()
    around = {path: _Surroundings(module, Path(path)) for path, module in modules.items()}
    for path, line, classes, name in _seen:
        where = around[path].at(line) if path in around else _Where()
        if path in around and not where.ignored(ignoring):
            inside = where.method if where.owner in classes else None
            found.reads.add(Read(classes[0], name, inside))
    found.answers.update(_answered)
    return found


# What mypy tells while it checks --------------------------------------------------------------

_OURS = ("wardround.", "planted_")
_seen: set[tuple[str, int, tuple[str, ...], str]] = set()
"""File and line, the classes of the value read from (its own first), and the attribute."""
_answered: set[tuple[str, str]] = set()


class ReadsPlugin(Plugin):
    """Notes every attribute of the product's own classes that checked code reads."""

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], types.Type] | None:
        return _note_attribute if fullname.startswith(_OURS) else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], types.Type] | None:
        if fullname.endswith(".model_validate"):
            return _note_answer
        return _note_method if fullname.startswith(_OURS) else None


def _note_attribute(context: AttributeContext) -> types.Type:
    if not context.is_lvalue and isinstance(context.context, nodes.MemberExpr):
        path, name = context.api.path, context.context.name  # type: ignore[attr-defined]
        for info in _infos(context.type):
            classes = tuple(base.fullname for base in info.mro)
            _seen.add((path, context.context.line, classes, name))
    return context.default_attr_type


def _note_method(context: MethodContext) -> types.Type:
    callee = getattr(context.context, "callee", None)
    if isinstance(callee, nodes.MemberExpr):
        path = context.api.path  # type: ignore[attr-defined]
        for info in _infos(context.type):
            classes = tuple(base.fullname for base in info.mro)
            _seen.add((path, callee.line, classes, callee.name))
    return context.default_return_type


def _note_answer(context: MethodContext) -> types.Type:
    made = types.get_proper_type(context.default_return_type)
    if isinstance(made, types.Instance) and context.arg_types[0]:
        for info in _infos(context.arg_types[0][0]):
            _answered.add((made.type.fullname, info.fullname))
    return context.default_return_type


def plugin(_version: str) -> type[Plugin]:
    """What mypy loads: the plugin of the module that everybody else imports too."""
    module: Any = importlib.import_module("tests.schema.reads")
    found: type[Plugin] = module.ReadsPlugin
    return found


@dataclass(frozen=True)
class _Where:
    """The class and the function around a line, by their full names; empty where there is none."""

    owner: str = ""
    function: str = ""
    validates: bool = False

    @property
    def method(self) -> tuple[str, str] | None:
        always = self.function in ("", "model_post_init")
        return None if always or not self.owner else (self.owner, self.function)

    def ignored(self, ignoring: frozenset[str]) -> bool:
        return self.validates or self.function in ignoring


class _Surroundings:
    """Which class and function each line of a file lies in."""

    def __init__(self, module: str, file: Path) -> None:
        self.module = module
        self.lines: dict[int, _Where] = {}
        self.walk(ast.parse(file.read_text()), _Where())

    def at(self, line: int) -> _Where:
        return self.lines.get(line, _Where())

    def walk(self, node: ast.AST, where: _Where) -> None:
        for child in ast.iter_child_nodes(node):
            inner = where
            if isinstance(child, ast.ClassDef) and not where.function:
                inner = _Where(owner=f"{self.module}.{child.name}")
            elif isinstance(child, ast.FunctionDef) and not where.function:
                name = child.name if where.owner else f"{self.module}.{child.name}"
                validates = bool({_name(each) for each in child.decorator_list} & VALIDATORS)
                inner = replace(where, function=name, validates=validates)
            if isinstance(child, ast.ClassDef | ast.FunctionDef):
                last = child.end_lineno or child.lineno
                self.lines |= dict.fromkeys(range(child.lineno, last + 1), inner)
            self.walk(child, inner)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return getattr(node, "id", getattr(node, "attr", ""))


def _infos(known: types.Type | None) -> Iterator[nodes.TypeInfo]:
    """The classes that a value of this type may be of."""
    match types.get_proper_type(known):
        case types.Instance(type=info):
            yield info
        case types.UnionType(items=items):
            for item in items:
                yield from _infos(item)
        case types.TypeVarType(upper_bound=bound, values=values):
            for item in values or [bound]:
                yield from _infos(item)
        case _:
            return
