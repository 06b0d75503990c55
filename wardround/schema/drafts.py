"""From one definition somebody wrote to the packs as they would be with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema import differences, documents, kinds, models, texts
from wardround.schema.dependents import Renames
from wardround.schema.documents import Document
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import Renamed
from wardround.schema.mistakes import shown
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Loaded
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import Path, Place, Problem

OWN = "own"
"""The pack of what the hospital defines one by one."""
TEXT = "text"
"""What messages call the text that is being saved."""
_OWN_HEAD = b"""\
pack: own
version: "1"
label: {zh: \xe6\x9c\xac\xe9\x99\xa2\xe5\xae\x9a\xe4\xb9\x89, en: Our own definitions}
"""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A definition to be saved: its text, or its body for which a text is written."""

    kind: str
    name: str
    text: str | None = None
    body: Mapping[str, Any] | None = None
    renamed_from: str = ""

    @property
    def key(self) -> DefinitionKey:
        return self.kind, self.name

    @property
    def stored_key(self) -> DefinitionKey:
        return self.kind, self.renamed_from or self.name

    @property
    def renames(self) -> Renames:
        return {self.stored_key: self.name} if self.stored_key != self.key else {}


@dataclass
class Prepared:
    """The packs with the change in them, loaded; problems of the text with their place in it."""

    ready: Loaded
    problems: list[Problem] = field(default_factory=list)


def stored_row(key: DefinitionKey) -> models.Definition | None:
    """The version in force."""
    return models.Definition.objects.filter(kind=key[0], name=key[1], current=True).first()


def prepared(draft: Draft) -> Prepared:
    """The draft in its pack, checked together with everything else that is installed."""
    document, problems = _document(draft)
    if document is None:
        return Prepared(Loaded(), problems)
    sources, place = _with_draft(draft, document)
    ready = differences.loaded(sources, renames=draft.renames)
    found = [*ready.problems, *differences.rename_problems(ready, draft.renames)]
    return Prepared(ready, [_in_text(problem, place) for problem in found])


def without(row: models.Definition) -> Loaded:
    """The packs without a definition, checked together with everything else."""
    files = differences.stored_files(row.pack)
    left = texts.without(files.pop(row.file), (row.kind, row.name))
    if left is not None:
        files[row.file] = left
    return differences.loaded([Source(row.pack, files)])


# The text ----------------------------------------------------------------------------------------


def _document(draft: Draft) -> tuple[Document | None, list[Problem]]:
    """The one definition that the text is."""
    text = draft.text
    if text is None:
        text = texts.written(draft.kind, {"name": draft.name, **(draft.body or {})})
    try:
        data = text.encode()
    except UnicodeEncodeError:
        problem = Problem((), _("the file is not UTF-8 text"), place=Place(TEXT, 1, 1))
        return None, [problem]
    reading = documents.read(data, TEXT)
    problems = [*reading.problems, *_not_one(reading.documents, reading.problems)]
    if problems:
        return None, problems
    document = _with_first_remarks(reading.documents[0], text)
    wrong = list(_another_key(draft, document))
    return (None, wrong) if wrong else (document, [])


def _with_first_remarks(document: Document, text: str) -> Document:
    """The document with the remarks that stand before its `---`."""
    before = text.removeprefix("\ufeff")[: document.start].splitlines(keepends=True)
    remarks = [line for line in before if line.lstrip().startswith("#")]
    if not remarks:
        return document
    first_line = document.first_line - len(remarks)
    return replace(document, text="".join(remarks) + document.text, first_line=first_line)


def _not_one(found: Sequence[Document], problems: Sequence[Problem]) -> Iterable[Problem]:
    if not found and not problems:
        yield Problem((), _("the text is empty"), place=Place(TEXT, 1, 1))
    if len(found) > 1:
        place = Place(TEXT, found[1].first_line, 1)
        message = _("one definition is saved at a time; a second one begins here")
        yield Problem((), message, place=place)


def _another_key(draft: Draft, document: Document) -> Iterable[Problem]:
    """The text must be of the kind and name under which it is saved."""
    body = document.root.plain()
    for part, wanted in (("kind", draft.kind), ("name", draft.name)):
        found = body.get(part) if isinstance(body, dict) else None
        if found is not None and not isinstance(found, str):
            node = document.root.at((part,))
            message = _("found %(found)s, expected a text; put it in quotes if it is one")
            place = Place(TEXT, node.line, node.column)
            yield Problem((part,), message, {"found": shown(found)}, place=place)
        elif found != wanted:
            node = document.root.at((part,))
            yield Problem(
                (part,),
                _("the %(part)s here is “%(found)s”; it is saved as “%(wanted)s”"),
                {"part": part, "found": "" if found is None else str(found), "wanted": wanted},
                place=Place(TEXT, node.line, node.column),
            )


