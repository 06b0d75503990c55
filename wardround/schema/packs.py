"""Whole packs: reading their definitions, and every check that needs more than one of them.

`load` never stops at the first mistake: it gives all problems of all packs with their places, and
the definitions without any, so that what depends on a broken one is not blamed for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from wardround.schema import documents, kinds, neighbours, sealing
from wardround.schema.kinds import DefinitionView
from wardround.schema.labels import Label
from wardround.schema.neighbours import DefinitionKey, InForce, Installed
from wardround.schema.pack_checks import checked, doubled, ordered, view_of
from wardround.schema.pack_contents import Definition, Loaded, Pack, placed
from wardround.schema.pack_reading import Reader
from wardround.schema.problems import Place, Problem
from wardround.schema.sources import HEAD, Source

__all__ = ["Definition", "Loaded", "Pack", "description", "load", "names_in", "requirements"]


def load(
    sources: Iterable[Source],
    *,
    installed: Installed | None = None,
    outside: kinds.Outside | None = None,
    renames: Mapping[DefinitionKey, str] | None = None,
    in_force: Callable[[], InForce | None] = lambda: None,
) -> Loaded:
    """Read and check packs together with what is installed.

    `renames`: by kind and old name, the name under which a definition comes. `in_force`: what is
    there until now, asked for where there is something wrong.
    """
    installed = installed or Installed()
    reader = Reader()
    for source in sources:
        reader.read(source)
    packs = ordered(reader, installed)
    reader.problems.extend(doubled(reader.definitions, installed))
    former = {(kind, new): old for (kind, old), new in (renames or {}).items()}
    view = view_of(reader.definitions, installed, outside, former)
    reader.problems.extend(_made_now(checked(reader.definitions, view), reader, in_force))
    reader.problems.extend(neighbours.bereft(installed, view, in_force))
    changing = {definition.key for definition in reader.definitions}
    reader.problems.extend(neighbours.unfit(installed, changing, view, in_force))
    reader.problems.extend(neighbours.without_packs(installed, reader.packs))
    by_pack: dict[str, list[Definition]] = defaultdict(list)
    for definition in reader.definitions:
        by_pack[definition.pack].append(definition)
    ready = [replace(pack, definitions=tuple(by_pack[pack.name])) for pack in packs]
    if not reader.problems:
        ready = [_sealed(pack, view, reader.problems, in_force) for pack in ready]
    return Loaded(ready, sorted(reader.problems, key=_by_place), view)


def _made_now(
    problems: Iterable[Problem], reader: Reader, in_force: Callable[[], InForce | None]
) -> Iterator[Problem]:
    """The problems but for those that definitions which nobody touches had before."""
    for problem in problems:
        before = in_force()
        untouched = _untouched(problem, reader, before) if before is not None else None
        kind = kinds.kind_named(untouched.kind) if untouched else None
        if not (before and untouched and kind and before.finds(kind, untouched.name, problem)):
            yield problem


def _untouched(problem: Problem, reader: Reader, before: InForce) -> Definition | None:
    """The definition in which a problem stands, if it is as it was."""
    place = problem.place
    for definition in reader.definitions if place else ():
        if place and definition.shown == place.file:
            first = definition.document.first_line
            last = first + definition.text.count("\n")
            if first <= place.line <= last and before.texts.get(definition.key) == definition.text:
                return definition
    return None


def names_in(sources: Iterable[Source]) -> frozenset[str]:
    """The names of packs, read from their heads alone."""
    return frozenset(pack.name for pack in _heads(sources))


def description(source: Source) -> Label | None:
    """What a pack says it holds."""
    head = next(iter(documents.read(source.files[HEAD], HEAD).documents), None)
    said = head.root.plain() if head else None
    told = said.get("description") if isinstance(said, dict) else None
    return None if told is None else Label.parse(told)


def requirements(sources: Iterable[Source]) -> frozenset[str]:
    """The names of the packs that these require, read from their heads alone."""
    return frozenset(name for pack in _heads(sources) for name in pack.requires)


def _heads(sources: Iterable[Source]) -> Iterator[Pack]:
    reader = Reader()
    return (pack for source in sources if (pack := reader.head(source)) is not None)


def _by_place(problem: Problem) -> tuple[Place, str]:
    return problem.place or Place("", 0, 0), problem.text()


# Secrets -----------------------------------------------------------------------------------------


def _sealed(
    pack: Pack,
    view: DefinitionView,
    problems: list[Problem],
    in_force: Callable[[], InForce | None],
) -> Pack:
    """The pack as it is kept: tokens in place of secrets in its texts, its files and its bodies.

    The values, which go to the rooms and are kept by nobody as they are, have the secrets.
    """
    ready = []
    for definition in pack.definitions:
        sealed, wrong, telling = _sealed_definition(definition, view)
        until_now = in_force() if telling else None
        if until_now is None or until_now.texts.get(definition.key) != sealed.text:
            wrong += telling  # what stands so already is not made by whoever changes another one
        problems.extend(placed(problem, definition) for problem in wrong)
        ready.append(sealed)
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for before, after in zip(pack.definitions, ready, strict=True):
        texts[before.file].append((before.text, after.text))
    files = dict(pack.source.files)
    for file, pairs in texts.items():
        if any(before != after for before, after in pairs):
            files[file] = sealing.in_file(files[file], pairs)
    return replace(pack, definitions=tuple(ready), source=replace(pack.source, files=files))


def _sealed_definition(
    definition: Definition, view: DefinitionView
) -> tuple[Definition, list[Problem], list[Problem]]:
    """The definition with tokens, what is wrong with these, and where else a secret is told."""
    kind = kinds.kind_named(definition.kind)
    if kind is None or kind.secrets is None:
        return definition, [], []
    tokens, wrong = sealing.tokens(definition.body, kind.secrets(definition.body, view))
    text, more = sealing.in_text(definition.text, tokens.sealed)
    names = {reference.path for reference in kind.references(definition.value)}
    telling = list(sealing.told_in_remarks(definition.text, tokens.opened))
    if not more:  # else it is told that it stands for two values
        telling += sealing.told_in_values(definition.body, tokens, names)
    if not tokens.sealed:
        return definition, [*wrong, *more], telling
    opened = sealing.put(definition.body, tokens.opened)
    sealed = replace(
        definition,
        document=replace(definition.document, text=text),
        body=sealing.put(definition.body, tokens.sealed),
        value=kind.read(opened),
    )
    return sealed, [*wrong, *more], telling
