"""What packs that are read would do to those that are installed beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema import kinds
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.types import Problem, Reference

DefinitionKey = tuple[str, str]
"""Kind and name of a definition."""


@dataclass(frozen=True)
class Installed:
    """What is there already beside the packs being read: pack names, and values by kind."""

    packs: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    owners: Mapping[DefinitionKey, str] = field(default_factory=dict)
    """Which pack a definition belongs to."""
    requires: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Which packs each of these packs needs."""


@dataclass(frozen=True)
class InForce:
    """The definitions as they are until now: their texts, and a view of all of them.

    What is wrong with one of them already (an account, a role made by hand that is gone) is not
    made by whoever changes another one, and does not refuse that.
    """

    texts: Mapping[DefinitionKey, str]
    view: DefinitionView

    def unknown(self, reference: Reference) -> bool:
        return any(True for _problem in self.view.unknown(reference))

    def finds(self, kind: DefinitionKind[Any], name: str, problem: Problem) -> bool:
        """Whether a check that has found this would find it in what is in force, too."""
        value = self.view.get(kind.name, name)
        if value is None:
            return False
        found = list(kind.check(value, self.view)) if kind.check else []
        found += [each for ref in kind.references(value) for each in self.view.unknown(ref)]
        return any(
            (each.path, each.message, each.details)
            == (problem.path, problem.message, problem.details)
            for each in found
        )


def bereft(
    installed: Installed, view: DefinitionView, in_force: Callable[[], InForce | None]
) -> Iterator[Problem]:
    """Installed definitions of other packs that would lose what they refer to."""
    for (kind_name, name), pack in installed.owners.items():
        kind, value = kinds.kind_named(kind_name), view.get(kind_name, name)
        if kind is None or value is None:
            continue
        for reference in kind.references(value):
            for problem in view.unknown(reference):
                before = in_force()
                if before is not None and before.unknown(reference):
                    continue
                details = {**problem.details, "pack": pack, "of": kind_name, "by": name}
                message = _(
                    "%(of)s “%(by)s” of the installed pack “%(pack)s” needs the %(kind)s “%(name)s”"
                )
                yield replace(problem, path=(), message=message, details=details)


def unfit(
    installed: Installed,
    changing: Collection[DefinitionKey],
    view: DefinitionView,
    in_force: Callable[[], InForce | None],
) -> Iterator[Problem]:
    """Installed definitions of other packs that no longer hold with what they refer to, or with
    what that is made of (the type that their type extends), or with whatever they look at.
    """
    changing = _with_heirs(changing, view)
    for (kind_name, name), pack in installed.owners.items():
        kind, value = kinds.kind_named(kind_name), view.get(kind_name, name)
        if kind is None or kind.check is None or value is None:
            continue
        if kind.looks_around or any(
            (reference.kind, reference.name) in changing for reference in kind.references(value)
        ):
            for problem in kind.check(value, view):
                before = in_force()
                if before is not None and before.finds(kind, name, problem):
                    continue
                told = {"text": problem.text(), "pack": pack, "of": kind_name, "by": name}
                message = _("%(of)s “%(by)s” of the installed pack “%(pack)s”: %(text)s")
                yield replace(problem, path=(), message=message, details=told, offset=None)


def _with_heirs(
    changing: Collection[DefinitionKey], view: DefinitionView
) -> Collection[DefinitionKey]:
    """These, and whatever is made of one of them: references that may not lead back say so."""
    heirs: dict[DefinitionKey, list[DefinitionKey]] = {}
    for kind in kinds.every():
        for name, value in view.all(kind.name).items():
            for reference in kind.references(value):
                if reference.acyclic:
                    key = (reference.kind, reference.name)
                    heirs.setdefault(key, []).append((kind.name, name))
    found, waiting = set(changing), list(changing)
    while waiting:
        fresh = [heir for heir in heirs.get(waiting.pop(), ()) if heir not in found]
        found.update(fresh)
        waiting += fresh
    return found


def without_packs(installed: Installed, given: Collection[str]) -> Iterator[Problem]:
    """Installed packs whose required packs would be gone."""
    for pack, required in installed.requires.items():
        for name in required:
            if name not in installed.packs and name not in given:
                message = _("the installed pack “%(pack)s” needs the pack “%(name)s”")
                yield Problem((), message, {"pack": pack, "name": name}, found=name)
