"""What is asked before definitions change, whichever way, and what is told of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from wardround.kernel.types import Actor
from wardround.schema import cache, dependents, kinds, refusals, writing
from wardround.schema.errors import UnknownDefinition
from wardround.schema.names import stored_row
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Loaded
from wardround.schema.readable import readable, require_writing, unreadable
from wardround.schema.types import Change, ChangeKind, Difference, Place, Problem


def require_readable(actor: Actor, key: DefinitionKey) -> None:
    """What somebody may not read is not there for them."""
    row = stored_row(key)
    if row is not None and not readable(actor, [row]):
        raise UnknownDefinition(kind=key[0], name=key[1])


def require_kinds(actor: Actor, difference: Difference) -> None:
    """What a change takes along counts too: texts that follow a name, lines that a pack loses."""
    require_writing(actor, {change.kind for change in difference.changes})


def as_shown(actor: Actor, difference: Difference) -> Difference:
    """Without the texts of definitions that the actor may not read."""
    hidden = {(row.kind, row.name) for row in unreadable(actor)}
    changes = (
        replace(change, diff="") if change.was_key in hidden else change
        for change in difference.changes
    )
    return replace(difference, changes=tuple(changes))


def require_consent(difference: Difference, *, consent: bool) -> None:
    if difference.lost and not consent:
        raise refusals.ask_consent(difference.lost)


def counts_of(changes: Sequence[Change]) -> Mapping[str, int]:
    """How many definitions were changed in each way, and how many things lost one."""
    counts = {
        str(kind): len([1 for change in changes if change.change is kind]) for kind in ChangeKind
    }
    if not counts[ChangeKind.RENAMED]:
        del counts[ChangeKind.RENAMED]
    taken = (each for change in changes for each in change.lost)
    lost = sum(each.count for each in dependents.in_all(taken))
    return {**counts, "lost": lost} if lost else counts


def beyond(actor: Actor, difference: Difference, ready: Loaded) -> Iterable[Problem]:
    """What the actor would be refused on carrying this out."""
    places = {definition.key: definition.place for definition in ready.definitions()}
    for change in difference.changes:
        kind = kinds.kind_named(change.kind)
        gone = change.change is ChangeKind.REMOVED
        value = (
            cache.snapshot().values(change.kind).get(change.name)
            if gone
            else ready.view.get(change.kind, change.name)
        )
        refused = (kind.leaving if gone else kind.beyond) if kind else None
        if refused is not None and value is not None:
            place = places.get((change.kind, change.name), Place(change.file, 1, 1))
            yield from (replace(problem, place=place) for problem in refused(value, actor))
    yield from refused_by_rows(actor, difference, ready)


def refused_by_rows(actor: Actor, difference: Difference, ready: Loaded) -> list[Problem]:
    """Why what is there makes the change impossible, whoever consents."""
    places = {definition.key: definition.place for definition in ready.definitions()}
    before = writing.values_before(difference)
    renames = {change.was_key: change.name for change in difference.of(ChangeKind.RENAMED)}
    found = []
    for kind in sorted({change.kind for change in difference.changes}):
        values = before.get(kind, {})
        told = dependents.refusing(actor, kind, values, ready.view, renames=renames)
        for name, problems in told.items():
            place = places.get((kind, name))
            found += [replace(problem, place=place) for problem in problems]
    return found
