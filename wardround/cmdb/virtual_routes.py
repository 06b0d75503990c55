"""Virtualisation both ways, over HTTP: a cluster with its hosts, a cloud with what runs in it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

from wardround.cmdb import virtual_queries
from wardround.cmdb.items import Condition, Item, OutOfReach
from wardround.cmdb.permissions import READ
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.wire import Answer, Label

router = RoomRouter(tags=["cmdb"])


class DrawnPartOut(Answer):
    id: UUID | None
    """None where it is out of the reader's reach."""
    name: Label
    type_label: Label
    condition: Condition | None
    attributes: dict[str, Any]


def _part(value: object) -> object:
    if isinstance(value, OutOfReach):
        return {**_UNSEEN, "name": value.name}
    if isinstance(value, Item):
        told = {name: value.attributes[name] for name in _TOLD if name in value.attributes}
        return {
            "id": value.id,
            "name": value.name,
            "type_label": value.type_label,
            "condition": value.judged,
            "attributes": told,
        }
    return value


_UNSEEN: dict[str, object] = {"id": None, "type_label": "", "condition": None, "attributes": {}}
_TOLD = ("cpu_cores", "memory", "replicas")
"""What the picture writes beside a name."""
Part = Annotated[DrawnPartOut, BeforeValidator(_part)]


class CapacityOut(Answer):
    cores: float | None
    given_cores: float | None
    """Virtual ones, of the machines."""
    memory: float | None
    """Bytes."""
    given_memory: float | None


class HostOut(Answer):
    host: Part
    machines: list[Part]
    capacity: CapacityOut


class ClusterOut(Answer):
    hosts: list[HostOut]
    machines: list[Part]
    """Those of which no host is told."""
    switches: list[Part]
    storage: list[Part]
    capacity: CapacityOut
    single_host: bool
    """None takes over what its one host runs."""
    beyond: bool
    """Whether the reader may not see some of it; how much is not told."""
    left_out: int


class PodOut(Answer):
    pod: Part
    node: Part | None


class WorkloadOut(Answer):
    workload: Part | None
    """None: pods that belong to none."""
    services: list[Part]
    pods: list[PodOut]
    nodes: int
    crowded: bool
    """Several replicas, and all on one node."""


class NamespaceOut(Answer):
    namespace: Part | None
    """None: what is in none."""
    workloads: list[WorkloadOut]
    services: list[Part]


class NodePodsOut(Answer):
    node: Part
    pods: int


class CloudOut(Answer):
    nodes: list[NodePodsOut]
    namespaces: list[NamespaceOut]
    beyond: bool
    left_out: int


@router.get("/clusters/{uuid:item_id}/picture", needs=READ, response=ClusterOut)
def cluster_picture(request: Request, item_id: UUID) -> ClusterOut:
    """A virtualisation cluster: hosts with their machines, switches, storage, and how much of cores
    and memory is given out.
    """
    found = virtual_queries.cluster(reach(actor_of(request), READ), item_id)
    return ClusterOut.model_validate(found)


@router.get("/clouds/{uuid:item_id}/picture", needs=READ, response=CloudOut)
def cloud_picture(request: Request, item_id: UUID) -> CloudOut:
    """A cloud cluster, or a namespace of one: workloads with their pods and the nodes of these."""
    return CloudOut.model_validate(virtual_queries.cloud(reach(actor_of(request), READ), item_id))
