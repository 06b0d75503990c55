"""What goes with an item when it is deleted, told before: as far as the reader may know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db.models import Count, Q

from wardround.cmdb import import_queries, leaving, models, pointing
from wardround.cmdb.bin_types import Deletion, Effect
from wardround.cmdb.items import ItemRef
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.reading import both_ends, names
from wardround.cmdb.restricted import Sight
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

_MOST_NAMES = 5
_RELATIONS = Wording(untranslated("Relations"))
_RELATIONS_GO = Wording(
    untranslated("They go, and come back with it as far as their other end is there.")
)
_NAMED = Wording(untranslated("Items that name it"))
_NAMED_GO = Wording(untranslated("The field is emptied, and filled again when it comes back."))
_SERVED = Wording(untranslated("Business systems that stand on it"))
_SERVED_GO = Wording(untranslated("Their models lose it, and what stands on it alone."))
_SERVING = Wording(untranslated("Items that serve it"))
_SERVING_GO = Wording(untranslated("They serve this business system no longer."))
_IMPORTS = Wording(untranslated("Imports that made or changed it"))
_IMPORTS_STAY = Wording(untranslated("They can be undone as one no longer."))


def of(actor: Actor, rows: Sequence[models.Item]) -> tuple[Deletion, ...]:
    """A fixed number of statements for any number of items."""
    ids, seen = [row.id for row in rows], reach(actor, READ)
    related = _related(seen, ids)
    naming = _naming(seen, ids)
    serving = _serving(seen, ids)
    refs = names(seen, {system for row in rows for system in seen.of(row.systems)}).refs
    imports = _imports(actor, ids)
    elsewhere = leaving.counted(actor, ids)
    told = []
    for row in rows:
        served = [refs[each].name for each in row.systems if each in refs and each != row.id]
        effects = [
            _effect("relations", _RELATIONS, related.get(row.id, []), _RELATIONS_GO),
            _effect("named", _NAMED, naming.get(row.id, []), _NAMED_GO),
            _effect("systems", _SERVED, served, _SERVED_GO),
            _effect("parts", _SERVING, serving.get(row.id, []), _SERVING_GO),
            Effect("imports", _IMPORTS, imports.get(row.id, 0), _IMPORTS_STAY),
            *(
                Effect(each.thing, each.label, counts.get(row.id, 0), each.becomes)
                for each, counts in elsewhere
            ),
        ]
        ref = ItemRef(row.id, row.key, row.name, row.type)
        told.append(Deletion(ref, tuple(each for each in effects if each.count)))
    return tuple(told)


def _effect(thing: str, label: Wording, called: Sequence[str], becomes: Wording) -> Effect:
    return Effect(thing, label, len(called), becomes, tuple(sorted(called)[:_MOST_NAMES]))


def _related(seen: Reach, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = models.Relation.objects.filter(
        both_ends(seen), Q(source__in=ids) | Q(target__in=ids)
    ).values_list("source_id", "source__name", "target_id", "target__name")
    found: dict[UUID, list[str]] = {}
    for source, source_name, target, target_name in rows:
        found.setdefault(source, []).append(target_name)
        found.setdefault(target, []).append(source_name)
    return found


def _naming(seen: Reach, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found = dict[UUID, list[str]]()
    for row, _field, to in seen_naming(seen, ids):
        found.setdefault(to, []).append(row.name)
    return found


def seen_naming(seen: Reach, ids: Collection[UUID]) -> Iterator[pointing.Pointing]:
    """Who names these, as far as the reader may know of it."""
    sight = Sight(seen)
    for row, field, to in pointing.naming(ids):
        name = field.removeprefix(pointing.ATTRIBUTE)
        if not seen.covers(row.id, row.systems):
            continue
        if name == field or name not in sight.hidden(row.type, row.id, row.systems):
            yield row, field, to


def _imports(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, int]:
    if not actor.holds(WRITE):
        return {}
    runs = models.ImportRun.objects.filter(import_queries.visible(actor), undone_at=None)
    rows = models.ImportLine.objects.filter(item__in=ids, run__in=runs.values("id"))
    return dict(rows.values_list("item").annotate(number=Count("run", distinct=True)).order_by())


def _serving(seen: Reach, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = models.Item.objects.filter(seen.condition(), systems__overlap=ids)
    found: dict[UUID, list[str]] = {}
    for id_, name, systems in rows.values_list("id", "name", "systems"):
        for system in set(systems) & set(ids) - {id_}:
            found.setdefault(system, []).append(name)
    return found
