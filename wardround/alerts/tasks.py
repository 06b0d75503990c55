"""The background work of alerts: silences end by themselves."""

from __future__ import annotations

from wardround.alerts import actions
from wardround.kernel.duties import standing_duty


@standing_duty("alerts.end_silences", every=5.0)
def end_silences() -> None:
    actions.end_silences()
