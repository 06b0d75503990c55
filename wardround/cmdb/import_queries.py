"""Reading imports: those one sent oneself, and all of them for who may write everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from wardround.cmdb import models, reconciling, rules
from wardround.cmdb.errors import UnknownImport, UnknownProfile
from wardround.cmdb.import_telling import LinesTold
from wardround.cmdb.import_types import (
    UNDER_WAY,
    Import,
    ImportPage,
    ImportState,
    Line,
    LineChange,
    LinePage,
    LineProblem,
    Profile,
    RefusedTable,
    Verdict,
)
from wardround.cmdb.intake import keeping, progress
from wardround.cmdb.intake.plans import wishes_of
from wardround.cmdb.intake.working import tables_of
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.profile_types import PROFILE, DeclaredProfile
from wardround.cmdb.reading import Names, names
from wardround.cmdb.types import OUT_OF_REACH, RESTRICTED, ItemRef, OutOfReach
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import ALWAYS, Actor, Named, TimeRange
from wardround.kernel.wording import called
from wardround.schema import queries as schema

_SORTABLE = {
    "created_at": "created_at",
    "file": "file_name",
    "state": "state",
    "rows": "rows",
    "created": "created",
    "changed": "changed",
    "refused": "refused",
}


_AT_WORK = (ImportState.READING, ImportState.WRITING, ImportState.UNDOING)


def visible(actor: Actor) -> Q:
    """The condition on imports: a file tells of what its rows are about."""
    whole = reach(actor, READ).everything and reach(actor, WRITE).everything
    return Q() if whole else Q(actor_id=actor.id)


def state_label(state: str) -> str:
    return str(called(ImportState(state)))


def list_imports(  # noqa: PLR0913  # all but one are named
    actor: Actor,
    *,
    states: Collection[ImportState] = (),
    q: str | None = None,
    created: TimeRange = ALWAYS,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> ImportPage:
    """Imports, the newest first."""
    rows = models.ImportRun.objects.filter(visible(actor), during(created, "created_at"))
    if states:
        rows = rows.filter(state__in=states)
    for word in (q or "").split()[:10]:
        rows = rows.filter(Q(file_name__icontains=word) | Q(actor_name__icontains=word))
    total = rows.count()
    page = paginate(
        rows.defer("plan", "wishes"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=_SORTABLE,
        default_sort="-created_at",
    )
    return ImportPage(tuple(_import(row, whole=False) for row in page.rows), page.next, total)


def get(actor: Actor, import_id: UUID) -> Import:
    """Raises UnknownImport, also for one that the actor may not know of."""
    row = _row(actor, import_id)
    return _import(row, whole=True)


def _row(actor: Actor, import_id: UUID) -> models.ImportRun:
    row = models.ImportRun.objects.filter(visible(actor), id=import_id).first()
    if row is None:
        raise UnknownImport(field="import")
    return row


def _import(row: models.ImportRun, *, whole: bool) -> Import:
    ahead = 0
    if row.state == ImportState.WAITING:
        before = models.ImportRun.objects.filter(created_at__lt=row.created_at)
        ahead = before.filter(state__in=UNDER_WAY).count()
    return Import(
        id=row.id,
        file=row.file_name,
        state=ImportState(row.state),
        dry_run=row.dry_run,
        profile=row.profile,
        source=row.source,
        source_label=_source_label(row.source),
        type=row.type,
        clear=row.clear,
        by=Named(row.actor_id, row.actor_name),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        rows=row.rows,
        created=row.created,
        changed=row.changed,
        unchanged=row.unchanged,
        refused=row.refused,
        proposed=row.proposed,
        marked=row.marked,
        retired=row.retired,
        held=row.held,
        why=row.why,
        ahead=ahead,
        has_file=bool(row.file),
        tables=tables_of(row.plan) if whole else (),
        progress=progress.told().get(row.id) if whole and row.state in _AT_WORK else None,
    )


def _source_label(name: str) -> str:
    known = reconciling.sources().get(name) if name else None
    return known.label.text() if known else name


# Rows --------------------------------------------------------------------------------------------


def list_lines(  # noqa: PLR0913  # all but two are named
    actor: Actor,
    import_id: UUID,
    *,
    verdicts: Collection[Verdict] = (),
    tables: Collection[str] = (),
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> LinePage:
    """What became of the rows, in the order of the file; those that changed nothing are not kept.

    Raises UnknownImport.
    """
    run = _row(actor, import_id)
    seen = reach(actor, READ)
    rows = _within(models.ImportLine.objects.filter(run=run), seen)
    if verdicts:
        wanted = Q(verdict__in=verdicts)
        if Verdict.PROPOSED in verdicts:  # beside what was written of the row, too
            wanted |= ~Q(proposed=[])
        rows = rows.filter(wanted)
    if tables:
        rows = rows.filter(table__in=tables)
    told = LinesTold(actor, run)
    for word in (q or "").split()[:10]:
        found = Q(name__icontains=word) | Q(key__icontains=word)
        rows = rows.filter(found | Q(problems__icontains=word) if told.whole else found)
    total = rows.count()
    sortable = {"row": "number", "verdict": "verdict", "name": "name", "key": "key"}
    page = paginate(
        rows.defer("before", "cells"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=sortable,
        default_sort="row",
    )
    return LinePage(_lines(page.rows, seen, told), page.next, total)


def _within(rows: QuerySet[models.ImportLine], seen: Reach) -> QuerySet[models.ImportLine]:
    """Rows about items that whoever sent the file may see still; a dry run's new ones are not
    there yet.
    """
    if seen.everything:
        return rows
    inside = models.Item.objects.filter(seen.condition()).values("id")
    return rows.filter(Q(item__isnull=True) | Q(item__in=inside))


@dataclass(frozen=True, slots=True)
class _Telling:
    names: Names
    pointing: Mapping[str, Collection[str]]
    lines: LinesTold
    there: Collection[UUID]

    def told(self, line: models.ImportLine, change: Mapping[str, Any], value: Any) -> Any:
        if value is None:
            return None
        if other := change.get("other"):
            ref = self.names.ref(rules.as_id(other))
            details = {name: said for name, said in value.items() if said is not None}
            name = _name_of(ref)
            return {"name": name, **details} if details else name
        if change["field"] in self.pointing.get(line.type, ()) and (id_ := rules.as_id(str(value))):
            people = change["field"] in ("owner", "vendor")
            return _name_of(self.names.person(id_) if people else self.names.ref(id_))
        return value


def _name_of(ref: ItemRef | OutOfReach | None) -> str:
    if ref is None or isinstance(ref, OutOfReach):
        return OUT_OF_REACH.name.text()
    return str(ref.name)


def _lines(rows: Sequence[models.ImportLine], seen: Reach, told: LinesTold) -> tuple[Line, ...]:
    types = schema.remembered_item_types()
    pointing = {
        name: ("owner", "vendor", *(f"attributes.{each}" for each in rules.reference_names(known)))
        for name, known in types.items()
    }
    ids = {
        id_
        for row in rows
        for change in (*row.changes, *row.proposed)
        for value in (change.get("other"), change["old"], change["new"])
        if isinstance(value, str) and (id_ := rules.as_id(value))
    }
    ids |= {id_ for row in rows for text in row.choices if (id_ := rules.as_id(text))}
    fresh = {row.item: row.name for row in rows if row.item and row.verdict == Verdict.CREATED}
    found = names(seen, ids)
    told.look_at(rows)
    telling = _Telling(_with_fresh(found, fresh, seen), pointing, told, _there(rows))
    return tuple(_line(row, telling) for row in rows)


def _with_fresh(found: Names, fresh: Mapping[UUID, str], seen: Reach) -> Names:
    """With what a dry run would make, for whoever sees everything: it is in the file."""
    if not seen.everything:
        return found
    made = {id_: ItemRef(id_, "", name, "") for id_, name in fresh.items()}
    return Names({**made, **found.refs}, {*made, *found.inside})


def _there(rows: Sequence[models.ImportLine]) -> frozenset[UUID]:
    """Those of the items that rows may be about that were not deleted since."""
    ids = [id_ for row in rows for text in row.choices if (id_ := rules.as_id(text))]
    there = models.Item.objects.filter(id__in=ids).values_list("id", flat=True) if ids else ()
    return frozenset(there)


def _line(row: models.ImportLine, telling: _Telling) -> Line:
    problems = tuple(
        LineProblem(each["field"], telling.lines.message(row, each)) for each in row.problems
    )
    return Line(
        number=row.number,
        table=row.table,
        row=row.row,
        verdict=Verdict(row.verdict),
        item=row.item,
        key=row.key,
        name=row.name,
        type=row.type,
        changes=_changes(row, row.changes, telling),
        problems=problems,
        proposed=_changes(row, row.proposed, telling),
        choices=tuple(
            ref
            for text in row.choices
            if isinstance(ref := telling.names.ref(rules.as_id(text)), ItemRef)
            and ref.id in telling.there
        ),
    )


def _changes(
    row: models.ImportLine, changes: Sequence[Mapping[str, Any]], telling: _Telling
) -> tuple[LineChange, ...]:
    return tuple(
        LineChange(change["field"], RESTRICTED.text(), RESTRICTED.text())
        if telling.lines.hides(row, change["field"])
        else LineChange(
            change["field"],
            telling.told(row, change, change["old"]),
            telling.told(row, change, change["new"]),
        )
        for change in changes
    )


_OWN = {
    "key": gettext_lazy("Key"),
    "name": gettext_lazy("Name"),
    "type": gettext_lazy("Type"),
    "importance": gettext_lazy("Class of importance"),
    "owner": gettext_lazy("Owner"),
    "vendor": gettext_lazy("Vendor"),
    "created": gettext_lazy("Made"),
    "retired": gettext_lazy("Retired"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "kind": gettext_lazy("Relation"),
    "relation": gettext_lazy("Relation"),
    "group": gettext_lazy("Group"),
    "need": gettext_lazy("Needed of the group"),
    "standby": gettext_lazy("Standby"),
    "switch_minutes": gettext_lazy("Minutes to switch"),
}


def type_text(name: str) -> str:
    """What a type is called."""
    known = schema.remembered_item_types().get(name)
    return known.label.text() if known else name


def field_text(field: str, type_name: str) -> str:
    """What a field of an item of this type is called."""
    if field in _OWN:
        return str(_OWN[field])
    group, _dot, name = field.partition(".")
    if group == "attributes":
        known = schema.remembered_item_types().get(type_name)
        declared = known.attribute(name) if known else None
        return declared.label.text() if declared else name
    kind = schema.remembered_relation_kinds().get(name)
    if kind is None:
        return field
    return (kind.reverse_label if group == "reverse" else kind.label).text()


def refused(actor: Actor, import_id: UUID) -> tuple[RefusedTable, ...]:
    """The refused rows by table, as they were sent. Raises UnknownImport."""
    run = _row(actor, import_id)
    rows = models.ImportLine.objects.filter(run=run, verdict=Verdict.REFUSED).order_by("number")
    by_table: dict[str, list[tuple[Sequence[object], str]]] = defaultdict(list)
    told, plans = LinesTold(actor, run), {each["table"]: each["columns"] for each in run.plan}
    for row in rows:
        why = "; ".join(
            f"{field_text(each['field'], row.type)}: {told.message(row, each)}"
            for each in row.problems
        )
        cells = told.cells(row, keeping.cells_of(row), plans.get(row.table, ()))
        by_table[row.table].append((cells, why))
    heads = {each["table"]: _heads(each["columns"]) for each in run.plan}
    return tuple(
        RefusedTable(table, heads.get(table, ()), found) for table, found in by_table.items()
    )


def _heads(columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    heads = {column["place"]: column["head"].partition("#")[0] for column in columns}
    return tuple(heads.get(place, "") for place in range(max(heads, default=-1) + 1))


# Profiles ----------------------------------------------------------------------------------------


def profiles() -> list[Profile]:
    """Those that people kept, then those that are declared; one kept under the name of a declared
    one stands in its place.
    """
    kept = [_profile(row) for row in models.ImportProfile.objects.order_by("name")]
    names = {each.name for each in kept}
    declared = [_declared(each) for each in declared_profiles().values() if each.name not in names]
    return [*kept, *sorted(declared, key=lambda each: each.name)]


def declared_profiles() -> Mapping[str, DeclaredProfile]:
    found: Mapping[str, DeclaredProfile] = schema.definitions(PROFILE)
    return found


def _declared(profile: DeclaredProfile) -> Profile:
    source = profile.source or ""
    return Profile(profile.name, profile.wishes, profile.clear, source, None, "", profile.label)


def profile(name: str) -> Profile:
    """Raises UnknownProfile."""
    row = models.ImportProfile.objects.filter(name=name).first()
    if row is not None:
        return _profile(row)
    declared = declared_profiles().get(name)
    if declared is None:
        raise UnknownProfile(field="profile")
    return _declared(declared)


def _profile(row: models.ImportProfile) -> Profile:
    tables = wishes_of(row.tables)
    return Profile(
        row.name, tables, row.clear, row.source, row.changed_at, row.changed_by, row.name
    )
