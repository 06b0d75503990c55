"""Where people put the items of a picture, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query, Status
from pydantic import Field

from wardround.cmdb import kept_places
from wardround.cmdb.permissions import READ
from wardround.cmdb.place_types import MOST_PLACES, Picture, Place
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.wire import Answer, Body

router = RoomRouter(tags=["cmdb"])


class PictureAsked(Body):
    picture: Picture
    root: UUID | None = None
    """The item that it is about; none: what lies in no network zone."""


class PictureReset(PictureAsked):
    for_all: bool = False


class PlaceIn(Body):
    item: UUID
    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=200)]


class PlacesIn(PictureAsked):
    for_all: bool = False
    places: Annotated[list[PlaceIn], Field(min_length=1, max_length=MOST_PLACES)]


class PlaceOut(Answer):
    item: UUID
    x: float
    """From the left (0) to the right (1) of its layer's lane."""
    y: float
    """Rows from the top of the lane."""


class PlacesOut(Answer):
    places: list[PlaceOut]
    """One's own, and for the rest those for all."""
    own: int
    shared: int
    may_share: bool


@router.get("/picture-places", needs=READ, response=PlacesOut)
def get_places(request: Request, asked: Query[PictureAsked]) -> PlacesOut:
    found = kept_places.kept(actor_of(request), asked.picture, asked.root)
    return PlacesOut.model_validate(found)


@router.put("/picture-places", needs=READ, response=PlacesOut)
def keep_places(request: Request, payload: PlacesIn) -> PlacesOut:
    """Say where items stand in a picture, for oneself or for all; others stay where they are."""
    found = kept_places.keep(
        actor_of(request),
        payload.picture,
        payload.root,
        [Place(each.item, each.x, each.y) for each in payload.places],
        for_all=payload.for_all,
    )
    return PlacesOut.model_validate(found)


@router.delete("/picture-places", needs=READ, response={204: None})
def forget_places(request: Request, asked: Query[PictureReset]) -> Status[None]:
    """Let the layout put everything where it belongs again."""
    kept_places.forget(actor_of(request), asked.picture, asked.root, for_all=asked.for_all)
    return Status(204, None)
