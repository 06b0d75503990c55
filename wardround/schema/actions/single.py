"""Saving and retiring one definition alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import (
    differences,
    documents,
    drafts,
    kinds,
    queries,
    refusals,
    set_values,
    writing,
)
from wardround.schema.actions.permitting import (
    as_shown,
    beyond,
    counts_of,
    refused_by_rows,
    require_consent,
    require_kinds,
    require_readable,
)
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.errors import (
    BaseVersionMissing,
    DefinitionGone,
    StaleDefinition,
    UnknownDefinition,
    ValueNotWritten,
)
from wardround.schema.names import stored_row
from wardround.schema.packs import Loaded
from wardround.schema.permissions import EDIT
from wardround.schema.readable import require_whole, require_writing
from wardround.schema.types import Difference, Path, Problem


@documents.read_once()
@transaction.atomic
def save_definition(  # noqa: PLR0913  # all but the first two are named
    actor: Actor,
    draft: DefinitionDraft,
    *,
    at: datetime,
    base_version: int | None = None,
    consent: bool = False,
    said: Mapping[str, object] | None = None,
) -> Difference:
    """Write one definition alone, new or changed or under a new name; a version for each change.

    It stays in the pack and file it came from, every other byte of which stays as it is; a new
    one goes into the hospital's own pack. Definitions that refer to a renamed one follow. One that
    an update left waiting is the hospital's own from then on, saved as it is too.

    Args:
        actor: who does it.
        draft: the definition.
        at: now.
        base_version: the version that was edited; None for a definition that is new.
        consent: whether things may lose what they live by.
        said: what the audit tells beside, such as a reason.

    Raises:
        UnknownDefinition: no such kind.
        StaleDefinition: another version is in force than the one that was edited.
        BadDefinitionText: every mistake, in its text and in what refers to it.
        ConsentNeeded: what would be lost, counted.

    """
    require_whole(actor, EDIT)
    require_writing(actor, {draft.kind})
    writing.locked_revision()
    require_readable(actor, draft.stored_key)
    _require_base(draft, base_version)
    ready, difference, problems = _proposal(draft)
    if problems:
        raise refusals.refuse_text(problems)
    require_kinds(actor, difference)
    if refused := refused_by_rows(actor, difference, ready):
        raise refusals.refuse_text([drafts.placed(draft, problem) for problem in refused])
    require_consent(difference, consent=consent)
    if not difference.empty:
        writing.write(actor, ready, difference, at)
        writing.note_departures(difference.changes)
        _record(actor, "definition.save", difference, draft, **(said or {}))
    elif writing.keep(draft.key):
        _record(actor, "definition.save", difference, draft, **(said or {}))
    return difference


@documents.read_once()
def check_definition(actor: Actor, draft: DefinitionDraft) -> tuple[Difference, list[Problem]]:
    """What saving would change, and every mistake; writes nothing. Raises UnknownDefinition."""
    require_whole(actor, EDIT)
    require_writing(actor, {draft.kind})
    require_readable(actor, draft.stored_key)
    ready, difference, problems = _proposal(draft)
    if not problems:
        problems = [drafts.placed(draft, problem) for problem in beyond(actor, difference, ready)]
        advice = [drafts.placed(draft, problem) for problem in difference.advice]
        difference = replace(difference, advice=tuple(advice))
    return as_shown(actor, difference), problems


def draft_with(
    actor: Actor, kind: str, name: str, path: Path, values: Mapping[str, str | bool]
) -> tuple[DefinitionDraft, int]:
    """A definition in force with these keys set at `path`, to be saved, and its version now.

    Raises UnknownDefinition, and ValueNotWritten where its text has a form into which nothing is
    written by itself.
    """
    require_whole(actor, EDIT)
    stored = queries.stored(actor, kind, name)
    text = set_values.with_values(stored.text, path, values)
    if text is None:
        raise ValueNotWritten(name=name)
    return DefinitionDraft(kind=kind, name=name, text=text), stored.version


def _proposal(draft: DefinitionDraft) -> tuple[Loaded, Difference, list[Problem]]:
    if kinds.kind_named(draft.kind) is None:
        raise UnknownDefinition(kind="kind", name=draft.kind)
    prepared = drafts.prepared(draft)
    if prepared.problems:
        return prepared.ready, Difference(()), prepared.problems
    difference = differences.difference(prepared.ready, renames=draft.renames)
    return prepared.ready, _each_a_version(difference), []


def _each_a_version(difference: Difference) -> Difference:
    """Who edits a definition makes a version of it, even of its remarks: the next one can tell."""
    return replace(
        difference, changes=tuple(replace(change, content=True) for change in difference.changes)
    )


def _require_base(draft: DefinitionDraft, base_version: int | None) -> None:
    row = stored_row(draft.stored_key)
    if row is None and base_version is not None:
        raise DefinitionGone(field="base_version", version=base_version)
    if row is not None and base_version is None:
        raise BaseVersionMissing(field="base_version", version=row.version)
    if row is not None and row.version != base_version:
        raise StaleDefinition(field="base_version", version=row.version)


@documents.read_once()
@transaction.atomic
def retire_definition(  # noqa: PLR0913  # all are named
    actor: Actor,
    kind: str,
    name: str,
    *,
    at: datetime,
    base_version: int | None = None,
    consent: bool = False,
) -> Difference:
    """Take one definition out of force; its versions stay readable, and what began with them.

    Raises UnknownDefinition, StaleDefinition, DefinitionNeeded where another definition refers to
    it, and ConsentNeeded where something would lose what it lives by.
    """
    require_whole(actor, EDIT)
    require_writing(actor, {kind})
    writing.locked_revision()
    require_readable(actor, (kind, name))
    ready = _retirement(kind, name, base_version)
    if ready.problems:
        raise refusals.refuse_retirement(ready.problems)
    difference = differences.difference(ready)
    require_kinds(actor, difference)
    require_consent(difference, consent=consent)
    writing.write(actor, ready, difference, at)
    writing.note_departures(difference.changes)
    _record(actor, "definition.retire", difference, DefinitionDraft(kind=kind, name=name))
    return difference


@documents.read_once()
def check_retirement(actor: Actor, kind: str, name: str) -> tuple[Difference, list[Problem]]:
    """What retiring would do, and why it cannot be; writes nothing. Raises UnknownDefinition."""
    require_whole(actor, EDIT)
    require_writing(actor, {kind})
    require_readable(actor, (kind, name))
    ready = _retirement(kind, name, None)
    difference = differences.difference(ready)
    return as_shown(actor, difference), [
        *ready.problems,
        *beyond(actor, difference, ready),
    ]


def _retirement(kind: str, name: str, base_version: int | None) -> Loaded:
    row = stored_row((kind, name))
    if row is None:
        raise UnknownDefinition(kind=kind, name=name)
    if base_version is not None and row.version != base_version:
        raise StaleDefinition(field="base_version", version=row.version)
    ready = drafts.without(row)
    # They name what is there until now: nothing else was meant.
    return replace(ready, problems=[replace(each, suggestion="") for each in ready.problems])


def _record(
    actor: Actor, action: str, difference: Difference, draft: DefinitionDraft, **said: object
) -> None:
    row = queries.stored(actor, draft.kind, draft.name)
    audit.record(
        actor,
        action,
        subject=("definition", f"{draft.kind}/{draft.name}"),
        pack=row.pack,
        version=row.version,
        **({"renamed_from": draft.renamed_from} if draft.renamed_from else {}),
        **counts_of(difference.changes),
        **said,
    )
