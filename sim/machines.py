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
    """Machines by key, and for each item the items that stand on it.

    `carried` holds what runs on or is connected to an item and cannot be reached without it;
    `standing` also what is stored on it and only becomes slow.
    """

    machines: dict[str, Machine]
    carried: dict[str, frozenset[str]]
    standing: dict[str, frozenset[str]]

    def reached_through(self, key: str) -> frozenset[str]:
        """Every machine that is cut off when `key` goes, `key` itself included."""
        return self._closure(key, self.carried)

    def hangs_on(self, key: str) -> frozenset[str]:
        """Every machine that feels what happens to `key`, `key` itself included."""
        return self._closure(key, self.standing)

    def _closure(self, key: str, above: dict[str, frozenset[str]]) -> frozenset[str]:
        seen, waiting = {key}, deque([key])
        while waiting:
            for one in above.get(waiting.popleft(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return frozenset(one for one in seen if one in self.machines)


_CARRIES = {"runs-on", "connects"}
_STANDS = _CARRIES | {"stored-on"}


def read(pack: Path) -> Hospital:
    """Read the pack's items, relations and targets; only what the simulation needs of them."""
    names: dict[str, tuple[str, str]] = {}
    targets: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    for file in sorted(pack.rglob("*.yaml")):
        for document in yaml.load_all(file.read_bytes(), yaml.CSafeLoader):
            for item in document.get("items", ()):
                names[item["key"]] = (item["name"], item["type"])
            relations += document.get("relations", ())
            targets += document.get("targets", ())
    machines = dict(_machines(names, targets))
    return Hospital(machines, _above(relations, _CARRIES), _above(relations, _STANDS))


def _above(relations: list[dict[str, Any]], kinds: set[str]) -> dict[str, frozenset[str]]:
    """For each item what has it as its only way: members of a group have another."""
    above: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        if relation["kind"] in kinds and not relation.get("group"):
            above[relation["to"]].add(relation["from"])
    return {key: frozenset(keys) for key, keys in above.items()}


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
