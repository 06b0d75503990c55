"""What packs would change, definition by definition, and what would lose what it lives by."""

from __future__ import annotations

import contextlib
import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache as cached
from itertools import chain, count
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from wardround.schema import cache, dependents, kinds, models, packs
from wardround.schema.dependents import Renames
from wardround.schema.kinds import DefinitionView
from wardround.schema.neighbours import DefinitionKey, InForce, Installed
from wardround.schema.packs import Definition, Loaded
from wardround.schema.sources import Source
from wardround.schema.types import Change, ChangeKind, Difference, Problem, SetAside

_NONE: Renames = {}


def loaded(
    sources: Iterable[Source], *, removed: Collection[str] = (), renames: Renames = _NONE
) -> Loaded:
    """Packs read and checked together with everything else that is installed.

    Args:
        sources: the packs as they shall be.
        removed: names of installed packs that shall be there no more.
        renames: which definitions come under a new name.

    """
    wanted = list(sources)
    beside = _installed_beside(packs.names_in(wanted) | frozenset(removed))
    return packs.load(
        wanted, installed=beside, outside=kinds.outside, renames=renames, in_force=cached(_in_force)
    )


def _in_force() -> InForce:
    rows = list(models.Definition.objects.filter(current=True))
    texts = {(row.kind, row.name): row.text for row in rows}
    return InForce(texts, DefinitionView(values_of(rows), outside=kinds.outside))


def _installed_beside(replaced: Collection[str]) -> Installed:
    """What is installed in other packs than these."""
    present = models.InstalledPack.objects.exclude(name__in=list(replaced))
    required = {row.name: tuple(row.requires) for row in present}
    rows = models.Definition.objects.filter(current=True, pack__in=list(required))
    values: dict[str, dict[str, Any]] = {}
    owners = {}
    for kind, name, pack, body in rows.values_list("kind", "name", "pack", "body"):
        owners[kind, name] = pack
        if kinds.kind_named(kind) is not None:
            with contextlib.suppress(ValueError):
                values.setdefault(kind, {})[name] = cache.parsed(kind, body)
    return Installed(frozenset(required), values, owners, required)


def difference(
    ready: Loaded, *, renames: Renames = _NONE, removed: Collection[str] = ()
) -> Difference:
    """What bringing in these packs would change, with what lives by each definition."""
    names = [pack.name for pack in ready.packs]
    rows = models.Definition.objects.filter(current=True, pack__in=[*names, *removed])
    before = {(row.kind, row.name): row for row in rows}
    was = {(kind, new): (kind, old) for (kind, old), new in renames.items()}
    definitions = list(ready.definitions())
    changes = [
        change
        for definition in definitions
        if (
            change := _change(
                definition,
                before.get(was.get(definition.key, definition.key)),
                was.get(definition.key),
            )
        )
    ]
    staying = {definition.key for definition in definitions} | {*renames}
    changes += [_removal(row) for key, row in before.items() if key not in staying]
    told = _with_dependents(changes, before, ready)
    files = tuple(_other_files(ready, removed))
    changed = {(change.kind, change.name) for change in changes}
    advice = tuple(_advice(each for each in definitions if each.key in changed))
    return Difference((*names, *sorted(removed)), tuple(told), files, advice, _aside(renames))


_LONGEST_NAME = 80
"""Of a name that is set aside, as much as is kept before what tells it from others."""


def _aside(renames: Renames) -> tuple[SetAside, ...]:
    """The retired definitions whose names are taken, each with a name that is free."""
    found = []
    for kind, name in {(kind, new) for (kind, _old), new in renames.items()}:
        known = models.Definition.objects.filter(kind=kind)
        if known.filter(name=name).exists():
            stem = f"{name[:_LONGEST_NAME]}-retired"
            taken = set(known.filter(name__startswith=stem).values_list("name", flat=True))
            others = (f"{stem}-{number}" for number in count(2))
            becomes = next(free for free in chain([stem], others) if free not in taken)
            found.append(SetAside(kind, name, becomes))
    return tuple(sorted(found, key=attrgetter("kind", "name")))


def _advice(changed: Iterable[Definition]) -> Iterable[Problem]:
    """What is probably not meant so in definitions that change."""
    for definition in changed:
        kind = kinds.kind_named(definition.kind)
        if kind is not None and kind.advise is not None:
            for problem in kind.advise(definition.value):
                yield replace(problem, place=definition.place)


def _change(
    definition: Definition, before: models.Definition | None, was: DefinitionKey | None
) -> Change | None:
    if before is not None and _place(before) == (
        definition.name,
        definition.pack,
        definition.file,
        definition.text,
    ):
        return None
    kind = ChangeKind.ADDED if before is None else ChangeKind.CHANGED
    if was is not None and before is not None:
        kind = ChangeKind.RENAMED
    diff = text_difference(before.text if before else "", definition.text, definition.file)
    content = before is None or before.body != stored_body(definition)
    name_before = was[1] if was else ""
    return Change(
        kind,
        definition.pack,
        definition.kind,
        definition.name,
        definition.file,
        diff,
        content,
        name_before,
    )


