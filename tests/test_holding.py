"""Whoever writes rows that name definitions holds these first: every transaction of the rooms above
the definitions is walked, and either begins with it or has a reason here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = Path(__file__).parent.parent / "wardround"
ABOVE = ("cmdb", "collect", "detection", "worktime", "alerts", "tickets", "boards", "rounds",
         "knowledge", "workflow", "notify")  # fmt: skip
_ENDS_BY_ITSELF = "an alert of a rule that is gone, or called otherwise, ends within a minute"
WITHOUT = {
    "cmdb.bulk._beyond": "in the transaction of its caller, who holds them; takes all of it back",
    "alerts.actions.handling.end_silences": "ends what was said of troubles; names nothing",
    "alerts.actions.handling.handle": "says what people did with an alert; names nothing",
    "alerts.actions.expiring.follow_dates": "what is gone, or called otherwise, ends by itself",
    "alerts.actions.raising.end_unmeasured": "takes names away",
    "alerts.actions.raising.raise_alerts": _ENDS_BY_ITSELF,
    "alerts.actions.raising.resolve_alerts": "takes names away",
    "alerts.actions.raising.confirm_alerts": "notes a value and a moment",
    "alerts.actions.raising.settle_conditions": "writes a condition",
    "alerts.actions.raising.mark_unknown": "writes a condition",
    "cmdb.documents.texts._begun": "counts how often it was tried; names nothing",
    "cmdb.documents.texts._keep": "the text of a file; names nothing",
    "cmdb.documents.texts.forget": "removes what no version holds; names nothing",
    "cmdb.import_undoing._begun": "counts how often it was tried; names nothing",
    "cmdb.actions.set_conditions": "writes a condition",
    "cmdb.kept_places.forget": "places of a picture; names nothing",
    "cmdb.kept_places.keep": "places of a picture; names nothing",
    "cmdb.writing._insert": "a savepoint inside an action",
    "collect.actions._save": "a savepoint inside an action",
    "collect.actions.delete_target": "takes a row away",
    "collect.actions.record_standings": "how targets stand; names nothing",
    "collect.trials._ask": "asks for a trial; names nothing",
    "detection.actions.record": _ENDS_BY_ITSELF,
    "tickets.actions.people.comment": "a line; changes nothing of the ticket",
}
"""Transactions that name no definition, or whose names need not follow."""


def transactions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for room in ABOVE:
        for path in sorted((ROOMS / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            module = ".".join(path.relative_to(ROOMS).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and _is_transaction(node):
                    yield f"{module}.{node.name}", node


def _is_transaction(function: ast.FunctionDef) -> bool:
    said = [*function.decorator_list]
    for node in ast.walk(function):
        if isinstance(node, ast.With):
            said += [item.context_expr for item in node.items]
    return any("transaction.atomic" in ast.unparse(each) for each in said)


def holds_first(function: ast.FunctionDef) -> bool:
    """Only how long it may wait is said before."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    acts = [text for text in map(ast.unparse, body) if text != "statements.take_time()"]
    return acts[0] == "schema.hold()"


FOUND = dict(transactions())


def test_who_gives_roles_waits_for_who_declares_them() -> None:
    """Below the definitions: whoever changes these locks administration before anything else."""
    givers = 0
    for module in ("accounts", "roles"):
        source = (ROOMS / "access" / "actions" / f"{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                text = ast.unparse(node)
                if any(part in text for part in ("_set_roles(", "RoleAssignment", "models.Role")):
                    givers += 1
                    assert "lock_administration()" in text, node.name
    assert givers > 5


def test_the_walk_finds_them() -> None:
    assert len(FOUND) > 20
    assert {*WITHOUT} - {*FOUND} == set()


@pytest.mark.parametrize("name", sorted(FOUND))
def test_who_writes_names_of_definitions_holds_them_first(name: str) -> None:
    assert holds_first(FOUND[name]) is (name not in WITHOUT)