# The packs ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _InFile:
    """Where the text lies in its file."""

    file: str
    first_line: int
    lines: int
    cut: int
    """Lines of the text before its document."""


def _with_draft(draft: Draft, document: Document) -> tuple[list[Source], _InFile]:
    """Every pack that changes, as it would be, and where the text is in them."""
    packs = _Packs()
    row = stored_row(draft.stored_key)
    if draft.renames:
        _follow_name(draft, packs)
    pack, file = (row.pack, row.file) if row else (OWN, f"{draft.kind}/{draft.name}.yaml")
    _follow_keys(draft, document, packs)
    files = packs.files(pack)
    old = texts.find(files[file], draft.stored_key) if file in files else None
    if old is not None:
        files[file] = texts.replaced(files[file], old, document.text)
    else:
        files[file] = texts.appended(files.get(file), document.text)
    new = texts.find(files[file], draft.key)
    lines = document.text.count("\n") + 1
    place = _InFile(f"{pack}/{file}", new.first_line if new else 1, lines, document.first_line - 1)
    return packs.sources(), place


class _Packs:
    """The files of packs that change; a pack is opened when it is asked for."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, bytes]] = {}

    def files(self, pack: str) -> dict[str, bytes]:
        if pack not in self._files:
            self._files[pack] = _files_of(pack)
        return self._files[pack]

    def sources(self) -> list[Source]:
        return [Source(pack, files) for pack, files in self._files.items()]


def _files_of(pack: str) -> dict[str, bytes]:
    if not models.InstalledPack.objects.filter(name=pack).exists():
        return {HEAD: _OWN_HEAD}
    return differences.stored_files(pack)


def _follow_name(draft: Draft, packs: _Packs) -> None:
    """Write the new name into every definition that refers to the old one."""
    for key, paths in _references(draft.stored_key).items():
        row = stored_row(key)
        if row is None or key == draft.stored_key:
            continue
        files = packs.files(row.pack)
        document = texts.find(files[row.file], key)
        if document is not None:
            text = texts.renamed(document, paths, draft.renamed_from, draft.name)
            files[row.file] = texts.replaced(files[row.file], document, text)


def _follow_keys(draft: Draft, document: Document, packs: _Packs) -> None:
    """Write new names of keys into every definition that has them from this one."""
    kind = kinds.kind_named(draft.kind)
    following = [other for other in kinds.every() if other.following_kind == draft.kind]
    if kind is None or not following:
        return
    try:
        value = kind.read(document.root.plain())
    except BadDefinition:
        return  # which the check will tell
    rows = models.Definition.objects.filter(
        current=True, kind__in=[draft.kind, *(other.name for other in following)]
    )
    values = differences.values_of(rows)
    before = values.get(draft.kind, {})
    after = {**before, draft.name: value}
    if draft.renames:  # what is made of it still calls it so
        after[draft.renamed_from] = value
    for other in following:
        for name, body in values.get(other.name, {}).items():
            names = {old: new for (_kind, old), new in draft.renames.items()}
            keys = list(other.followed(body, before, after, names))
            if keys:
                _write_keys((other.name, name), keys, packs)


def _write_keys(key: DefinitionKey, keys: Sequence[Renamed], packs: _Packs) -> None:
    row = stored_row(key)
    files = packs.files(row.pack) if row else {}
    document = texts.find(files[row.file], key) if row else None
    if row is not None and document is not None:
        text = texts.with_keys(document, keys)
        files[row.file] = texts.replaced(files[row.file], document, text)


def _references(wanted: DefinitionKey) -> dict[DefinitionKey, list[Path]]:
    """By definition that refers to `wanted`, the paths where it does."""
    found: dict[DefinitionKey, list[Path]] = {}
    values = differences.values_of(models.Definition.objects.filter(current=True))
    for kind in kinds.every():
        for name, value in values.get(kind.name, {}).items():
            for reference in kind.references(value):
                if (reference.kind, reference.name) == wanted:
                    found.setdefault((kind.name, name), []).append(reference.path)
    return found


def _in_text(problem: Problem, where: _InFile) -> Problem:
    """A problem in the saved text, with its place counted there."""
    place = problem.place
    if place is None or place.file != where.file:
        return problem
    line = place.line - where.first_line + 1
    if not 1 <= line <= where.lines:
        return problem
    return replace(problem, place=Place(TEXT, line + where.cut, place.column))
