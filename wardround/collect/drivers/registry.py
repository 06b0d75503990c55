"""The drivers there are, by the name that templates use."""

from __future__ import annotations

from wardround.collect.drivers.driver import Driver, DriverKind, Equipment
from wardround.collect.drivers.history import HISTORY
from wardround.collect.drivers.machine import MACHINE
from wardround.collect.drivers.platform import WARDROUND
from wardround.collect.drivers.platform_address import PLATFORM
from wardround.collect.drivers.postgresql import POSTGRESQL
from wardround.collect.drivers.prometheus import PROMETHEUS
from wardround.collect.errors import TargetFailed
from wardround.collect.types import Reason, TargetSpec

DRIVERS: dict[str, DriverKind] = {
    kind.name: kind for kind in (HISTORY, MACHINE, POSTGRESQL, PROMETHEUS, WARDROUND)
}


def reads_platform(driver: str, address: str) -> bool:
    """Whether a target would read the platform itself, whichever item it is said to be of."""
    kind = DRIVERS.get(driver)
    return kind is not None and (kind.inward or address.strip() == PLATFORM)


def open_driver(spec: TargetSpec, equipment: Equipment) -> Driver:
    """The driver of a target's template; opening connects nothing yet."""
    kind = DRIVERS.get(spec.template.driver)
    if kind is None:
        raise TargetFailed(Reason.SETTINGS, f"there is no driver {spec.template.driver!r}")
    return kind.open(spec, equipment)
