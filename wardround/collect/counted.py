"""What a metric may count of the messages that pass an interface."""

from __future__ import annotations

import enum

from wardround.schema.declarations import Key, told_as


@told_as(
    {
        "sent": ("已发送", "Sent"),
        "received": ("已接收", "Received"),
        "failed": ("失败或被拒", "Failed or refused"),
        "queued": ("积压", "Waiting"),
    }
)
class Counted(enum.StrEnum):
    """Which messages a metric counts: those that passed since it began to count, or wait now."""

    SENT = "sent"
    RECEIVED = "received"
    FAILED = "failed"
    QUEUED = "queued"

    @property
    def grows(self) -> bool:
        """Whether its metric is a counter; else it is a measure."""
        return self is not Counted.QUEUED


MESSAGES_KEY = Key(
    "消息计数",
    "Counts messages",
    "该指标计的是接口的哪种消息；一条消息只计一次（转发的接口，收、发只声明其一）。",
    "Which messages of an interface it counts. Each once: of an interface that passes on what it"
    " receives, one of the two is declared.",
)
