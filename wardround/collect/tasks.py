"""What the collect room does when a lower room tells something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.cmdb.signals import item_retired
from wardround.collect import actions
from wardround.kernel import clock
from wardround.kernel.types import system_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wardround.cmdb.signals import ItemRetired


@item_retired.in_worker("collect.pause_targets_of_retired")
def pause_targets_of_retired(values: Sequence[ItemRetired]) -> None:
    """An item that is out of service is no longer collected."""
    actor = system_actor("collector")
    actions.pause_targets_of(actor, [retired.item for retired in values], at=clock.now())
