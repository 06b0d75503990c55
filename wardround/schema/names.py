"""Names by which definitions refer to something: where they stand, how they are written anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wardround.schema import differences, kinds, models, texts
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import Path

OWN = "own"
"""The pack of what the hospital defines one by one."""
_OWN_HEAD = b"""\
pack: own
version: "1"
label: {zh: \xe6\x9c\xac\xe9\x99\xa2\xe5\xae\x9a\xe4\xb9\x89, en: Our own definitions}
"""

Places = Mapping[str, Sequence[Path]]
"""By a name as it is written, the paths where it stands in one definition."""


class OpenPacks:
    """The files of packs that change; a pack is opened when it is asked for."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, bytes]] = {}

    def files(self, pack: str) -> dict[str, bytes]:
        if pack not in self._files:
            self._files[pack] = _files_of(pack)
        return self._files[pack]

    def sources(self) -> list[Source]:
        return [Source(pack, files) for pack, files in self._files.items()]

    def write_name(self, key: DefinitionKey, places: Places, new: str) -> None:
        """Write a new name at these places of a definition in force."""
        row = stored_row(key)
        files = self.files(row.pack) if row else {}
        for old, paths in places.items():
            document = texts.find(files[row.file], key) if row else None
            if row is not None and document is not None:
                text = texts.renamed(document, paths, old, new)
                files[row.file] = texts.replaced(files[row.file], document, text)


def stored_row(key: DefinitionKey) -> models.Definition | None:
    """The version in force."""
    return models.Definition.objects.filter(kind=key[0], name=key[1], current=True).first()


def references_to(kind: str, meant: Callable[[str], bool]) -> dict[DefinitionKey, Places]:
    """By definition in force that refers to something of this kind: how it is written, and where.

    `meant` says of what is written whether it names the one that is looked for.
    """
    found: dict[DefinitionKey, dict[str, list[Path]]] = {}
    values = differences.values_of(models.Definition.objects.filter(current=True))
    for known in kinds.every():
        for name, value in values.get(known.name, {}).items():
            for reference in known.references(value):
                if reference.kind == kind and meant(reference.name):
                    places = found.setdefault((known.name, name), {})
                    places.setdefault(reference.name, []).append(reference.path)
    return dict(found)


def _files_of(pack: str) -> dict[str, bytes]:
    if not models.InstalledPack.objects.filter(name=pack).exists():
        return {HEAD: _OWN_HEAD}
    return differences.stored_files(pack)
