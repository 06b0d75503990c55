"""The rows of an import as they are kept: what is told of them, and what an undo needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from wardround.cmdb import models, statements
from wardround.cmdb.authority import as_proposed
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.intake import cells
from wardround.cmdb.intake.lines import Said as Line
from wardround.cmdb.intake.tables import Cell, Lacking
from wardround.cmdb.intake.working import Worked
from wardround.cmdb.reconciling import Reconciling
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.rows import RelationStep, RowOutcome
from wardround.cmdb.source_types import SeveralMatches
from wardround.cmdb.value_sources import Said
from wardround.kernel import secrets

_COLUMNS = ("name", "importance", "owner", "vendor")


def keep(run: models.ImportRun, worked: Worked) -> None:
    """Keep the rows that changed something or were refused; the others are counted alone."""
    models.ImportLine.objects.filter(run=run).delete()
    lines = {line.number: line for line in worked.lines}
    kept = [
        _kept(lines[row.row], row, worked.loading)
        for row in worked.outcome.rows
        if row.verdict is not Verdict.UNCHANGED
    ]
    kept += _gone(worked, len(worked.lines))
    if kept:
        parameters = {"run": run.id, "rows": json.dumps(kept, default=str)}
        statements.changed("insert_import_lines", parameters)
    for verdict in Verdict:
        setattr(run, str(verdict), worked.outcome.of(verdict))
    run.proposed = sum(bool(row.proposed) for row in worked.outcome.rows)
    run.marked, run.retired = len(worked.gone.marked), len(worked.gone.retired)
    run.held = len(worked.gone.held)
    run.rows = len(worked.outcome.rows)


def _kept(line: Line, row: RowOutcome, loading: Reconciling | None) -> dict[str, Any]:
    refused = row.verdict is Verdict.REFUSED
    asks = loading is not None and loading.source.several is SeveralMatches.ASK
    asked = refused and asks and bool(line.about)
    claimed = loading.said.get(row.item, {}) if loading and row.item else {}
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
        "proposed": [as_proposed(change) for change in row.proposed],
        "choices": [str(id_) for id_ in line.about] if asked else [],
        "before": None if refused else _before(row, claimed),
        "cells": _sealed(line.line.cells) if refused else "",
    }


def keep_decided(line: models.ImportLine, worked: Worked, mark: int) -> None:
    """What became of a row that a person said something of; `mark`: the last change by it."""
    (row,) = worked.outcome.rows
    kept = _kept(worked.lines[0], row, worked.loading)
    for name in ("verdict", "item", "key", "name", "type", "changes", "problems", "proposed"):
        setattr(line, name, json.loads(json.dumps(kept[name], default=str)))
    line.before = {**json.loads(json.dumps(kept["before"], default=str)), "mark": mark}
    line.choices, line.cells = [], ""
    line.save()


def _gone(worked: Worked, number: int) -> Iterator[dict[str, Any]]:
    """What vanished, after the rows, each as a row that the file does not have."""
    gone = worked.gone
    verdicts = {Verdict.MARKED: gone.marked, Verdict.RETIRED: gone.retired, Verdict.HELD: gone.held}
    for verdict, several in verdicts.items():
        for each in several:
            number += 1
            yield {
                "number": number,
                "table_name": "",
                "row": 0,
                "verdict": str(verdict),
                "item": each.item,
                "key": each.key,
                "name": each.name,
                "type": each.type,
                "before": {"gone": True} if verdict is Verdict.RETIRED else {},
                **{name: [] for name in ("changes", "problems", "proposed", "choices")},
                "cells": "",
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


def _before(row: RowOutcome, claimed: Said) -> dict[str, Any]:
    """What an undo brings back, in stored form."""
    made = row.prepared
    body: dict[str, Any] = {"relations": [_relation_before(step) for step in row.relations]}
    changed = {change.field for change in made.changes} if made else set()
    if claims := {name: entry for name, entry in claimed.items() if name in changed}:
        body["claims"] = claims
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
