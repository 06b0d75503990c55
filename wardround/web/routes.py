"""The edge's own routes: is the platform well, and what changes now."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Status

from wardround.access.authentication import recognised
from wardround.kernel.errors import SignInNeeded
from wardround.kernel.http import RoomRouter
from wardround.kernel.live import topics
from wardround.kernel.permissions import PUBLIC, SIGNED_IN
from wardround.kernel.suggestions import refuse_unknown
from wardround.web.health import health_now
from wardround.web.lasting import last
from wardround.web.live import broker, reaches
from wardround.web.wire import HealthOut, HospitalOut, StreamFilters

router = RoomRouter(tags=["platform"])


@router.get("/health", needs=PUBLIC, response={200: HealthOut, 503: HealthOut})
def health(request: HttpRequest) -> Status[HealthOut]:
    """Whether the platform works; 503 when this front end cannot serve."""
    found = health_now()
    return Status(503 if found.status == "down" else 200, HealthOut.model_validate(found))


@router.get("/hospital", needs=PUBLIC, response=HospitalOut)
def hospital(request: HttpRequest) -> HospitalOut:
    """The hospital's language and time zone, for whoever shows words and moments."""
    return HospitalOut(language=settings.LANGUAGE_CODE, time_zone=settings.TIME_ZONE)


@router.get("/stream", needs=SIGNED_IN)
async def stream(request: HttpRequest, filters: Query[StreamFilters]) -> HttpResponse:
    """Server-sent events: `changed` {topic, ids, at} for the topics asked for, `heartbeat`; and
    `ended` when the session, the token or the account has.
    """
    found = recognised(request)
    if found is None:
        raise SignInNeeded
    broker.require_room(found.actor.id)
    wanted = [topic for topic in filters.topics.split(",") if topic]
    refuse_unknown("topics", wanted, topics())
    heard = await sync_to_async(reaches)(found.actor, wanted)
    last(request, broker.stream(found.opening, wanted, heard, found.actor.id))
    response = HttpResponse(content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
