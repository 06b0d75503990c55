"""The contract that holds every room's door; no cycles; no import inside a function without why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from grimp import ImportGraph
from importlinter.domain.contract import InvalidContractOptions

from tools.doors import Doors
from wardround.web.settings import ROOMS

PUBLIC = ["types", "queries"]


def checked(*imports: tuple[str, str], further: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """What the contract refuses of these imports, and which openings it finds unused."""
    graph = ImportGraph()
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="…")
    options = {"container": "house", "public": PUBLIC, "further": list(further)}
    contract = Doors("doors", {"root_packages": ["house"]}, options)
    found = contract.check(graph, verbose=False)
    assert found.kept == (not found.metadata["refused"] and not found.metadata["unused"])
    return found.metadata["refused"], found.metadata["unused"]


def test_a_room_is_entered_by_what_it_has_opened_only() -> None:
    assert checked(
        ("house.attic.actions", "house.cellar.queries"),
        ("house.attic.actions", "house.cellar"),
        ("house.cellar.queries", "house.cellar.shelves"),
        ("house.attic.actions", "house.cellar.shelves"),
        ("garden.gate", "house.cellar.queries.inner"),
    ) == (
        [
            "garden.gate (line 1) -> house.cellar.queries.inner",
            "house.attic.actions (line 1) -> house.cellar.shelves",
        ],
        [],
    )


def test_an_opening_lets_in_whom_it_names() -> None:
    crossing = ("house.attic.actions", "house.cellar.shelves")
    other = ("house.roof.tiles", "house.cellar.shelves")
    assert checked(crossing, further=["attic -> cellar.shelves: jam"]) == ([], [])
    assert checked(crossing, further=["attic -> *.shelves: jam"]) == ([], [])
    assert checked(crossing, other, further=["* -> cellar.shelves: jam"]) == ([], [])
    assert checked(crossing, other, further=["attic -> cellar.shelves: jam"]) == (
        ["house.roof.tiles (line 1) -> house.cellar.shelves"],
        [],
    )


def test_an_opening_nobody_uses_is_closed_again() -> None:
    public = ("house.attic.actions", "house.cellar.types")
    assert checked(public, further=["attic -> cellar.shelves: jam"]) == (
        [],
        ["attic -> cellar.shelves"],
    )


@pytest.mark.parametrize("line", ["attic -> cellar.shelves", "attic -> cellar.shelves: ", "cellar"])
def test_nothing_is_opened_without_a_reason(line: str) -> None:
    with pytest.raises(InvalidContractOptions):
        checked(further=[line])


# Cycles -----------------------------------------------------------------------------------------


def imported_by(tree: ast.AST, known: Iterable[str]) -> Iterator[str]:
    """Every module of ours that this source imports, wherever in it, also for types only."""
    known = frozenset(known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else str(node.module)


def imports_of_ours() -> dict[str, set[str]]:
    """Module → the modules of ours it imports. A package is its `__init__`."""
    files = [*Path("wardround").rglob("*.py"), *Path("sim").rglob("*.py")]
    modules = {
        ".".join(file.with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
        if "migrations" not in file.parts
    }
    return {
        name: set(imported_by(ast.parse(file.read_text("utf-8")), modules)) & modules.keys()
        for name, file in modules.items()
    }


def a_cycle(imports: dict[str, set[str]]) -> list[str]:
    """One chain of modules that leads back to its beginning; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_a_cycle_would_be_found() -> None:
    tree = ast.parse("def late() -> None:\n    from house.attic import stairs\n")
    assert set(imported_by(tree, ["house.attic", "house.attic.stairs"])) == {"house.attic.stairs"}
    assert a_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert not a_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def test_no_two_modules_import_each_other() -> None:
    imports = imports_of_ours()
    assert a_cycle(imports) == [], "imports inside functions and for types only count too"


# Imports inside functions -----------------------------------------------------------------------

_AROUND_DJANGO = {"apps.py", "command.py"}
"""Run while Django starts, or start it: what they import belongs to functions."""


def late_imports_without_a_reason(lines: list[str]) -> list[int]:
    """Numbers of lines that import late with no reason on the line or above their block."""
    bare, explained = [], False
    for number, line in enumerate(lines, start=1):
        if "noqa" in line and "PLC0415" in line:
            explained = explained or re.search(r"PLC0415\s+#\s*\w", line) is not None
            bare += [] if explained else [number]
        else:
            explained = line.lstrip().startswith("# ")
    return bare


def test_a_late_import_without_a_reason_is_found() -> None:
    late = "    import numba  # noqa: PLC0415"
    assert late_imports_without_a_reason(["def f():", late, late]) == [2, 3]
    assert late_imports_without_a_reason([f"{late}  # heavy", late, "", late]) == [4]
    assert late_imports_without_a_reason(["    # heavy", late, late]) == []


@pytest.mark.parametrize("room", sorted({*ROOMS, "site"} - {"dependability"}))
def test_an_import_inside_a_function_says_why(room: str) -> None:
    for file in Path("wardround", room).rglob("*.py"):
        if file.name not in _AROUND_DJANGO:
            assert not late_imports_without_a_reason(file.read_text("utf-8").splitlines()), file
