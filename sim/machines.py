"""The demonstration hospital's machines, read from its pack: what is there and what hangs on it."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml


@dataclass(frozen=True)
class Machine:
    """One item that is monitored: its template says which page it serves."""

    key: str
    name: str
    type: str
    template: str
    address: IPv4Address
    port: int


@dataclass(frozen=True)
class Hospital:
    """Machines by key, and for each item the items that stand or fall with it."""

    machines: dict[str, Machine]
    dependants: dict[str, frozenset[str]]

    def hangs_on(self, key: str) -> set[str]:
        """Every machine that is cut off when `key` goes, `key` itself included."""
        seen, waiting = {key}, deque([key])
        while waiting:
            for above in self.dependants.get(waiting.popleft(), ()):
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)
        return {one for one in seen if one in self.machines}


_CARRIES = {"runs-on", "connects"}
"""Kinds whose target carries the source: without it the source cannot be reached."""


def read(pack: Path) -> Hospital:
    """Read the pack's items, relations and targets; only what the simulation needs of them."""
    names: dict[str, tuple[str, str]] = {}
    targets: list[dict[str, Any]] = []
    above: dict[str, set[str]] = defaultdict(set)
    for file in sorted(pack.rglob("*.yaml")):
        for document in yaml.load_all(file.read_bytes(), yaml.CSafeLoader):
            for item in document.get("items", ()):
                names[item["key"]] = (item["name"], item["type"])
            for relation in document.get("relations", ()):
                if relation["kind"] in _CARRIES and not relation.get("group"):
                    above[relation["to"]].add(relation["from"])
            targets += document.get("targets", ())
    machines = dict(_machines(names, targets))
    return Hospital(machines, {key: frozenset(keys) for key, keys in above.items()})


def _machines(
    names: dict[str, tuple[str, str]], targets: list[dict[str, Any]]
) -> list[tuple[str, Machine]]:
    found = []
    for target in targets:
        place = urlsplit(str(target.get("address", "")))
        if not (place.hostname or "").startswith("127."):
            continue
        key = target["item"]
        name, kind = names[key]
        address = IPv4Address(place.hostname or "")
        machine = Machine(key, name, kind, target["template"], address, place.port or 80)
        found.append((key, machine))
    return found
