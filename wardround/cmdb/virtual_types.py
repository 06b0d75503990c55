"""Virtualisation as it is drawn: a cluster with its hosts, and a cloud with what runs in it."""

from __future__ import annotations

from dataclasses import dataclass

from wardround.cmdb.items import Item, OutOfReach

MOST_DRAWN = 2_000
"""Items of one picture."""

Shown = Item | OutOfReach


@dataclass(frozen=True, slots=True)
class Capacity:
    """What there is and what was given out; none where no attribute within sight says so."""

    cores: float | None
    given_cores: float | None
    """Of the machines: virtual ones."""
    memory: float | None
    """Bytes."""
    given_memory: float | None


@dataclass(frozen=True, slots=True)
class HostPicture:
    """A hypervisor and its machines; all that are out of reach are one."""

    host: Shown
    machines: tuple[Item, ...]
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class ClusterPicture:
    hosts: tuple[HostPicture, ...]
    machines: tuple[Item, ...]
    """Those of which no host is told: any of the cluster may run them."""
    switches: tuple[Item, ...]
    storage: tuple[Item, ...]
    capacity: Capacity
    single_host: bool
    """None takes over what its one host runs."""
    beyond: bool
    """Whether the reader may not see some of it; not how much."""
    left_out: int
    """Items for which there was no room."""


@dataclass(frozen=True, slots=True)
class PodPicture:
    pod: Item
    node: Shown | None


@dataclass(frozen=True, slots=True)
class WorkloadPicture:
    """A workload and its replicas; without one, pods that belong to none."""

    workload: Shown | None
    services: tuple[Item, ...]
    pods: tuple[PodPicture, ...]
    nodes: int
    """On how many nodes its replicas run, whether the reader sees them or not."""
    crowded: bool
    """Several replicas, and all on one node: they fail together."""


@dataclass(frozen=True, slots=True)
class NamespacePicture:
    """A namespace; without one, what is in none."""

    namespace: Shown | None
    workloads: tuple[WorkloadPicture, ...]
    services: tuple[Item, ...]
    """Those that lead to no workload here."""


@dataclass(frozen=True, slots=True)
class NodePicture:
    node: Item
    pods: int
    """Of those within reach."""


@dataclass(frozen=True, slots=True)
class CloudPicture:
    nodes: tuple[NodePicture, ...]
    namespaces: tuple[NamespacePicture, ...]
    beyond: bool
    left_out: int
