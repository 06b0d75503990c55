"""Where packs come from: folders and zip archives, read with limits and never unpacked to disk."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_noop as _

from wardround.schema.types import Place, Problem

HEAD = "pack.yaml"
MOST_FILES = 5_000
MOST_BYTES = 128 * 1024 * 1024
_IGNORED_ENDINGS = ("~", ".pyc", ".swp")


@dataclass(frozen=True)
class Source:
    """The files of one pack by their path inside it, and where they come from."""

    name: str
    files: Mapping[str, bytes]
    where: str = ""

    @property
    def digest(self) -> str:
        """Changes when any byte or path of the pack does."""
        total = hashlib.sha256()
        for path in sorted(self.files):
            total.update(hashlib.sha256(path.encode() + b"\0" + self.files[path]).digest())
        return total.hexdigest()

    def shown(self, path: str) -> str:
        """A file's path as messages show it."""
        return f"{self.where or self.name}/{path}"


@dataclass
class Sources:
    """What was found at some paths; `problems` where something could not be read."""

    packs: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: object, message: str, **details: object) -> None:
        self.problems.append(Problem((), message, details, place=Place(str(path), 1, 1)))


def shipped_folder() -> Path:
    """Where the product's own packs lie: beside the package in the source tree, inside it once
    installed.
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "packs"
    return installed if installed.is_dir() else package.parent / "packs"


def find(paths: Iterable[Path]) -> Sources:
    """The packs at `paths`: each a pack's folder, a folder of packs, or a zip of either."""
    found = Sources()
    for path in paths:
        try:
            _find_at(path, found)
        except OSError as error:
            found.refuse(path, _("cannot be read: %(why)s"), why=error.strerror or str(error))
    return found


def _find_at(path: Path, found: Sources) -> None:
    if path.is_file():
        archive(path.read_bytes(), path.stem, found)
    elif (path / HEAD).is_file():
        _folder(path, found)
    elif path.is_dir():
        heads = sorted(path.glob(f"*/{HEAD}"))
        for head in heads:
            _folder(head.parent, found)
        if not heads:
            found.refuse(
                path, _("there is no pack here: a pack's folder has a file %(head)s"), head=HEAD
            )
    else:
        found.refuse(path, _("there is no such file or folder"))


def _folder(folder: Path, found: Sources) -> None:
    files: dict[str, bytes] = {}
    room = MOST_BYTES
    for path in _files_of(folder):
        if not _wanted(path.relative_to(folder).as_posix()):
            if path.stat().st_size <= MOST_BYTES:
                _refuse_unread(path, path.relative_to(folder).as_posix(), path.read_bytes(), found)
            continue
        if len(files) >= MOST_FILES:
            found.refuse(folder, _("a pack has at most %(most)s files"), most=MOST_FILES)
            return
        size = path.stat().st_size
        if size > room:
            found.refuse(folder, _("a pack has at most %(most)s bytes"), most=MOST_BYTES)
            return
        room -= size
        name = path.relative_to(folder).as_posix()
        files[name] = path.read_bytes()
        _refuse_unread(path, name, files[name], found)
    found.packs.append(Source(folder.resolve().name, files, str(folder)))


def _files_of(folder: Path) -> Iterator[Path]:
    """Ordinary files below `folder`, hidden ones among them; what is in hidden folders and links
    that lead outside are left alone.
    """
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        inside = _wanted(_in_place_of(path.relative_to(folder).as_posix()))
        if inside and path.is_file() and path.resolve().is_relative_to(root):
            yield path


def _in_place_of(path: str) -> str:
    """An ordinary file in the same folder."""
    return f"{path.rpartition('/')[0]}/x".lstrip("/")


def _wanted(path: str) -> bool:
    parts = path.split("/")
    hidden = any(part.startswith(".") or part in ("__pycache__", "__MACOSX") for part in parts)
    return not hidden and not path.endswith(_IGNORED_ENDINGS)


_DEFINES = re.compile(rb"(?m)^kind\s*:")


def _holds_definitions(path: str, data: bytes) -> bool:
    name = path.rpartition("/")[2]
    called_so = name.lower().endswith((".yaml", ".yml")) and not name.startswith("._")
    return called_so and _DEFINES.search(data) is not None


def _refuse_unread(where: object, path: str, data: bytes, found: Sources) -> None:
    """A file that holds definitions and is called so that nobody reads it is no pack's file."""
    name = path.rpartition("/")[2]
    unread = name.startswith(".") or not name.endswith((".yaml", ".yml"))
    if unread and _holds_definitions(path, data):
        message = _(
            "this file holds definitions and is not read: call it so that it begins with no dot"
            " and ends in .yaml or .yml, in small letters"
        )
        found.refuse(where, message)


def archive(data: bytes, name: str, found: Sources) -> None:
    """Add the packs of a zip to `found`."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        found.refuse(name, _("this is neither a pack's folder nor a zip archive"))
        return
    try:
        files = _unzipped(data, name, found)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        found.refuse(name, _("the zip archive cannot be read: %(why)s"), why=str(error))
        return
    if files is not None:
        _split(files, name, found)


def _unzipped(data: bytes, name: str, found: Sources) -> dict[str, bytes] | None:
    """Every file of the archive; the sizes it claims are not believed."""
    files: dict[str, bytes] = {}
    room = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            found.refuse(name, _("a pack has at most %(most)s files"), most=MOST_FILES)
            return None
        for entry in entries:
            path = entry.filename.replace("\\", "/")
            if path.startswith("/") or ".." in path.split("/") or ":" in path:
                found.refuse(f"{name}/{path}", _("a file's path leads out of the pack"))
                return None
            if not _wanted(path) and not _wanted(_in_place_of(path)):
                continue
            with opened.open(entry) as stream:
                read = stream.read(room + 1)
            room -= len(read)
            if room < 0:
                found.refuse(name, _("a pack has at most %(most)s bytes"), most=MOST_BYTES)
                return None
            _refuse_unread(f"{name}.zip/{path}", path, read, found)
            if _wanted(path):
                files[path] = read
    return files


def _split(files: Mapping[str, bytes], name: str, found: Sources) -> None:
    """Packs of an archive: its root, or each folder in it that has a pack.yaml."""
    roots = sorted(path.removesuffix(HEAD) for path in files if path.split("/")[-1] == HEAD)
    tops = [
        root
        for root in roots
        if not any(root != other and root.startswith(other) for other in roots)
    ]
    if not tops:
        found.refuse(
            name, _("there is no pack here: a pack's folder has a file %(head)s"), head=HEAD
        )
    for path, data in files.items():
        if not path.startswith(tuple(tops)) and _holds_definitions(path, data):
            message = _("this file holds definitions and is in no pack: no pack.yaml is above it")
            found.refuse(f"{name}.zip/{path}", message)
    for root in tops:
        inside = {
            path.removeprefix(root): data for path, data in files.items() if path.startswith(root)
        }
        top = root.strip("/")
        where = f"{name}.zip/{top}".rstrip("/")
        found.packs.append(Source(top.split("/")[-1] or name, inside, where))


def zipped(packs: Iterable[Source]) -> bytes:
    """One archive of packs, each in its folder; the same packs give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive_:
        for pack in sorted(packs, key=lambda pack: pack.name):
            for path in sorted(pack.files):
                entry = zipfile.ZipInfo(f"{pack.name}/{path}", (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive_.writestr(entry, pack.files[path])
    return target.getvalue()
