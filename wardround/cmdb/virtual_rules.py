"""How a cluster and a cloud are drawn, from what is joined with what. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb.items import OUT_OF_REACH, Item
from wardround.cmdb.virtual_types import (
    Capacity,
    CloudPicture,
    ClusterPicture,
    HostPicture,
    NamespacePicture,
    NodePicture,
    PodPicture,
    Shown,
    WorkloadPicture,
)

CORES, MEMORY = "cpu_cores", "memory"
"""Attributes of a host and of a machine that say how much it has."""
Pairs = frozenset[tuple[UUID, UUID]]


@dataclass(frozen=True, slots=True)
class ClusterParts:
    """What is in a cluster, seen or not; pairs lead from a host to its machine."""

    hosts: frozenset[UUID]
    machines: frozenset[UUID]
    runs: Pairs
    switches: frozenset[UUID]
    storage: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class CloudParts:
    """What is in a cloud, seen or not."""

    nodes: frozenset[UUID]
    namespaces: frozenset[UUID]
    workloads: frozenset[UUID]
    pods: frozenset[UUID]
    services: frozenset[UUID]
    holds: Pairs
    """A namespace, and a workload, pod or service in it."""
    replicas: Pairs
    """A workload and its pod."""
    on: Pairs
    """A node and a pod on it."""
    leads: Pairs
    """A workload, and a service that leads to it or to a pod of it."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """The parts that a reader sees, and that there is room for."""

    known: Mapping[UUID, Item]
    beyond: bool
    left_out: int

    def items(self, ids: Iterable[UUID]) -> tuple[Item, ...]:
        found = (self.known[id_] for id_ in set(ids) if id_ in self.known)
        return tuple(sorted(found, key=_by_name))

    def shown(self, id_: UUID) -> Shown:
        return self.known.get(id_, OUT_OF_REACH)


def _by_name(item: Item) -> tuple[str, str]:
    return item.name, str(item.id)


def _joined(pairs: Pairs) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for own, other in pairs:
        found[own].add(other)
    return found


# Classic -----------------------------------------------------------------------------------------


def cluster_picture(parts: ClusterParts, seen: Sighted) -> ClusterPicture:
    """Every machine within reach once: under its host, or beside them; of several hosts the first
    by name has it.
    """
    machines_of = _joined(parts.runs)
    hosts, taken = [], set[UUID]()
    for host in seen.items(parts.hosts):
        own = machines_of.get(host.id, set()) - taken
        taken |= own
        hosts.append(_host(host, seen.items(own)))
    hidden = {id_ for host in parts.hosts if host not in seen.known for id_ in machines_of[host]}
    beyond = seen.items(hidden - taken)
    if beyond:
        hosts.append(_host(OUT_OF_REACH, beyond))
    rest = parts.machines - taken - hidden
    return ClusterPicture(
        hosts=tuple(hosts),
        machines=seen.items(rest),
        switches=seen.items(parts.switches),
        storage=seen.items(parts.storage),
        capacity=capacity(seen.items(parts.hosts), seen.items(parts.machines)),
        single_host=len(parts.hosts) == 1,
        beyond=seen.beyond,
        left_out=seen.left_out,
    )


def _host(host: Shown, machines: tuple[Item, ...]) -> HostPicture:
    hosts = (host,) if isinstance(host, Item) else ()
    return HostPicture(host, machines, capacity(hosts, machines))


def capacity(hosts: Collection[Item], machines: Collection[Item]) -> Capacity:
    return Capacity(
        cores=_sum(hosts, CORES),
        given_cores=_sum(machines, CORES),
        memory=_sum(hosts, MEMORY),
        given_memory=_sum(machines, MEMORY),
    )


def _sum(items: Collection[Item], name: str) -> float | None:
    """Of those that say it; none where none does."""
    values = (item.attributes.get(name) for item in items)
    numbers = [value for value in values if isinstance(value, int | float)]
    return float(sum(numbers)) if numbers else None


# Cloud -------------------------------------------------------------------------------------------

_Owner = UUID | None
_HIDDEN = UUID(int=0)
"""All namespaces, and all workloads, that are out of reach: how many they are is not told."""


def cloud_picture(parts: CloudParts, seen: Sighted) -> CloudPicture:
    """Every pod, workload and service within reach once: a pod with its workload, a service with
    the first it leads to, all of it in the namespace of the workload.
    """
    where = _Where.of(parts, seen)
    spaces: dict[_Owner, dict[_Owner, list[UUID]]] = {
        namespace.id: {} for namespace in seen.items(parts.namespaces)
    }
    for load in seen.items(parts.workloads):
        spaces.setdefault(where.space(load.id), {})[load.id] = []
    for pod in seen.items(parts.pods):
        load_id = where.load_of.get(pod.id)
        space = where.space(load_id if load_id and load_id in seen.known else pod.id)
        spaces.setdefault(space, {}).setdefault(load_id, []).append(pod.id)
    services: dict[_Owner, list[UUID]] = defaultdict(list)
    loose: dict[_Owner, list[UUID]] = defaultdict(list)
    for service in seen.items(parts.services):
        led = where.led_to.get(service.id)
        if led in seen.known:
            services[led].append(service.id)
        else:
            loose[where.space(service.id)].append(service.id)
    drawn = tuple(
        NamespacePicture(
            namespace=_owner(space, seen),
            workloads=tuple(
                _workload(load, pods, services.get(load, ()), where, seen)
                for load, pods in spaces.get(space, {}).items()
            ),
            services=seen.items(loose.get(space, ())),
        )
        for space in dict.fromkeys([*spaces, *loose])
    )
    on = _joined(parts.on)
    nodes = (NodePicture(n, len(seen.items(on.get(n.id, ())))) for n in seen.items(parts.nodes))
    return CloudPicture(tuple(nodes), drawn, seen.beyond, seen.left_out)


@dataclass(frozen=True, slots=True)
class _Where:
    """The one place of each: of several that hold it the first by name that is seen."""

    holder: Mapping[UUID, UUID]
    load_of: Mapping[UUID, UUID]
    led_to: Mapping[UUID, UUID]
    pods_of: Mapping[UUID, Collection[UUID]]
    nodes_of: Mapping[UUID, UUID]

    @classmethod
    def of(cls, parts: CloudParts, seen: Sighted) -> _Where:
        return cls(
            holder=_first(parts.holds, seen),
            load_of=_first(parts.replicas, seen),
            led_to=_first(parts.leads, seen),
            pods_of=_joined(parts.replicas),
            nodes_of={pod: node for node, pod in sorted(parts.on, reverse=True)},
        )

    def space(self, id_: UUID) -> _Owner:
        """The namespace of a thing; of a workload that says none, that of its first pod."""
        pods = sorted(self.pods_of.get(id_, ()))
        return next((self.holder[each] for each in (id_, *pods) if each in self.holder), None)


def _first(pairs: Pairs, seen: Sighted) -> Mapping[UUID, UUID]:
    def last(pair: tuple[UUID, UUID]) -> tuple[bool, str, UUID]:
        item = seen.known.get(pair[0])
        return item is None, item.name if item else "", pair[0]

    ordered = sorted(pairs, key=last, reverse=True)
    return {held: holder if holder in seen.known else _HIDDEN for holder, held in ordered}


def _owner(id_: _Owner, seen: Sighted) -> Shown | None:
    return None if id_ is None else seen.shown(id_)


def _workload(
    load: _Owner,
    pods: Collection[UUID],
    services: Collection[UUID],
    where: _Where,
    seen: Sighted,
) -> WorkloadPicture:
    every = where.pods_of.get(load, ()) if load else ()  # seen or not: they stand in for each other
    nodes = [where.nodes_of[pod] for pod in every if pod in where.nodes_of]
    return WorkloadPicture(
        workload=_owner(load, seen),
        services=seen.items(services),
        pods=tuple(
            PodPicture(pod, _owner(where.nodes_of.get(pod.id), seen)) for pod in seen.items(pods)
        ),
        nodes=len(set(nodes)),
        crowded=len(nodes) > 1 and len(set(nodes)) == 1,
    )
