"""How acts on alerts are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wardround.alerts import queries
from wardround.alerts.permissions import READ
from wardround.kernel import audit_words
from wardround.kernel.audit_words import Detail, Said, Subject, moment, of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

ALERT, SILENCE = "alert", "silence"


def _alerts(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    found = queries.summaries(reach(actor, READ), audit_words.ids(ids))
    return {str(id_): summary for id_, summary in found.items()}


def declare() -> None:
    audit_words.declare(
        {
            "alert.acknowledge": untranslated("Acknowledged an alert"),
            "alert.close": untranslated("Closed an alert"),
            "alert.end_silence": untranslated("Ended silences whose time was over"),
            "alert.lift": untranslated("Lifted the silence of an alert"),
            "alert.raise": untranslated("Raised alerts"),
            "alert.resolve": untranslated("Resolved alerts"),
            "alert.silence": untranslated("Silenced an alert"),
        },
        subjects=[
            Subject(ALERT, Wording("Alert"), _alerts),
            Subject(SILENCE, Wording(untranslated("Silence"))),
        ],
        details={
            "count": Detail(untranslated("How many")),
            "alerts": Detail(untranslated("Alerts"), of(ALERT)),
            "by": Detail(untranslated("Silenced by")),
            "note": Detail(untranslated("Note")),
            "reason": Detail(untranslated("Reason")),
            "until": Detail(untranslated("Until"), moment),
        },
        parts={
            "dates": untranslated("Notice of dates"),
            "detection": untranslated("Detection"),
            "silences": untranslated("End of silences"),
        },
    )
