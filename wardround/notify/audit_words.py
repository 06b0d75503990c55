"""How acts on webhooks are told in the audit chain."""

from __future__ import annotations

from wardround.kernel import audit_words
from wardround.kernel.audit_words import Detail
from wardround.kernel.wording import untranslated


def declare() -> None:
    audit_words.declare(
        {
            "webhook.try": untranslated("Tried a webhook"),
            "webhook.again": untranslated("Sent a delivery of a webhook again"),
        },
        details={"delivery": Detail()},
    )
