"""Webhooks: what is declared of one, what it is told, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    Key,
    LabelField,
    Refers,
    TypeName,
    Unique,
    told_as,
)
from wardround.schema.types import Label

WEBHOOK = "webhook"


@told_as(
    {
        "created": ("新建", "Made"),
        "changed": ("属性变更", "Attributes changed"),
        "retired": ("停用", "Retired"),
        "deleted": ("删除", "Deleted"),
        "restored": ("从回收站恢复", "Restored from the recycle bin"),
        "condition": ("状态变更", "Condition changed"),
    }
)
class ChangeKind(StrEnum):
    """What happened to an item."""

    CREATED = "created"
    CHANGED = "changed"
    RETIRED = "retired"
    DELETED = "deleted"
    RESTORED = "restored"
    CONDITION = "condition"


LEAST_SECRET = 24
"""Characters: what a receiver proves our letters by must not be guessed."""


class Webhook(Declaration):
    """A program outside that is told of changes."""

    label: Annotated[LabelField, LABEL_KEY]
    url: Annotated[
        str,
        Field(pattern=r"^https?://[^\s]+$", max_length=2_000),
        Key(
            "地址",
            "Address",
            "接收方的 http 或 https 地址，不含用户名和口令。",
            "Where it listens, by http or https, without a user name or password.",
        ),
    ]
    secret: Annotated[
        str,
        Field(min_length=LEAST_SECRET, max_length=2_000),
        Key(
            "签名密钥",
            "Secret",
            "每次投递用它签名，接收方据此确认来源；密文保存。",
            "Signs every delivery, so that the receiver knows who sent it; kept sealed.",
        ),
    ]
    changes: Annotated[
        tuple[ChangeKind, ...],
        Unique(),
        Field(min_length=1),
        Key(
            "变更种类",
            "Changes",
            "告知哪些变更；不写为全部。",
            "Which changes it is told; all of them if not given.",
        ),
    ] = tuple(ChangeKind)
    types: Annotated[
        tuple[TypeName, ...],
        Unique(),
        Refers("item-type"),
        Key(
            "配置项类型",
            "Types",
            "只告知这些类型及其下级类型的配置项；不写为全部。",
            "Told of items of these types and of those that extend them; all if not given.",
        ),
    ] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one item. Values are no part of it: whoever is told asks with a right of its
    own what the item is like now.
    """

    change: ChangeKind
    item: UUID
    type: str
    fields: tuple[str, ...]
    at: datetime


@told_as(
    {
        "waiting": ("待投递", "Waiting"),
        "delivered": ("已送达", "Delivered"),
        "given-up": ("已放弃", "Given up"),
    }
)
class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"


@told_as(
    {
        "refused": ("对方未接收", "The receiver did not take it"),
        "silent": ("未及时应答", "No answer in time"),
        "unreachable": ("无法连接", "Cannot be reached"),
        "not-http": ("应答不是 HTTP", "The answer is not HTTP"),
        "sealed": ("密钥无法打开，请重新填写", "Its secret cannot be opened: write it anew"),
        "out-of-force": ("Webhook 已停用", "The webhook is out of force"),
        "too-many": ("待投递过多", "Too many wait for this receiver"),
    }
)
class Trouble(StrEnum):
    """Why a letter was not taken, or never left."""

    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    NOT_HTTP = "not-http"
    SEALED = "sealed"
    OUT_OF_FORCE = "out-of-force"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A letter to one receiver, and what became of it.

    `status` is of the last answer, if any; `trouble` of the last try, with what the system said of
    it in `detail`.
    """

    id: UUID
    webhook: str
    made_at: datetime
    state: DeliveryState
    changes: int
    attempts: int
    tried_at: datetime | None
    ended_at: datetime | None
    status: int | None
    trouble: Trouble | None
    detail: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    deliveries: tuple[Delivery, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent to one receiver now. `asked_at`: since when it is tried."""

    id: UUID
    body: str
    asked_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending one letter; without `trouble` the receiver took it."""

    letter: Letter
    at: datetime
    status: int | None = None
    trouble: Trouble | None = None
    detail: str = ""


@told_as(
    {
        "unused": ("尚未使用", "Nothing sent yet"),
        "working": ("正常", "Takes what is sent"),
        "failing": ("失败重试中", "Fails, tried again"),
    }
)
class ReceiverState(StrEnum):
    UNUSED = "unused"
    WORKING = "working"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook in force, and how its receiver fares. `resume_at`: when it is tried again."""

    name: str
    label: Label
    url: str
    state: ReceiverState
    waiting: int
    oldest_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    resume_at: datetime | None
    trouble: Trouble | None
    detail: str
