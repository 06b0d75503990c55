"""A virtualisation cluster and a cloud as their reader may see them.

What stands in a picture, and as what, the roles of types tell; what belongs together, any relation
between two of them, or a reference from the one to the other. A number of statements that depends
on definitions alone.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from wardround.cmdb import models, queries, rules
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.virtual_rules import (
    CloudParts,
    ClusterParts,
    Pairs,
    Sighted,
    cloud_picture,
    cluster_picture,
)
from wardround.cmdb.virtual_types import MOST_DRAWN, CloudPicture, ClusterPicture
from wardround.cmdb.where.sql import names_somewhere
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, ItemRole

_NONE: Pairs = frozenset()


def cluster(reach: Reach, item_id: UUID) -> ClusterPicture:
    """A cluster: its hosts, what runs on them, switches and storage. Raises UnknownItem."""
    _require(reach, item_id, ItemRole.CLUSTER)
    root = frozenset({item_id})
    hosts = _others(_joined(root, ItemRole.CLUSTER, ItemRole.HYPERVISOR))
    runs = _joined(hosts, ItemRole.HYPERVISOR, ItemRole.MACHINE)
    beside = _others(_joined(root, ItemRole.CLUSTER, ItemRole.MACHINE))
    parts = ClusterParts(
        hosts=hosts,
        machines=_others(runs) | beside,
        runs=runs,
        switches=_around(root, hosts, ItemRole.MACHINE_NETWORK),
        storage=_around(root, hosts, ItemRole.STORAGE),
    )
    every = parts.hosts | parts.machines | parts.switches | parts.storage
    return cluster_picture(parts, _sighted(reach, every))


def cloud(reach: Reach, item_id: UUID) -> CloudPicture:
    """A cloud with all its namespaces, or one namespace. Raises UnknownItem."""
    role = _require(reach, item_id, ItemRole.CLOUD, ItemRole.NAMESPACE)
    root = frozenset({item_id})
    whole = role is ItemRole.CLOUD
    spaces = _others(_joined(root, ItemRole.CLOUD, ItemRole.NAMESPACE)) if whole else root
    nodes = _others(_joined(root, ItemRole.CLOUD, ItemRole.NODE)) if whole else frozenset[UUID]()
    on = _joined(nodes, ItemRole.NODE, ItemRole.POD)
    holds = frozenset[tuple[UUID, UUID]]().union(
        *(
            _joined(spaces, ItemRole.NAMESPACE, member)
            for member in (ItemRole.WORKLOAD, ItemRole.POD, ItemRole.SERVICE)
        )
    )
    pods = _of(_others(on) | _others(holds), ItemRole.POD)
    loads = _of(_others(holds), ItemRole.WORKLOAD)
    loads |= _others(_joined(pods, ItemRole.POD, ItemRole.WORKLOAD))
    replicas = _joined(loads, ItemRole.WORKLOAD, ItemRole.POD)
    pods |= _others(replicas)
    on |= _turned(_joined(pods, ItemRole.POD, ItemRole.NODE))
    direct = _joined(loads, ItemRole.WORKLOAD, ItemRole.SERVICE)
    to_pods = _joined(pods, ItemRole.POD, ItemRole.SERVICE)
    through = {(load, service) for pod, service in to_pods for load, own in replicas if own == pod}
    parts = CloudParts(
        nodes=nodes | {node for node, _pod in on},
        namespaces=spaces,
        workloads=loads,
        pods=pods,
        services=_of(_others(holds), ItemRole.SERVICE) | _others(direct) | _others(to_pods),
        holds=holds,
        replicas=replicas,
        on=on,
        leads=direct | through,
    )
    every = parts.nodes | parts.namespaces | parts.workloads | parts.pods | parts.services
    return cloud_picture(parts, _sighted(reach, every))


def _require(reach: Reach, item_id: UUID, *roles: ItemRole) -> ItemRole:
    """The role of these that the item plays. Raises UnknownItem."""
    played = queries.item(reach, item_id).roles
    for role in roles:
        if role in played:
            return role
    raise UnknownItem(field="item")


def _sighted(reach: Reach, ids: Collection[UUID]) -> Sighted:
    """What of these the reader sees; past the room there is, those that come last by their ids."""
    seen = queries.visible(reach, ids)
    shown = sorted(seen)[:MOST_DRAWN]
    return Sighted(queries.items(reach, shown), len(seen) < len(ids), len(seen) - len(shown))


# What is joined with what ------------------------------------------------------------------------

_IN_USE = {"source__retired_at": None, "target__retired_at": None}


def _types(role: ItemRole) -> list[str]:
    return rules.types_with(role, schema.remembered_item_types())


def _joined(ids: frozenset[UUID], own: ItemRole, other: ItemRole) -> Pairs:
    """These items, and those of another role that are joined with them in any way."""
    if not ids:
        return _NONE
    types = _types(other)
    rows = models.Relation.objects.filter(**_IN_USE)
    out = rows.filter(source__in=ids, target__type__in=types).values_list("source_id", "target_id")
    back = rows.filter(target__in=ids, source__type__in=types).values_list("target_id", "source_id")
    found = {*out, *back, *_naming(ids, own, other)}
    return frozenset(pair for pair in found if pair[0] != pair[1])


def _naming(ids: frozenset[UUID], own: ItemRole, other: ItemRole) -> set[tuple[UUID, UUID]]:
    """Items of another role that name one of these in an attribute that everybody sees."""
    owners, types = set(_types(own)), schema.remembered_item_types()
    wanted = {
        attribute.name
        for name in _types(other)
        for attribute in types[name].attributes
        if attribute.type is AttributeType.REFERENCE
        and not attribute.seen_by
        and not owners.isdisjoint(attribute.to)
    }
    found = set()
    for name in sorted(wanted):
        field = f"attributes__{name}"
        rows = models.Item.objects.filter(
            names_somewhere(ids),
            type__in=_types(other),
            retired_at=None,
            **{f"{field}__in": [str(id_) for id_ in ids]},
        )
        for id_, value in rows.values_list("id", field):
            if named := rules.as_id(str(value)):
                found.add((named, id_))
    return found


def _around(root: frozenset[UUID], hosts: frozenset[UUID], role: ItemRole) -> frozenset[UUID]:
    """What of a role the cluster or one of its hosts is joined with."""
    of_hosts = _joined(hosts, ItemRole.HYPERVISOR, role)
    return _others(of_hosts | _joined(root, ItemRole.CLUSTER, role))


def _of(ids: frozenset[UUID], role: ItemRole) -> frozenset[UUID]:
    rows = models.Item.objects.filter(Q(id__in=ids), type__in=_types(role))
    return frozenset(rows.values_list("id", flat=True)) if ids else frozenset()


def _others(pairs: Pairs) -> frozenset[UUID]:
    return frozenset(other for _own, other in pairs)


def _turned(pairs: Pairs) -> Pairs:
    return frozenset((other, own) for own, other in pairs)
