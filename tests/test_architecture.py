"""What import contracts cannot see: no row leaves its room; every room says what it never does."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.db.models import Manager, Model, QuerySet

import wardround
from wardround.web.settings import ROOMS

_ALL_ROOMS = sorted(
    package.name for package in pkgutil.iter_modules(wardround.__path__) if package.ispkg
)


def doors() -> Iterator[str]:
    """Every public module of every room: `queries` and `actions`, as modules or packages."""
    for room in ROOMS:
        for door in ("queries", "actions", "signals"):
            name = f"wardround.{room}.{door}"
            if importlib.util.find_spec(name) is not None:
                yield name


def mentions_the_orm(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Model | QuerySet | Manager):
        return True
    origin = typing.get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Model | QuerySet | Manager):
        return True
    return any(mentions_the_orm(part) for part in typing.get_args(annotation))


@pytest.mark.parametrize("door", list(doors()))
def test_no_row_leaves_its_room(door: str) -> None:
    module = importlib.import_module(door)
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__.startswith(door) and not name.startswith("_"):
            hints = typing.get_type_hints(inspect.unwrap(function)).values()
            assert not any(map(mentions_the_orm, hints)), f"{door}.{name} lets a row out"


@pytest.mark.parametrize("room", _ALL_ROOMS)
def test_a_room_says_what_it_must_never_do(room: str) -> None:
    said = importlib.import_module(f"wardround.{room}").__doc__ or ""
    assert "must never" in said.replace("\n", " ")


def modules_of(room: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"wardround.{room}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


_APART = {"wardround.cmdb.documents.reading_child": "a program that imports nothing of ours"}
"""Modules that no other imports."""


@pytest.mark.parametrize("room", _ALL_ROOMS)
def test_what_can_go_wrong_in_a_room_stands_in_one_file(room: str) -> None:
    for module in modules_of(room):
        if module.__name__ in _APART:
            continue
        for name, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, BaseException) and found.__module__ == module.__name__:
                assert module.__name__ == f"wardround.{room}.errors", f"{name} belongs there"


# Names ------------------------------------------------------------------------------------------

_SWEPT = (
    "access",
    "alerts",
    "boards",
    "cmdb",
    "collect",
    "dependability",
    "detection",
    "history",
    "impact",
    "kernel",
    "knowledge",
    "notify",
    "rounds",
    "schema",
    "site",
    "tickets",
    "web",
    "workflow",
    "worktime",
)
"""Rooms in which no variable is called `one`; with the last of them the list goes."""


def bound_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that code binds, with its line: assigned, looped over, caught, a parameter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.ExceptHandler) and node.name is not None:
            yield node.name, node.lineno


def test_names_are_found_wherever_they_are_bound() -> None:
    code = """
for one in (): pass
[two for two in () if (three := two)]
def f(four, *five, six=1, **seven): pass
lambda eight: eight
try: pass
except ValueError as nine: pass
with f as (ten, *eleven): pass
"""
    assert {name for name, _ in bound_names(ast.parse(code))} == {
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    }  # fmt: skip


@pytest.mark.parametrize("room", _SWEPT)
def test_a_variable_says_what_it_holds(room: str) -> None:
    for file in Path("wardround", room).rglob("*.py"):
        for name, line in bound_names(ast.parse(file.read_text("utf-8"))):
            assert name != "one", f"{file}:{line}: one what?"
