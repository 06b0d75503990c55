"""What a file comes to: read, planned, and its rows settled. Stores nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from wardround.cmdb import bulk, models, reconciling
from wardround.cmdb.errors import UnreadableImport
from wardround.cmdb.import_types import ColumnRead, Step, TableRead, TableWish, Verdict
from wardround.cmdb.intake.files import read_file
from wardround.cmdb.intake.identity import fields_of, same
from wardround.cmdb.intake.lines import Reading, Said, said
from wardround.cmdb.intake.naming import rows_of
from wardround.cmdb.intake.plans import TablePlan, Vocabulary, as_body, plan, wish_for, wishes_of
from wardround.cmdb.intake.progress import Watch
from wardround.cmdb.intake.tables import Cell, Line, Table
from wardround.cmdb.permissions import READ
from wardround.cmdb.reconciling import Reconciling
from wardround.cmdb.rows import Row, Rows
from wardround.cmdb.source_types import DataSource
from wardround.cmdb.vanishing import Gone
from wardround.cmdb.writing import Writing
from wardround.kernel import secrets
from wardround.kernel.reach import reach
from wardround.kernel.typed_text import matching
from wardround.kernel.types import Actor
from wardround.kernel.wording import listed as names_listed
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class Worked:
    """A file as it was read, and what becomes of its rows."""

    plans: tuple[TablePlan, ...]
    lines: Sequence[Said]
    outcome: Rows
    gone: Gone = field(default_factory=Gone)
    """What its source held before and this load does not."""
    loading: Reconciling | None = None

    @property
    def seen(self) -> dict[UUID, str]:
        """The items that the load holds, with what its source knows them by: those of refused rows
        too, for they have not vanished.
        """
        own = {line.number: str(line.columns.get("own") or "")[:200] for line in self.lines}
        about = {id_: "" for line in self.lines for id_ in line.about}
        stored = {
            row.item: own[row.row]
            for row in self.outcome.rows
            if row.item and row.verdict is not Verdict.REFUSED
        }
        return {**about, **stored}

    @property
    def writing(self) -> Writing:
        """What is to be stored."""
        writing = self.outcome.writing
        if self.loading is None:
            return writing
        retired = [*writing.retired, *(each.item for each in self.gone.retired)]
        return replace(writing, retired=retired, source=self.loading.source.name)


def sealed(data: bytes) -> str:
    """A file as it is kept: it may hold secrets."""
    return secrets.seal(base64.b64encode(data).decode())


def opened(run: models.ImportRun) -> list[Table]:
    """The tables of the file that is kept. Raises UnreadableImport."""
    data = base64.b64decode(secrets.unseal(run.file))
    return read_file(run.file_name, data)


def worked(  # noqa: PLR0913  # what it works with, and whom it tells
    actor: Actor,
    run: models.ImportRun,
    tables: Sequence[Table],
    watch: Watch,
    at: datetime,
    *,
    key: str | None = None,
) -> Worked:
    """What the rows come to, by the definitions of this moment, which the caller holds. `key`: the
    item that the only row is about, as a person says; empty: a new one.

    Raises UnreadableImport where no table says anything.
    """
    vocabulary = Vocabulary(schema.item_types(), schema.relation_kinds())
    wishes = wishes_of(run.wishes)
    if run.profile and wishes and not any(wish_for(table, wishes) for table in tables):
        raise _of_no_profile(tables, wishes)
    plans = tuple(plan(table, vocabulary, type_name=run.type, wishes=wishes) for table in tables)
    if not any(each.targets for each in plans):
        why = _("No row of it is recognised as heads, such as 编号, 名称 or name.")
        raise UnreadableImport(field="file", why=why)
    _refuse_unknown(plans, vocabulary)
    loading = Reconciling(reconciling.source_named(run.source)) if run.source else None
    blank = frozenset(map(matching, loading.source.placeholders)) if loading else frozenset()
    reading = Reading(vocabulary, timezone.get_current_timezone(), blank, clear=run.clear)
    many = sum(each.rows for each in plans if each.head and each.targets)
    lines = list(watch.each(Step.READING, said(tables, plans, reading), many))
    for line in lines if key else ():
        line.columns["key"] = key
    if loading:
        _leave_out(lines)
    rows = rows_of(
        lines,
        reach(actor, READ),
        schema.remembered_item_types(),
        vocabulary.kinds,
        partial(reconciling.known_as, run.source),
        new=key == "",
    )
    outcome = bulk.prepared(actor, rows, revive=True, watch=_checking(watch), reconciling=loading)
    done = Worked(plans, lines, outcome, loading=loading)
    if loading is None or key is not None:
        return done
    return replace(done, gone=_gone(done, loading.source, at))


def reworked(
    actor: Actor, run: models.ImportRun, line: models.ImportLine, key: str, at: datetime
) -> Worked:
    """What one refused row comes to as a row about the item with this key; without one, about a
    new item.
    """
    plan_ = next(each for each in run.plan if each["table"] == line.table)
    columns = plan_["columns"]
    heads: list[Cell] = [None] * (max(column["place"] for column in columns) + 1)
    for column in columns:
        heads[column["place"]] = column["head"]
    cells = [*cast("Sequence[Cell]", json.loads(secrets.unseal(line.cells)))]
    table = Table(line.table, [Line(1, heads), Line(max(line.row, 2), cells)])
    told = {column["head"]: column["to"] for column in columns}
    wish = TableWish(plan_["type"], told, plan_.get("types", {}))
    once = copy(run)
    once.wishes = as_body({line.table: wish})
    return worked(actor, once, [table], Watch(run.id), at, key=key)


def _of_no_profile(tables: Sequence[Table], wishes: Mapping[str, TableWish]) -> UnreadableImport:
    """Guessed instead, it would be written otherwise than whoever chose the mapping expects."""
    why = _(
        "The mapping knows none of its tables (%(tables)s), by name or by heads; it has: %(known)s."
        " Give the file the name that it was exported with, or choose another mapping."
    )
    told = {
        "tables": names_listed([table.name[:50] for table in tables[:5]]),
        "known": names_listed([*wishes][:10]),
    }
    return UnreadableImport(field="profile", why=why % told)


def _leave_out(lines: Sequence[Said]) -> None:
    """What identifies nothing where it should identify is nothing."""
    types = schema.remembered_item_types()
    identifying = {name: fields_of({name: known}) for name, known in types.items()}
    for line in lines:
        for name in identifying.get(line.type, ()):
            value = line.attributes.get(name)
            if value is not None and not same(name, value, types[line.type]):
                del line.attributes[name]


def _gone(done: Worked, source: DataSource, at: datetime) -> Gone:
    types = {line.type for line in done.lines if line.type and not line.of_relations}
    refused = {row.row for row in done.outcome.rows if row.verdict is Verdict.REFUSED}
    types |= {each.type for each in done.plans if each.type and each.head}
    return reconciling.gone(
        source,
        done.seen,
        {row.key for row in done.outcome.rows if row.key},
        types,
        at=at,
        doubtful=any(line.doubtful and line.number in refused for line in done.lines),
    )


def _checking(watch: Watch) -> Callable[[Sequence[Row]], Iterable[Row]]:
    return lambda rows: watch.each(Step.CHECKING, rows)


def _refuse_unknown(plans: Sequence[TablePlan], vocabulary: Vocabulary) -> None:
    """What columns are said to mean must still be there: else all of them would be lost unseen."""
    names = {
        each
        for known in vocabulary.types.values()
        for attribute in known.attributes
        for each in (attribute.name, attribute.renamed_from)
    }
    for each in plans:
        if each.type and each.type not in vocabulary.types:
            why = _("There is no item type “%s”.") % each.type[:50]
            raise UnreadableImport(field="type", why=why)
        for column in each.columns:
            group, _dot, name = column.to.partition(".")
            known = name in names if group == "attributes" else True
            if group in ("relation", "reverse"):
                known = name in vocabulary.kinds
            if not known:
                message = _(
                    "The column “%(head)s” is to be “%(to)s”, which is not there (any more)."
                )
                why = message % {"head": column.head, "to": column.to}
                raise UnreadableImport(field="tables", why=why)


# As it is kept -----------------------------------------------------------------------------------


def plans_body(plans: Sequence[TablePlan]) -> list[dict[str, Any]]:
    return [
        {
            "table": each.table,
            "type": each.type,
            "head": each.head,
            "rows": each.rows,
            "types": dict(each.types),
            "columns": [
                {"head": column.head, "to": column.to, "near": column.near, "place": column.place}
                for column in each.columns
            ],
        }
        for each in plans
    ]


def tables_of(body: Sequence[dict[str, Any]]) -> tuple[TableRead, ...]:
    return tuple(
        TableRead(
            each["table"],
            each["type"],
            each["head"],
            each["rows"],
            tuple(
                ColumnRead(column["head"], column["to"], column["near"])
                for column in each["columns"]
            ),
        )
        for each in body
    )


def wishes_of_plan(body: Sequence[dict[str, Any]]) -> dict[str, TableWish]:
    """The whole mapping, as a profile keeps it."""
    return {
        each["table"]: TableWish(
            each["type"] or None, {column["head"]: column["to"] for column in each["columns"]}
        )
        for each in body
    }
