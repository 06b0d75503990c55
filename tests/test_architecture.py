"""What import contracts cannot see: no row leaves its room; every room says what it never does."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import typing
from collections.abc import Iterator

import pytest
from django.db.models import Manager, Model, QuerySet

import wardround
from wardround.web.settings import ROOMS

_ALL_ROOMS = sorted(one.name for one in pkgutil.iter_modules(wardround.__path__) if one.ispkg)


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
