"""What a file comes to: read, planned, and its rows settled. Stores nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardround.cmdb import bulk, models
from wardround.cmdb.errors import UnreadableImport
from wardround.cmdb.import_types import ColumnRead, Step, TableRead, TableWish
from wardround.cmdb.intake.files import read_file
from wardround.cmdb.intake.lines import Reading, Said, said
from wardround.cmdb.intake.naming import rows_of
from wardround.cmdb.intake.plans import TablePlan, Vocabulary, plan, wishes_of
from wardround.cmdb.intake.progress import Watch
from wardround.cmdb.intake.tables import Table
from wardround.cmdb.permissions import READ
from wardround.cmdb.rows import Row, Rows
from wardround.kernel import secrets
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class Worked:
    """A file as it was read, and what becomes of its rows."""

    plans: tuple[TablePlan, ...]
    lines: Sequence[Said]
    outcome: Rows


def sealed(data: bytes) -> str:
    """A file as it is kept: it may hold secrets."""
    return secrets.seal(base64.b64encode(data).decode())


def opened(run: models.ImportRun) -> list[Table]:
    """The tables of the file that is kept. Raises UnreadableImport."""
    data = base64.b64decode(secrets.unseal(run.file))
    return read_file(run.file_name, data)


def worked(actor: Actor, run: models.ImportRun, tables: Sequence[Table], watch: Watch) -> Worked:
    """What the rows come to, by the definitions of this moment, which the caller holds.

    Raises UnreadableImport where no table says anything.
    """
    vocabulary = Vocabulary(schema.item_types(), schema.relation_kinds())
    wishes = wishes_of(run.wishes)
    plans = tuple(plan(table, vocabulary, type_name=run.type, wishes=wishes) for table in tables)
    if not any(each.targets for each in plans):
        why = _("No row of it is recognised as heads, such as 编号, 名称 or name.")
        raise UnreadableImport(field="file", why=why)
    _refuse_unknown(plans, vocabulary)
    reading = Reading(vocabulary, timezone.get_current_timezone(), run.clear)
    many = sum(each.rows for each in plans if each.head and each.targets)
    lines = list(watch.each(Step.READING, said(tables, plans, reading), many))
    seen = reach(actor, READ)
    rows = rows_of(lines, seen, schema.remembered_item_types(), vocabulary.kinds)
    return Worked(plans, lines, bulk.prepared(actor, rows, revive=True, watch=_checking(watch)))


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
