"""The care of items over HTTP: how well they are kept."""

from __future__ import annotations

from ninja import Query

from wardround.cmdb import care
from wardround.cmdb.care_wire import QualityOut, QualityQuery
from wardround.cmdb.permissions import READ
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["cmdb"])


@router.get("/data-quality", needs=READ, response=QualityOut)
def data_quality(request: Request, asked: Query[QualityQuery]) -> QualityOut:
    """What is out of order among the items, with how many each finding looks at."""
    found = care.quality(
        reach(actor_of(request), READ),
        at=clock.now(),
        days=asked.days,
        types=tuple(asked.type),
        systems=tuple(asked.system),
    )
    return QualityOut.of(found)