def _place(row: models.Definition) -> tuple[str, str, str, str]:
    return row.name, row.pack, row.file, row.text


def _removal(row: models.Definition) -> Change:
    diff = text_difference(row.text, "", row.file)
    return Change(ChangeKind.REMOVED, row.pack, row.kind, row.name, row.file, diff)


def _with_dependents(
    changes: Iterable[Change], before: Mapping[DefinitionKey, models.Definition], ready: Loaded
) -> Iterable[Change]:
    """The changes, each with what lives by the definition and what of it would lose that."""
    every = list(changes)
    back = last_rows({change.was_key for change in every if change.was_key not in before})
    rows = {**back, **before}
    stored = values_of(row for change in every if (row := rows.get(change.was_key)))
    renames = {change.was_key: change.name for change in every if change.was}
    living = {kind: dependents.living(kind, values) for kind, values in stored.items()}
    added: dict[str, list[str]] = {}
    for change in every:
        if change.was_key not in rows:
            added.setdefault(change.kind, []).append(change.name)
    losing = {
        kind: dependents.losing(
            kind, stored.get(kind, {}), ready.view, renames=renames, added=added.get(kind, ())
        )
        for kind in {*stored, *added}
    }
    for change in every:
        kind, name = change.was_key
        yield replace(
            change,
            dependents=living.get(kind, {}).get(name, ()),
            lost=losing.get(kind, {}).get(name, ()),
        )


def last_rows(keys: Collection[DefinitionKey]) -> dict[DefinitionKey, models.Definition]:
    """The last version of each, in force or retired: what is retired may still be lived by."""
    names: dict[str, list[str]] = {}
    for kind, name in keys:
        names.setdefault(kind, []).append(name)
    wanted = Q(pk__in=())
    for kind, several in names.items():
        wanted |= Q(kind=kind, name__in=several)
    rows = models.Definition.objects.filter(wanted).order_by("kind", "name", "-version")
    return {(row.kind, row.name): row for row in rows.distinct("kind", "name")}


def values_of(rows: Iterable[models.Definition]) -> dict[str, dict[str, Any]]:
    """Stored definitions as values, by kind and name; of kinds that rooms here know.

    One in a form that nobody reads any more is left out; `queries.unread` names those in force.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if kinds.kind_named(row.kind) is not None:
            with contextlib.suppress(ValueError):
                found.setdefault(row.kind, {})[row.name] = cache.parsed(row.kind, row.body)
    return found


def stored_files(pack: str) -> dict[str, bytes]:
    """A pack's files as they are kept, tokens in place of secrets."""
    rows = models.PackFile.objects.filter(pack__name=pack)
    return {path: bytes(data) for path, data in rows.values_list("path", "data")}


def rename_problems(ready: Loaded, renames: Renames) -> Iterable[Problem]:
    """Renames of what is not there, to what is not brought, or to a name that is taken."""
    brought = {
        definition.key: definition for pack in ready.packs for definition in pack.definitions
    }
    for (kind, old), new in renames.items():
        details = {"kind": kind, "name": old, "new": new}
        known = models.Definition.objects.filter(kind=kind)
        if not known.filter(name=old, current=True).exists():
            yield Problem((), _("there is no %(kind)s “%(name)s” to rename"), details)
        if (kind, old) in brought:
            message = _("%(kind)s “%(name)s” is renamed and stands here still")
            yield Problem((), message, details)
        if (kind, new) not in brought:
            message = _("%(kind)s “%(name)s” is renamed to “%(new)s”, which is not here")
            yield Problem((), message, details)
        if known.filter(name=new, current=True).exists():
            message = _("the name “%(new)s” is that of another %(kind)s; choose a new one")
            yield Problem((), message, details)


def stored_body(definition: Definition) -> str:
    """The body as it is stored and compared."""
    return as_stored({key: value for key, value in definition.body.items() if key != "kind"})


def as_stored(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def text_difference(before: str, after: str, file: str) -> str:
    """A unified diff of two texts."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{file}", f"b/{file}", lineterm=""
    )
    return "\n".join(lines)


def _other_files(ready: Loaded, removed: Collection[str]) -> Iterable[str]:
    """Files whose bytes differ from those stored."""
    names = [*(pack.name for pack in ready.packs), *removed]
    rows = models.PackFile.objects.filter(pack__name__in=names)
    before = {
        (pack, path): bytes(data)
        for pack, path, data in rows.values_list("pack__name", "path", "data")
    }
    after = {
        (pack.name, path): data for pack in ready.packs for path, data in pack.source.files.items()
    }
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield "/".join(key)
