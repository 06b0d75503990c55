"""Every check of packs that needs more than one definition: order, twins, references, circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.kernel import secrets
from wardround.schema import kinds, sealing
from wardround.schema.cycles import cycles
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.neighbours import DefinitionKey, Installed
from wardround.schema.pack_contents import Definition, Pack, located, placed
from wardround.schema.pack_reading import Reader
from wardround.schema.problems import Problem, Reference
from wardround.schema.pruning import Rest
from wardround.schema.sources import HEAD
from wardround.schema.suggestions import closest


def ordered(reader: Reader, installed: Installed) -> list[Pack]:
    """The packs, each after those it requires; unknown and circular requirements are problems."""
    requirements: dict[str, list[str]] = {}
    for pack in reader.packs.values():
        requirements[pack.name] = []
        for index, name in enumerate(pack.requires):
            if name in reader.packs:
                requirements[pack.name].append(name)
            elif name not in installed.packs:
                known = [*reader.packs, *installed.packs]
                problem = Problem(
                    ("requires", index),
                    _("the pack “%(name)s”, which this one needs, is not here"),
                    {"name": name},
                    found=name,
                    suggestion=closest(name, known),
                )
                reader.problems.append(_at_head(problem, pack))
    for circle in cycles(requirements):
        pack = reader.packs[circle[0]]
        details = {"path": " → ".join(circle)}
        problem = Problem(("requires",), _("packs need each other in a circle: %(path)s"), details)
        reader.problems.append(_at_head(problem, pack))
    return [reader.packs[name] for name in _by_requirement(requirements)]


def _at_head(problem: Problem, pack: Pack) -> Problem:
    return located(problem, pack.head, pack.source.shown(HEAD))


def _by_requirement(requirements: Mapping[str, Sequence[str]]) -> list[str]:
    """Depth first; a circle (reported elsewhere) is cut where it closes."""
    done: dict[str, None] = {}
    visiting: set[str] = set()

    def visit(name: str) -> None:
        if name in done or name in visiting:
            return
        visiting.add(name)
        for needed in requirements[name]:
            visit(needed)
        done[name] = None

    for name in sorted(requirements):
        visit(name)
    return list(done)


def doubled(definitions: Sequence[Definition], installed: Installed) -> Iterator[Problem]:
    """Two definitions of one kind under one name, here or in another pack that is installed."""
    first: dict[DefinitionKey, Definition] = {}
    for definition in definitions:
        details: dict[str, object] = {"kind": definition.kind, "name": definition.name}
        if definition.key in first:
            other = first[definition.key]
            place = located(Problem(("name",), ""), other.document, other.shown).place
            message = _("%(kind)s “%(name)s” is defined twice, also at %(other)s")
            yield placed(Problem(("name",), message, {**details, "other": place}), definition)
        elif definition.key in installed.owners:
            message = _("%(kind)s “%(name)s” belongs to the pack “%(pack)s” already")
            pack = installed.owners[definition.key]
            yield placed(Problem(("name",), message, {**details, "pack": pack}), definition)
        first.setdefault(definition.key, definition)


def view_of(
    definitions: Iterable[Definition],
    installed: Installed,
    outside: kinds.Outside | None,
    former: Mapping[DefinitionKey, str],
) -> DefinitionView:
    values: dict[str, dict[str, Any]] = {
        kind: dict(all_) for kind, all_ in installed.values.items()
    }
    broken: dict[str, set[str]] = defaultdict(set)
    for definition in definitions:
        if definition.value is None:
            broken[definition.kind].add(definition.name)
        else:
            values.setdefault(definition.kind, {})[definition.name] = definition.value
    return DefinitionView(values, broken=broken, outside=outside, former=former)


def checked(definitions: Sequence[Definition], view: DefinitionView) -> Iterator[Problem]:
    """What each kind has to say, unknown references, and circles among those that forbid them."""
    arrows: dict[DefinitionKey, dict[DefinitionKey, tuple[Definition, Reference]]] = defaultdict(
        dict
    )
    for definition in definitions:
        kind = kinds.kind_named(definition.kind)
        if kind is not None and definition.rest is not None:
            yield from _checked_rest(definition, kind, definition.rest, view)
        if kind is None or definition.value is None:
            continue
        for reference in kind.references(definition.value):
            if reference.acyclic:
                arrows[definition.key].setdefault(
                    (reference.kind, reference.name), (definition, reference)
                )
        yield from (placed(problem, definition) for problem in _problems(definition, kind, view))
    yield from _circles(arrows)


def _problems(
    definition: Definition, kind: DefinitionKind[Any], view: DefinitionView
) -> Iterator[Problem]:
    """What is wrong with one definition; of a place that is told of, its check says no more."""
    references = kind.references(definition.value)
    told = [problem for reference in references for problem in view.unknown(reference)]
    told += {problem.path: problem for problem in _strayed(definition, kind, view)}.values()
    yield from told
    places = {problem.path for problem in told}
    for problem in kind.check(definition.value, view) if kind.check else ():
        if problem.path not in places:
            yield problem


def _checked_rest(
    definition: Definition, kind: DefinitionKind[Any], rest: Rest, view: DefinitionView
) -> Iterator[Problem]:
    """What a definition with mistakes names besides: told in the same round as they are."""
    found = [
        problem for reference in kind.references(rest.value) for problem in view.unknown(reference)
    ]
    told = [rest.in_whole(problem) for problem in found]
    if kind.check is not None and (rest.whole_but_keys or kind.in_part is not None):
        others = view.with_value(kind.name, definition.name, rest.value)
        checked = (rest.in_whole(problem) for problem in kind.check(rest.value, others))
        told += filter(rest.stands, checked)
    yield from (placed(problem, definition) for problem in told)


def _strayed(
    definition: Definition, kind: DefinitionKind[Any], view: DefinitionView
) -> Iterator[Problem]:
    if secrets.may_hold_sealed(definition.text):
        declared = kind.secrets(definition.body, view) if kind.secrets else ()
        yield from sealing.strayed(definition.body, declared)


def _circles(
    arrows: Mapping[DefinitionKey, Mapping[DefinitionKey, tuple[Definition, Reference]]],
) -> Iterator[Problem]:
    for circle in cycles({key: list(targets) for key, targets in arrows.items()}):
        definition, reference = arrows[circle[0]][circle[1]]
        path = " → ".join(name for _kind, name in circle)
        message = _("%(kind)s definitions lead back to themselves: %(path)s")
        details = {"kind": definition.kind, "path": path}
        yield placed(Problem(reference.path, message, details, found=path), definition)
