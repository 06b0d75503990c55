"""Which file systems a machine has, from the kernel's list of mounts.

By what they are, not by how their source is called: a ZFS dataset, a GPFS or a btrfs has no device
file. Mount ids and parents tell which of several mounts at one place is the one that is seen.
Format: proc(5), `/proc/[pid]/mountinfo`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

_REMOTE = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "glusterfs",
        "lustre", "beegfs", "virtiofs", "ncpfs", "orangefs", "pvfs2", "panfs", "cvfs", "vboxsf",
        "fuse",
    }
)  # fmt: skip
"""File systems of other machines: a dead server would hang the reading thread for good."""
_FULL_BY_NATURE = frozenset({"squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"})
_OF_MEMORY = frozenset({"tmpfs", "devtmpfs", "ramfs", "rootfs", "hugetlbfs"})
_OF_THE_KERNEL = frozenset(
    {
        "autofs", "bdev", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs",
        "cpuset", "debugfs", "devpts", "efivarfs", "fusectl", "mqueue", "nfsd", "nsfs", "pipefs",
        "proc", "pstore", "resctrl", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sockfs",
        "sysfs", "tracefs", "xenfs",
    }
)  # fmt: skip
_LAYERS = frozenset({"overlay", "overlayfs", "aufs"})
"""Of others' files: one of a container's engine is no file system of this machine's own."""
_NEVER = _REMOTE | _FULL_BY_NATURE | _OF_MEMORY | _OF_THE_KERNEL | _LAYERS
_OF_ENGINES = re.compile(r"^/var/lib/(docker|containers/storage)/|/\.zfs/snapshot/")
"""Layers of containers, and old states of a dataset: their space is counted where they lie."""
_ROOT = "/"
_ESCAPE = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the list; `number` is that of the file system, `root` the part of it seen."""

    id: int
    parent: int
    number: str
    root: str
    place: str
    kind: str
    source: str


def mounts(text: str) -> list[Mount]:
    """The list as the kernel writes it; a line that it does not write so is passed over. Only a
    line feed ends a line: names may hold what other programs end lines with.
    """
    return [mount for line in text.split("\n") if (mount := _mount(line)) is not None]


def file_systems(found: Iterable[Mount], *, is_folder: Callable[[str], bool]) -> list[Mount]:
    """Those that can fill up, each once, where it is seen whole or nearest to the root.

    `is_folder` is asked only of places of file systems that cannot hang.
    """
    by_id, at_place = _indexed(found)
    chosen: dict[tuple[str, str], Mount] = {}
    for mount in by_id.values():
        if not _fills_up(mount) or _is_hidden(mount, by_id, at_place):
            continue
        if any(_can_hang(by_id[above]) for above in _ancestors(mount, by_id) - {mount.id}):
            continue  # the way to it leads through another machine
        same = (mount.number, mount.kind)
        before = chosen.get(same)
        if (before is None or _rank(mount) < _rank(before)) and is_folder(mount.place):
            chosen[same] = mount
    return sorted(chosen.values(), key=lambda mount: mount.place)


def _indexed(found: Iterable[Mount]) -> tuple[dict[int, Mount], dict[str, list[Mount]]]:
    by_id: dict[int, Mount] = {}
    at_place: dict[str, list[Mount]] = {}
    for mount in found:
        by_id[mount.id] = mount
        at_place.setdefault(mount.place, []).append(mount)
    return by_id, at_place


def _fills_up(mount: Mount) -> bool:
    if mount.place == _ROOT:
        return mount.kind not in _FULL_BY_NATURE  # whatever else, it is where everything lies
    if _can_hang(mount) or _OF_ENGINES.search(mount.place):
        return False
    return mount.kind not in _NEVER


def _can_hang(mount: Mount) -> bool:
    """Whether another machine answers for it; by its root, whatever it is, a machine lives."""
    remote = mount.kind in _REMOTE or mount.kind.startswith("fuse.")
    return remote and mount.place != _ROOT


def _rank(mount: Mount) -> tuple[bool, int, str]:
    """The whole before a part of it (a bind mount), then the shortest path."""
    return mount.root != _ROOT, len(mount.place), mount.place


def _is_hidden(
    mount: Mount, by_id: Mapping[int, Mount], at_place: Mapping[str, list[Mount]]
) -> bool:
    """Whether another mount lies over its place: on the place itself, or on a folder above it."""
    below = _ancestors(mount, by_id)
    place = PurePosixPath(mount.place)
    return any(
        other.id not in below
        for folder in (place, *place.parents)
        for other in at_place.get(str(folder), ())
    )


def _ancestors(mount: Mount, by_id: Mapping[int, Mount]) -> set[int]:
    seen = {mount.id}
    at = mount
    while (above := by_id.get(at.parent)) is not None and above.id not in seen:
        seen.add(above.id)
        at = above
    return seen


def _mount(line: str) -> Mount | None:
    own, _, of_kind = line.partition(" - ")
    words, kind = own.split(" "), of_kind.split(" ")
    if len(words) < 6 or len(kind) < 2 or not (words[0].isdigit() and words[1].isdigit()):
        return None
    return Mount(
        id=int(words[0]),
        parent=int(words[1]),
        number=words[2],
        root=_plain(words[3]),
        place=_plain(words[4]),
        kind=kind[0],
        source=_plain(kind[1]),
    )


def _plain(text: str) -> str:
    """Blanks, line ends, backslashes stand as octal numbers."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), text)
