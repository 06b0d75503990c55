"""What if several items failed, and scenarios that are asked again, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Status

from wardround.cmdb.permissions import READ
from wardround.impact import scenario_queries, scenarios, what_if_queries
from wardround.impact.permissions import SCENARIOS
from wardround.impact.scenario_wire import (
    ScenarioBody,
    ScenarioChange,
    ScenarioFilters,
    ScenarioOut,
    ScenarioRow,
    WhatIfBody,
    WhatIfOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.reach import reach
from wardround.kernel.short_lists import short_list

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["impact"])

_SCENARIOS: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "note": gettext_lazy("Note"),
    "owner": gettext_lazy("Saved by"),
    "shared": gettext_lazy("Shared"),
    "items": gettext_lazy("Items"),
    "sets": gettext_lazy("Sets"),
    "down": gettext_lazy("Down"),
    "switching": gettext_lazy("Until switched"),
    "degraded": gettext_lazy("Degraded"),
    "unprotected": gettext_lazy("Protection lost"),
    "saved_at": gettext_lazy("Saved"),
}


@router.post("/impact/what-if", needs=READ, response=WhatIfOut)
def what_if(request: Request, body: WhatIfBody) -> WhatIfOut:
    """The hospital if exactly these items failed, and nothing else: every business system within
    reach, and the organisations that use those that are hit. Nothing is changed.
    """
    seen = reach(actor_of(request), READ)
    found = what_if_queries.what_if(seen, body.failed, body.asked(), at=clock.now())
    return WhatIfOut.of_what_if(found)


@router.get("/impact/scenarios", needs=READ, response=Page[ScenarioRow])
def list_scenarios(
    request: Request, filters: Query[ScenarioFilters]
) -> Page[ScenarioRow] | HttpResponse:
    """One's own scenarios and those that others share, with what each did when it was saved."""
    every = [ScenarioRow.of(each) for each in scenario_queries.scenarios(actor_of(request))]
    found = [row for row in every if filters.wanted(row)]
    cells = {"owner": lambda owner: owner.name, "shared": _yes}
    return short_list(gettext_lazy("What-if scenarios"), found, filters, _SCENARIOS, cells)


def _yes(said: object) -> str:
    return str(gettext_lazy("yes") if said else gettext_lazy("no"))


@router.post("/impact/scenarios", needs=SCENARIOS, response={201: ScenarioOut})
def save_scenario(request: Request, body: ScenarioBody) -> Status[ScenarioOut]:
    """Save what is taken out, with what it does now."""
    actor, at = actor_of(request), clock.now()
    made = scenarios.save(actor, body.draft(), at=at)
    return Status(201, ScenarioOut.of_run(scenario_queries.scenario_now(actor, made, at=at)))


@router.get("/impact/scenarios/{uuid:scenario_id}", needs=READ, response=ScenarioOut)
def get_scenario(request: Request, scenario_id: UUID) -> ScenarioOut:
    """A scenario on the model of now, beside what it did when it was saved."""
    actor = actor_of(request)
    return ScenarioOut.of_run(scenario_queries.scenario_now(actor, scenario_id, at=clock.now()))


@router.put("/impact/scenarios/{uuid:scenario_id}", needs=SCENARIOS, response=ScenarioOut)
def change_scenario(request: Request, scenario_id: UUID, body: ScenarioChange) -> ScenarioOut:
    """Change one's own; what it does now is what later results are compared with."""
    actor, at = actor_of(request), clock.now()
    scenarios.change(actor, scenario_id, body.draft(), version=body.version, at=at)
    return ScenarioOut.of_run(scenario_queries.scenario_now(actor, scenario_id, at=at))


@router.delete("/impact/scenarios/{uuid:scenario_id}", needs=SCENARIOS, response={204: None})
def delete_scenario(request: Request, scenario_id: UUID) -> Status[None]:
    """Delete one's own."""
    scenarios.delete(actor_of(request), scenario_id)
    return Status(204, None)
