"""From one definition somebody wrote to the packs as they would be with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema import differences, documents, kinds, models, names, texts
from wardround.schema.dependents import Renames
from wardround.schema.documents import Document
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import Renamed
from wardround.schema.mistakes import shown
from wardround.schema.names import OWN, OpenPacks, stored_row
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Loaded
from wardround.schema.sources import Source
from wardround.schema.types import Place, Problem

TEXT = "text"
"""What messages call the text that is being saved."""


@dataclass(frozen=True, kw_only=True)
class DefinitionDraft:
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


def prepared(draft: DefinitionDraft) -> Prepared:
    """The draft in its pack, checked together with everything else that is installed."""
    document, problems = _document(draft)
    if document is None:
        return Prepared(Loaded(), problems)
    sources, place, wrong = _with_draft(draft, document)
    if wrong:
        return Prepared(Loaded(), wrong)
    ready = differences.loaded(sources, renames=draft.renames)
    found = [*ready.problems, *differences.rename_problems(ready, draft.renames)]
    return Prepared(ready, [_in_text(problem, place) for problem in found])


def placed(draft: DefinitionDraft, problem: Problem) -> Problem:
    """What is said of a sound draft, with the place in its text that the path leads to."""
    document, _problems = _document(draft)
    node = document.root.at(problem.path, key=problem.at_key) if document else None
    return replace(problem, place=Place(TEXT, node.line, node.column) if node else None)


def without(row: models.Definition) -> Loaded:
    """The packs without a definition, checked together with everything else."""
    files = differences.stored_files(row.pack)
    left = texts.without(files.pop(row.file), (row.kind, row.name))
    if left is not None:
        files[row.file] = left
    return differences.loaded([Source(row.pack, files)])


# The text ----------------------------------------------------------------------------------------


def _document(draft: DefinitionDraft) -> tuple[Document | None, list[Problem]]:
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
    document = reading.documents[0]
    wrong = list(_another_key(draft, document))
    return (None, wrong) if wrong else (document, [])


def _not_one(found: Sequence[Document], problems: Sequence[Problem]) -> Iterable[Problem]:
    if not found and not problems:
        yield Problem((), _("the text is empty"), place=Place(TEXT, 1, 1))
    if len(found) > 1:
        place = Place(TEXT, found[1].first_line, 1)
        message = _("one definition is saved at a time; a second one begins here")
        yield Problem((), message, place=place)


def _another_key(draft: DefinitionDraft, document: Document) -> Iterable[Problem]:
    """The text must be of the kind and name under which it is saved."""
    body = document.root.plain()
    for part, wanted in (("kind", draft.kind), ("name", draft.name)):
        found = body.get(part) if isinstance(body, dict) else None
        if found is not None and not isinstance(found, str):
            node = document.root.at((part,))
            message = _("found %(found)s, expected a text; put it in quotes if it is one")
            place = Place(TEXT, node.line, node.column)
            yield Problem((part,), message, {"found": shown(found)}, place=place)
        elif not found:
            message = _("“%(key)s” is missing; write “%(key)s: %(wanted)s”")
            node = document.root.at((part,))
            place = Place(TEXT, node.line, node.column)
            yield Problem((part,), message, {"key": part, "wanted": wanted}, place=place)
        elif found != wanted:
            node = document.root.at((part,))
            yield Problem(
                (part,),
                _("the %(part)s here is “%(found)s”; it is saved as “%(wanted)s”"),
                {"part": part, "found": found, "wanted": wanted},
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


def _with_draft(
    draft: DefinitionDraft, document: Document
) -> tuple[list[Source], _InFile, list[Problem]]:
    """Every pack that changes, as it would be, and where the text is in them; or why it cannot
    stand there.
    """
    packs = OpenPacks()
    row = stored_row(draft.stored_key)
    if draft.renames:
        _follow_name(draft, packs)
    pack, file = (row.pack, row.file) if row else (OWN, f"{draft.kind}/{draft.name}.yaml")
    _follow_keys(draft, document, packs)
    files = packs.files(pack)
    stored = row.text if row else ""
    old = texts.span_of(files[file], draft.stored_key, stored) if file in files else None
    wrong = []
    if old[0] > 0 if old else files.get(file, b"").strip():
        wrong = list(_directives(document))
        document = texts.behind_others(document)
    if old is not None:
        files[file] = texts.with_span(files[file], old, document.text)
        start = old[0]
    else:
        files[file] = texts.appended(files.get(file), document.text)
        start = len(files[file].decode("utf-8-sig")) - len(texts.closed(document.text))
    lines = document.text.count("\n") + 1
    first_line = texts.line_at(files[file], start)
    place = _InFile(f"{pack}/{file}", first_line, lines, document.first_line - 1)
    return packs.sources(), place, wrong


def _directives(document: Document) -> Iterable[Problem]:
    """What is said to YAML itself holds of one document, and no line between two can say it."""
    for number, line in enumerate(document.text[: document.head].splitlines()):
        if line.startswith("%"):
            message = _(
                "“%(directive)s” may begin a file alone, and other definitions stand before this"
                " one in its file; take the line out"
            )
            place = Place(TEXT, document.first_line + number, 1)
            yield Problem((), message, {"directive": line.split()[0]}, found=line, place=place)


def _follow_name(draft: DefinitionDraft, packs: OpenPacks) -> None:
    """Write the new name into every definition that refers to the old one."""
    kind, name = draft.stored_key
    found = names.references_to(kind, lambda text: text == name)
    for key, by_name in found.items():
        if key != draft.stored_key:
            packs.write_name(key, by_name, draft.name)


def _follow_keys(draft: DefinitionDraft, document: Document, packs: OpenPacks) -> None:
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
            renamed = {old: new for (_kind, old), new in draft.renames.items()}
            keys = list(other.followed(body, before, after, renamed))
            if keys:
                _write_keys((other.name, name), keys, packs)


def _write_keys(key: DefinitionKey, keys: Sequence[Renamed], packs: OpenPacks) -> None:
    row = stored_row(key)
    files = packs.files(row.pack) if row else {}
    document = texts.find(files[row.file], key) if row else None
    if row is not None and document is not None:
        text = texts.with_keys(document, keys)
        files[row.file] = texts.replaced(files[row.file], document, text)


def _in_text(problem: Problem, where: _InFile) -> Problem:
    """A problem in the saved text, with its place counted there."""
    place = problem.place
    if place is None or place.file != where.file:
        return problem
    line = place.line - where.first_line + 1
    if not 1 <= line <= where.lines:
        return problem
    return replace(problem, place=Place(TEXT, line + where.cut, place.column))
