"""Whole packs: reading their definitions, and every check that needs more than one of them.

`load` never stops at the first mistake: it gives all problems of all packs with their places, and
the definitions without any, so that what depends on a broken one is not blamed for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from pydantic import Field

from wardround.kernel import secrets
from wardround.schema import documents, kinds, neighbours, sealing
from wardround.schema.cycles import cycles
from wardround.schema.declarations import LABEL_KEY, Key, LabelField, Part, TypeName, Unique
from wardround.schema.documents import Document
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.labels import Label
from wardround.schema.mistakes import shown
from wardround.schema.neighbours import DefinitionKey, Installed
from wardround.schema.problems import Place, Problem, Reference
from wardround.schema.pruning import Rest, rest_of
from wardround.schema.sources import HEAD, Source
from wardround.schema.suggestions import closest


class Head(Part):
    """What a `pack.yaml` says of its pack."""

    pack: Annotated[
        TypeName,
        Key("标识", "Pack", "包的唯一标识。", "What the pack is called; only one has this name."),
    ]
    version: Annotated[
        str,
        Field(min_length=1, max_length=50),
        Key("版本", "Version", "带引号的版本号。", "Its version, in quotes."),
    ]
    label: Annotated[LabelField, LABEL_KEY]
    description: Annotated[
        LabelField | None, Key("说明", "Description", "包里有什么。", "What is in the pack.")
    ] = None
    requires: Annotated[
        tuple[str, ...],
        Unique(),
        Key("依赖", "Requires", "它需要的其他包。", "Other packs that it needs."),
    ] = ()


@dataclass(frozen=True)
class Definition:
    """One definition as read; `value` is None while it has problems."""

    kind: str
    name: str
    pack: str
    file: str
    shown: str
    """The file as messages show it."""
    document: Document
    body: Mapping[str, Any]
    value: Any = None
    rest: Rest | None = None
    """Where it has problems, what is left of it without them."""

    @property
    def key(self) -> DefinitionKey:
        return self.kind, self.name

    @property
    def text(self) -> str:
        return self.document.text


@dataclass(frozen=True)
class Pack:
    name: str
    version: str
    label: Label
    requires: tuple[str, ...]
    source: Source
    head: Document
    definitions: tuple[Definition, ...] = ()


@dataclass
class Loaded:
    """Packs in the order in which they can be imported, and everything wrong with them."""

    packs: list[Pack] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    view: DefinitionView = field(default_factory=lambda: DefinitionView({}))


def load(
    sources: Iterable[Source],
    *,
    installed: Installed | None = None,
    outside: kinds.Outside | None = None,
    renames: Mapping[DefinitionKey, str] | None = None,
) -> Loaded:
    """Read and check packs together with what is installed.

    `renames`: by kind and old name, the name under which a definition comes.
    """
    installed = installed or Installed()
    reader = _Reader()
    for source in sources:
        reader.read(source)
    packs = _ordered(reader, installed)
    reader.problems.extend(_doubled(reader.definitions, installed))
    former = {(kind, new): old for (kind, old), new in (renames or {}).items()}
    view = _view(reader.definitions, installed, outside, former)
    reader.problems.extend(_checked(reader.definitions, view))
    reader.problems.extend(neighbours.bereft(installed, view))
    reader.problems.extend(
        neighbours.unfit(installed, {definition.key for definition in reader.definitions}, view)
    )
    reader.problems.extend(neighbours.without_packs(installed, reader.packs))
    by_pack: dict[str, list[Definition]] = defaultdict(list)
    for definition in reader.definitions:
        by_pack[definition.pack].append(definition)
    ready = [replace(pack, definitions=tuple(by_pack[pack.name])) for pack in packs]
    if not reader.problems:
        ready = [_sealed(pack, view, reader.problems) for pack in ready]
    return Loaded(ready, sorted(reader.problems, key=_by_place), view)


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
    reader = _Reader()
    return (pack for source in sources if (pack := reader.head(source)) is not None)


def _by_place(problem: Problem) -> tuple[Place, str]:
    return problem.place or Place("", 0, 0), problem.text()


# Reading -----------------------------------------------------------------------------------------


class _Reader:
    def __init__(self) -> None:
        self.packs: dict[str, Pack] = {}
        self.definitions: list[Definition] = []
        self.problems: list[Problem] = []

    def read(self, source: Source) -> None:
        pack = self.head(source)
        if pack is None:
            return
        if pack.name in self.packs:
            details = {"name": pack.name, "other": self.packs[pack.name].source.shown(HEAD)}
            message = _("the pack “%(name)s” is here twice, also in %(other)s")
            where = Place(source.shown(HEAD), 1, 1)
            self.problems.append(Problem(("pack",), message, details, place=where))
            return
        self.packs[pack.name] = pack
        for path in sorted(source.files):
            if path != HEAD and path.endswith((".yaml", ".yml")):
                self.file(pack, path)

    def head(self, source: Source) -> Pack | None:
        file = source.shown(HEAD)
        reading = documents.read(source.files[HEAD], file)
        self.problems.extend(reading.problems)
        if not reading.documents:
            if not reading.problems:
                self.problems.append(Problem((), _("the file is empty"), place=Place(file, 1, 1)))
            return None
        document = reading.documents[0]
        body = document.root.plain()
        try:
            kinds.read(Head, body)
        except BadDefinition as error:
            self.problems.extend(_located(problem, document, file) for problem in error.problems)
        if not isinstance(body, dict) or not isinstance(body.get("pack"), str):
            return None
        return Pack(
            name=body["pack"],
            version=str(body.get("version", "")),
            label=Label.parse(body.get("label", body["pack"])),
            requires=tuple(str(definition) for definition in body.get("requires") or ()),
            source=source,
            head=document,
        )

    def file(self, pack: Pack, path: str) -> None:
        file = pack.source.shown(path)
        reading = documents.read(pack.source.files[path], file)
        self.problems.extend(reading.problems)
        for document in reading.documents:
            self.document(pack, path, document)

    def document(self, pack: Pack, path: str, document: Document) -> None:
        file, body = pack.source.shown(path), document.root.plain()
        rest = None
        try:
            value = _kind_of(body).read(body)
        except BadDefinition as error:
            value = None
            rest = _rest(body, error.problems)
            self.problems.extend(_located(problem, document, file) for problem in error.problems)
        if isinstance(body, dict) and isinstance(body.get("name"), str):
            key = str(body.get("kind")), body["name"]
            self.definitions.append(
                Definition(*key, pack.name, path, file, document, body, value, rest)
            )


def _rest(body: Any, problems: Sequence[Problem]) -> Rest | None:
    kind = kinds.kind_named(str(body.get("kind"))) if isinstance(body, dict) else None
    return rest_of(body, kind.read, problems) if kind else None


def _kind_of(body: Any) -> DefinitionKind[Any]:
    if not isinstance(body, dict):
        details = {"found": shown(body)}
        message = _("a definition is a mapping with “kind” and “name”; found %(found)s")
        raise BadDefinition(
            Problem((), message, details, found=str(shown(body)), expected="mapping")
        )
    name = body.get("kind")
    kind = kinds.kind_named(name) if isinstance(name, str) else None
    if kind is not None:
        return kind
    known = ", ".join(kinds.kind_names())
    if "kind" not in body:
        message = _("“kind” is missing; it says what is defined here")
        raise BadDefinition(Problem((), message, expected=known))
    raise BadDefinition(
        Problem(
            ("kind",),
            _("there is no kind of definition called “%(name)s”"),
            {"name": shown(name)},
            found=str(shown(name)),
            expected=known,
            suggestion=closest(str(name), kinds.kind_names()),
        )
    )


def _located(problem: Problem, document: Document, file: str) -> Problem:
    """The problem with the line and column of what it is about."""
    if problem.place is not None:
        return problem
    node = document.root.at(problem.path, key=problem.at_key)
    column = node.column
    if problem.offset is not None and isinstance(node.value, str):
        column += _shift(document, node, problem.offset)
    return replace(problem, place=Place(file, node.line, column))


def _shift(document: Document, node: documents.Node, offset: int) -> int:
    """How far into a scalar's line the character `offset` of its value stands; 0 if not plain.

    Only where the value stands on one line as it is written, quotes aside.
    """
    lines = document.text.split("\n")
    line = lines[node.line - document.first_line] if lines else ""
    written = line[node.column - 1 :]
    for quote in ("", "'", '"'):
        if written.startswith(quote + node.value):
            return offset + len(quote)
    return 0


# Checks of the whole -----------------------------------------------------------------------------


def _ordered(reader: _Reader, installed: Installed) -> list[Pack]:
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
    return _located(problem, pack.head, pack.source.shown(HEAD))


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


def _doubled(definitions: Sequence[Definition], installed: Installed) -> Iterator[Problem]:
    """Two definitions of one kind under one name, here or in another pack that is installed."""
    first: dict[DefinitionKey, Definition] = {}
    for definition in definitions:
        details: dict[str, object] = {"kind": definition.kind, "name": definition.name}
        if definition.key in first:
            other = first[definition.key]
            place = _located(Problem((), ""), other.document, other.shown).place
            message = _("%(kind)s “%(name)s” is defined twice, also at %(other)s")
            yield _at(Problem(("name",), message, {**details, "other": place}), definition)
        elif definition.key in installed.owners:
            message = _("%(kind)s “%(name)s” belongs to the pack “%(pack)s” already")
            pack = installed.owners[definition.key]
            yield _at(Problem(("name",), message, {**details, "pack": pack}), definition)
        first.setdefault(definition.key, definition)


def _at(problem: Problem, definition: Definition) -> Problem:
    return _located(problem, definition.document, definition.shown)


def _view(
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


def _checked(definitions: Sequence[Definition], view: DefinitionView) -> Iterator[Problem]:
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
            yield from (_at(problem, definition) for problem in view.unknown(reference))
            if reference.acyclic:
                arrows[definition.key].setdefault(
                    (reference.kind, reference.name), (definition, reference)
                )
        strayed = {problem.path: problem for problem in _strayed(definition, kind, view)}
        yield from (_at(problem, definition) for problem in strayed.values())
        for problem in kind.check(definition.value, view) if kind.check else ():
            if problem.path not in strayed:
                yield _at(problem, definition)
    yield from _circles(arrows)


def _checked_rest(
    definition: Definition, kind: DefinitionKind[Any], rest: Rest, view: DefinitionView
) -> Iterator[Problem]:
    """What a definition with mistakes names besides: told in the same round as they are."""
    found = [
        problem for reference in kind.references(rest.value) for problem in view.unknown(reference)
    ]
    if rest.whole_but_keys and kind.check is not None:
        found += kind.check(rest.value, view.with_value(kind.name, definition.name, rest.value))
    yield from (_at(rest.in_whole(problem), definition) for problem in found)


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
        yield _at(Problem(reference.path, message, details, found=path), definition)


# Secrets -----------------------------------------------------------------------------------------


def _sealed(pack: Pack, view: DefinitionView, problems: list[Problem]) -> Pack:
    """The pack as it is kept: tokens in place of secrets in its texts, its files and its bodies.

    The values, which go to the rooms and are kept by nobody as they are, have the secrets.
    """
    ready = tuple(_sealed_definition(definition, view, problems) for definition in pack.definitions)
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for before, after in zip(pack.definitions, ready, strict=True):
        texts[before.file].append((before.text, after.text))
    files = dict(pack.source.files)
    for file, pairs in texts.items():
        if any(before != after for before, after in pairs):
            files[file] = sealing.in_file(files[file], pairs)
    return replace(pack, definitions=ready, source=replace(pack.source, files=files))


def _sealed_definition(
    definition: Definition, view: DefinitionView, problems: list[Problem]
) -> Definition:
    kind = kinds.kind_named(definition.kind)
    if kind is None or kind.secrets is None:
        return definition
    tokens, wrong = sealing.tokens(definition.body, kind.secrets(definition.body, view))
    text, more = sealing.in_text(definition.text, tokens.sealed)
    problems.extend(_at(problem, definition) for problem in (*wrong, *more))
    if not tokens.sealed:
        return definition
    opened = sealing.put(definition.body, tokens.opened)
    return replace(
        definition,
        document=replace(definition.document, text=text),
        body=sealing.put(definition.body, tokens.sealed),
        value=kind.read(opened),
    )
