"""What the collect room does when a lower room tells something, and now and then by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.cmdb.signals import item_retired
from wardround.cmdb.tasks import defer
from wardround.collect import actions, discovery
from wardround.kernel import clock
from wardround.kernel.jobs import job
from wardround.kernel.types import system_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wardround.cmdb.signals import ItemRetired


@item_retired.in_worker("collect.pause_targets_of_retired")
def pause_targets_of_retired(values: Sequence[ItemRetired]) -> None:
    """An item that is out of service is no longer collected."""
    actor = system_actor("collector")
    actions.pause_targets_of(actor, [retired.item for retired in values], at=clock.now())


@job("collect.tell_discovered", every="*/10 * * * *", lock="collect.tell_discovered")
def tell_discovered(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """What collectors know of machines enters the configuration database by its door of files."""
    discovery.tell(system_actor("discovery"), at=clock.now(), defer=defer)
