"""Network zones over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query

from wardround.cmdb import zone_queries
from wardround.cmdb.graph_wire import GraphOut, ModelQuery
from wardround.cmdb.permissions import READ
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.schema.queries import named

router = RoomRouter(tags=["cmdb"])


class TopologyQuery(ModelQuery):
    zone: UUID | None = None
    """What lies in no zone, where it is not given."""
    type: Annotated[str, named("item-type")] | None = None
    """Items of this type alone, and not what they stand on."""


@router.get("/zone-topology", needs=READ, response=GraphOut)
def zone_topology(request: Request, asked: Query[TopologyQuery]) -> GraphOut:
    """What lies in a network zone of machines and network, with what it stands on."""
    seen = reach(actor_of(request), READ)
    found = zone_queries.topology(seen, asked.zone, type_name=asked.type, most=asked.most)
    return GraphOut.of(found)
