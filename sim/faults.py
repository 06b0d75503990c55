"""Faults on demand: what can be broken, where, and how it looks from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sim.machines import Hospital


@dataclass(frozen=True)
class FaultKind:
    """One way to break something. `templates` names the pages on which it can be seen."""

    name: str
    templates: frozenset[str]
    zh: str
    en: str


KINDS = {
    kind.name: kind
    for kind in (
        FaultKind(
            "host-down", frozenset({"sim-host", "sim-vm"}),
            "主机宕机：连接被拒绝，其上的虚拟机一同失联",
            "a host goes down, and the virtual machines on it",
        ),
        FaultKind(
            "tablespace-filling", frozenset({"sim-database"}),
            "数据库表空间快速增长", "a tablespace of a database fills up",
        ),
        FaultKind(
            "pool-exhausted", frozenset({"sim-middleware"}),
            "中间件连接池耗尽", "a connection pool is exhausted",
        ),
        FaultKind(
            "storage-slow", frozenset({"sim-storage"}),
            "存储响应变慢，依赖它的数据库一同变慢", "a storage array becomes slow",
        ),
        FaultKind(
            "switch-down", frozenset({"sim-switch"}),
            "交换机宕机，挂在其下的设备一同失联", "a switch goes down with what hangs on it",
        ),
    )
}  # fmt: skip


class UnknownFault(Exception):
    """The name is neither a fault nor `fault:item`; the message lists what there is."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault at one item; written `kind:item`."""

    kind: str
    item: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.item}"


def named(name: str, hospital: Hospital) -> Fault:
    """The fault that a name means; without an item, the first one it fits."""
    kind, _colon, item = name.partition(":")
    if kind not in KINDS:
        raise UnknownFault(f"no fault “{kind}”; there are: {', '.join(KINDS)}")
    fitting = sorted(
        key
        for key, machine in hospital.machines.items()
        if machine.template in KINDS[kind].templates
    )
    if not item:
        if not fitting:
            raise UnknownFault(f"the hospital has nothing on which “{kind}” could happen")
        return Fault(kind, fitting[0])
    if item not in fitting:
        shown = ", ".join(fitting[:8])
        raise UnknownFault(f"“{kind}” cannot happen to “{item}”; it can to: {shown} …")
    return Fault(kind, item)


class Faults:
    """What is broken now and since when; kept in a file, so that it outlives a restart."""

    def __init__(self, hospital: Hospital, file: Path | None) -> None:
        self._hospital = hospital
        self._file = file
        self.since: dict[Fault, float] = {}
        if file is not None and file.is_file():
            kept = json.loads(file.read_text())
            self.since = {
                Fault(*name.split(":", 1)): float(moment) for name, moment in kept.items()
            }

    def break_(self, fault: Fault, at: float) -> None:
        self.since.setdefault(fault, at)
        self._keep()

    def heal(self, fault: Fault) -> None:
        self.since.pop(fault, None)
        self._keep()

    def feels(self, fault: Fault) -> frozenset[str]:
        """The machines that stand on the fault's item, itself included."""
        return self._hospital.hangs_on(fault.item)

    def dark(self) -> set[str]:
        """The machines that do not answer now."""
        down = [fault for fault in self.since if fault.kind in {"host-down", "switch-down"}]
        return {key for fault in down for key in self._hospital.reached_through(fault.item)}

    def at(self, kind: str, item: str) -> float | None:
        """Since when the item has this fault, in seconds since 1970; `None`: it has not."""
        return self.since.get(Fault(kind, item))

    def _keep(self) -> None:
        if self._file is None:
            return
        half = self._file.with_suffix(".new")
        half.write_text(json.dumps({str(fault): at for fault, at in self.since.items()}))
        half.replace(self._file)
