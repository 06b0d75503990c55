"""How a service is called, from what the engine says and what is measured. Pure."""

from __future__ import annotations

from wardround.cmdb.types import Condition, Parts
from wardround.dependability import State
from wardround.impact.types import ServiceState

_CALLED = {
    State.UP: ServiceState.UP,
    State.DEGRADED: ServiceState.DEGRADED,
    State.STANDBY: ServiceState.STANDBY,
    State.DOWN: ServiceState.DOWN,
}


WORKING = (Condition.OK, Condition.WARNING)


def service_state(
    state: State, own: Condition, parts: Parts | None, *, supposed: bool = False
) -> ServiceState:
    """What may be claimed of a service.

    That nothing has failed proves nothing where nothing is measured. One that is itself measured as
    working works, whatever the model says: it has lost what it should rest on. Not so where the
    failures are supposed: that it works now says nothing of then.

    Args:
        state: what the engine says, with what is known to have failed.
        own: the condition that the service itself is measured in.
        parts: of all that it stands on, within anybody's reach or not.
        supposed: the failures are not those of now.

    """
    measured = own is not Condition.UNKNOWN or (parts is not None and parts.unknown < parts.all)
    if state is State.UP and not measured:
        return ServiceState.UNKNOWN
    if state is State.DOWN and own in WORKING and not supposed:
        return ServiceState.DEGRADED
    return _CALLED[state]
