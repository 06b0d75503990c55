"""How acts on alerts are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wardround.alerts import queries
from wardround.alerts.permissions import READ
from wardround.kernel import audit_words
from wardround.kernel.audit_words import Detail, Said, Subject, of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

ALERT = "alert"


def _alerts(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    found = queries.summaries(reach(actor, READ), audit_words.ids(ids))
    return {str(id_): summary for id_, summary in found.items()}


def declare() -> None:
    audit_words.declare(
        {
            "alert.raise": untranslated("Raised alerts"),
            "alert.resolve": untranslated("Resolved alerts"),
        },
        subjects=[Subject(ALERT, Wording("Alert"), _alerts)],
        details={
            "count": Detail(untranslated("How many")),
            "alerts": Detail(untranslated("Alerts"), of(ALERT)),
        },
        parts={"detection": untranslated("Detection")},
    )
