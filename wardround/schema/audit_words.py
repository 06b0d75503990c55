"""How acts on packs and definitions are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.audit_words import Detail, Said, Subject
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label, Wording, untranslated
from wardround.schema import kinds, losses, models, queries
from wardround.schema.permissions import READ
from wardround.schema.readable import readable

DEFINITION = "definition"
_KIND_AND_NAME = untranslated("%(kind)s “%(name)s”")


def _packs(actor: Actor, names: Collection[str]) -> Mapping[str, Said]:
    if not actor.holds(READ):
        return {}
    found = {pack.name: pack.label for pack in queries.installed_packs(actor)}
    return {name: found[name] for name in names if name in found}


def _definitions(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    """By `kind/name`: the kind, and what the last version calls itself."""
    pairs = [tuple(id_.split("/", 1)) for id_ in ids if "/" in id_]
    labels = {
        kind: _labels(actor, kind, {name for its, name in pairs if its == kind})
        for kind, _name in pairs
    }
    return {
        f"{kind}/{name}": Wording(_KIND_AND_NAME, {"kind": label, "name": labels[kind][name]})
        for kind, name in pairs
        if name in labels[kind] and (label := queries.kind_label(kind))
    }


def _kinds() -> Iterator[Subject]:
    """Lines are about a definition by its kind where what lives by it was changed with it."""
    for kind in kinds.every():
        yield Subject(kind.name, kind.label or kind.name, partial(_labels_of, kind.name))


def _labels_of(kind: str, actor: Actor, names: Collection[str]) -> Mapping[str, Said]:
    return _labels(actor, kind, names)


def _labels(actor: Actor, kind: str, names: Collection[str]) -> dict[str, Said]:
    known = kinds.kind_named(kind)
    if known is None or not actor.holds(READ):
        return {}
    rows = models.Definition.objects.filter(kind=kind, name__in=list(names)).order_by("version")
    found: dict[str, Said] = {}
    for row in readable(actor, rows):
        label = known.label_of(kinds.plain(row.body))
        found[row.name] = label if isinstance(label, Label) else row.name
    return found


def _lost(value: Any, _called: audit_words.Lookup, _line: AuditLine) -> object:
    return losses.told(value)


_DETAILS = {
    "version": Detail(untranslated("Version")),
    "pack": Detail(untranslated("Pack"), audit_words.of("pack")),
    "old": Detail(untranslated("Was called")),
    "new": Detail(untranslated("Is called")),
    "renamed_from": Detail(untranslated("Was called")),
    "added": Detail(untranslated("Added")),
    "changed": Detail(untranslated("Changed")),
    "renamed": Detail(untranslated("Renamed")),
    "removed": Detail(untranslated("Retired")),
    "lost": Detail(untranslated("Lost their definition")),
    "what": Detail(untranslated("What was or would be lost"), _lost),
    "set": Detail(untranslated("What was set")),
    "reason": Detail(untranslated("Reason")),
    "problems": Detail(untranslated("Mistakes")),
}
_ACTS = {
    "definition.follow": untranslated("Followed a new name of an account or a role"),
    "definition.retire": untranslated("Retired a definition"),
    "definition.set_aside": untranslated("Gave way to a definition that the product ships"),
    "definition.save": untranslated("Saved a definition"),
    "pack.hold_back": untranslated("Left definitions as they were in an update of a shipped pack"),
    "pack.import": untranslated("Imported a pack"),
    "pack.lose": untranslated("An update of a shipped pack took something away"),
    "pack.refuse": untranslated("Refused packs with mistakes"),
    "pack.remove": untranslated("Removed a pack"),
}


def declare() -> None:
    audit_words.declare_family(_kinds)
    audit_words.declare(
        _ACTS,
        subjects=[
            Subject("pack", Wording("Pack"), _packs),
            Subject(DEFINITION, Wording("Definition"), _definitions),
        ],
        details=_DETAILS,
    )
