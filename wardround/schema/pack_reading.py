"""From the files of a pack to its definitions, each with every mistake of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema import documents, kinds
from wardround.schema.documents import Document
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionKind
from wardround.schema.labels import Label
from wardround.schema.mistakes import shown
from wardround.schema.pack_contents import Definition, Head, Pack, located
from wardround.schema.problems import Place, Problem
from wardround.schema.pruning import Rest, rest_of
from wardround.schema.sources import HEAD, Source
from wardround.schema.suggestions import closest


class Reader:
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
            self.problems.extend(located(problem, document, file) for problem in error.problems)
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
            self.problems.extend(located(problem, document, file) for problem in error.problems)
        if isinstance(body, dict) and isinstance(body.get("name"), str):
            key = str(body.get("kind")), body["name"]
            self.definitions.append(
                Definition(*key, pack.name, path, file, document, body, value, rest)
            )


def _rest(body: Any, problems: Sequence[Problem]) -> Rest | None:
    kind = kinds.kind_named(str(body.get("kind"))) if isinstance(body, dict) else None
    return rest_of(body, kind.read, problems, kind.in_part) if kind else None


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
