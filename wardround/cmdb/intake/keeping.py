"""The rows of an import as they are kept: what is told of them, and what an undo needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from wardround.cmdb import models, statements
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.intake import cells
from wardround.cmdb.intake.lines import Said
from wardround.cmdb.intake.tables import Cell, Lacking
from wardround.cmdb.intake.working import Worked
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.rows import RelationStep, RowOutcome
from wardround.kernel import secrets

_COLUMNS = ("name", "importance", "owner", "vendor")


def keep(run: models.ImportRun, worked: Worked) -> None:
    """Keep the rows that changed something or were refused; the others are counted alone."""
    models.ImportLine.objects.filter(run=run).delete()
    lines = {line.number: line for line in worked.lines}
    kept = [
        _kept(lines[row.row], row)
        for row in worked.outcome.rows
        if row.verdict is not Verdict.UNCHANGED
    ]
    if kept:
        parameters = {"run": run.id, "rows": json.dumps(kept, default=str)}
        statements.changed("insert_import_lines", parameters)
    for verdict in Verdict:
        setattr(run, str(verdict), worked.outcome.of(verdict))
    run.rows = len(worked.outcome.rows)


def _kept(line: Said, row: RowOutcome) -> dict[str, Any]:
    refused = row.verdict is Verdict.REFUSED
    return {
        "number": row.row,
        "table_name": line.table[:255],
        "row": line.line.number,
        "verdict": str(row.verdict),
        "item": None if refused else row.item,
        "key": (row.key or str(line.columns.get("key") or ""))[:200],
        "name": (row.name or str(line.columns.get("name") or ""))[:300],
        "type": (row.type or line.type)[:50],
        "changes": [*_changes(row)],
        "problems": [
            {"field": problem.field, "message": str(problem.message)} for problem in row.problems
        ],
        "before": None if refused else _before(row),
        "cells": _sealed(line.line.cells) if refused else "",
    }


def _changes(row: RowOutcome) -> Iterator[dict[str, Any]]:
    for change in row.prepared.changes if row.prepared else ():
        yield {"field": change.field, "old": change.old, "new": change.new}
    for step in row.relations:
        source = row.item is None or step.after.source == row.item
        other = step.after.target if source else step.after.source
        yield {
            "field": f"relation.{step.after.kind}",
            "old": _told(step.before),
            "new": _told(step.after),
            "other": str(other),
        }


def _told(row: RelationRow | None) -> dict[str, Any] | None:
    return None if row is None else {name: getattr(row, name) for name in DETAILS}


def _before(row: RowOutcome) -> dict[str, Any]:
    """What an undo brings back, in stored form."""
    made = row.prepared
    body: dict[str, Any] = {"relations": [_relation_before(step) for step in row.relations]}
    if made is None or not made.news:
        return body
    if made.before is None:
        return {**body, "created": True}
    was, becomes = made.before, made.after
    body["columns"] = {
        name: getattr(was, name)
        for name in _COLUMNS
        if getattr(was, name) != getattr(becomes, name)
    }
    names = {*was.attributes, *becomes.attributes}
    body["attributes"] = {
        name: was.attributes.get(name)
        for name in names
        if was.attributes.get(name) != becomes.attributes.get(name)
    }
    return {**body, "revived": was.retired}


def _relation_before(step: RelationStep) -> dict[str, Any]:
    after = step.after
    ends = {"id": after.id, "kind": after.kind, "source": after.source, "target": after.target}
    return {**ends, "after": _told(after), "before": _told(step.before)}


# Cells -------------------------------------------------------------------------------------------


def _sealed(given: Sequence[Cell]) -> str:
    return secrets.seal(json.dumps([_plain(cell) for cell in given], ensure_ascii=False))


def _plain(cell: Cell) -> object:
    if isinstance(cell, Lacking):
        return ""
    if isinstance(cell, date | datetime | time | timedelta):
        return cells.as_text(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return int(cell)
    return cell


def cells_of(line: models.ImportLine) -> Sequence[object]:
    """A refused row as it was sent."""
    found: Sequence[object] = json.loads(secrets.unseal(line.cells))
    return found


def body_of(line: models.ImportLine) -> Mapping[str, Any]:
    return line.before or {}
