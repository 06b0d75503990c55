"""Updates of shipped packs that leave what the hospital has made of them.

An update takes the product's new files. A definition that the hospital has changed keeps its text
in them, one that it has retired stays away, and one that the product no longer has stays as long as
something lives by it. That makes it none of the hospital's: where the product brings it back, it
comes as the product has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from wardround.schema import dependents, differences, documents, models, texts, writing
from wardround.schema.dependents import in_all
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Loaded
from wardround.schema.refusals import counts
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import Change, Difference, Problem


def wanted(sources: Iterable[Source]) -> list[Source]:
    """The shipped packs that are not installed in this form yet, nor removed by the hospital."""
    rows = models.InstalledPack.objects.values_list("name", "shipped_digest")
    installed = dict(rows)
    removed = models.Departure.objects.filter(kind="").values_list("pack", flat=True)
    return [
        source
        for source in sources
        if installed.get(source.name) != source.digest and source.name not in set(removed)
    ]


def merged(sources: Sequence[Source], held: Collection[DefinitionKey] = ()) -> list[Source]:
    """Shipped packs with the hospital's own changes, and with what still is needed, in them.

    `held`: definitions that stay as they are here, or away where they are not here, besides.
    """
    stored = _stored(source.name for source in sources)
    departures = {**writing.departures(), **{key: key not in stored for key in held}}
    kept = {key for key, gone in departures.items() if not gone} & stored.keys()
    shipped = {key for source in sources for key in _places(source.files)}
    staying = (kept | _needed(stored.values())) - shipped
    return [
        Source(source.name, _merged_files(source, stored, departures, staying), source.where)
        for source in sources
    ]


@dataclass(frozen=True, slots=True)
class Proposal:
    """As much of an update as takes nothing from what lives here."""

    ready: Loaded
    difference: Difference
    held: Sequence[Change]
    """What would have taken something, and stays as it is; as it would have been."""
    problems: Sequence[Problem]
    """Why even that cannot be brought in."""


def taking_nothing(fresh: Sequence[Source]) -> Proposal:
    """What of an update comes at a start, where nobody is there to be asked.

    What a definition takes may be told of another one that changes in the same act, so that they
    are held back until nothing is taken.
    """
    held: dict[DefinitionKey, Change] = {}
    while True:
        ready = differences.loaded(merged(fresh, held))
        if ready.problems:
            return Proposal(ready, Difference(()), list(held.values()), ready.problems)
        difference = differences.difference(ready)
        taking = {change.was_key: change for change in difference.lost}
        if not taking:
            return Proposal(ready, difference, list(held.values()), ())
        if taking.keys() <= held.keys():
            lost = in_all(dependent for change in taking.values() for dependent in change.lost)
            problem = Problem((), _NOT_WITHOUT, {"what": counts(lost)})
            return Proposal(ready, difference, list(held.values()), [problem])
        held = {**taking, **held}


_NOT_WITHOUT = _(
    "the update cannot be brought in without taking something from what lives here: %(what)s"
)


def _merged_files(
    source: Source,
    stored: _Stored,
    departures: Mapping[DefinitionKey, bool],
    staying: Collection[DefinitionKey],
) -> dict[str, bytes]:
    files = dict(source.files)
    for key, path in _places(files).items():
        if departures.get(key):
            _put(files, path, texts.without(files[path], key))
        elif key in departures and key in stored:
            document = texts.find(files[path], key)
            if document is not None:
                files[path] = texts.replaced(files[path], document, stored[key].text)
    for key in sorted(staying):
        row = stored[key]
        if row.pack == source.name:
            files[row.file] = texts.appended(files.get(row.file), row.text)
    return files


_Stored = Mapping[DefinitionKey, models.Definition]


def _stored(packs: Iterable[str]) -> _Stored:
    rows = models.Definition.objects.filter(pack__in=list(packs), current=True)
    return {(row.kind, row.name): row for row in rows}


def _places(files: Mapping[str, bytes]) -> dict[DefinitionKey, str]:
    """By definition, the file it stands in."""
    return {
        key: path
        for path, data in files.items()
        if path.endswith((".yaml", ".yml")) and path != HEAD
        for key in _keys(data)
    }


@lru_cache(maxsize=256)
def _keys(data: bytes) -> tuple[DefinitionKey, ...]:
    """The definitions of a file. An update asks three times; reading is half its work."""
    found = (texts.key_of(document) for document in documents.read(data, "").documents)
    return tuple(key for key in found if key is not None)


def _needed(rows: Iterable[models.Definition]) -> set[DefinitionKey]:
    """The definitions by which anything lives."""
    values = differences.values_of(rows)
    return {
        (kind, name)
        for kind, by_name in values.items()
        for name in dependents.living(kind, by_name)
    }


def _put(files: dict[str, bytes], path: str, data: bytes | None) -> None:
    if data is None:
        del files[path]
    else:
        files[path] = data
