"""The kind `assignment`: who gets a ticket."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    Key,
    LabelField,
    Part,
    Refers,
    told_as,
)
from wardround.tickets.criteria import ROW_NAME, WHEN_KEY, Criteria, ShortName, When


@told_as(
    {
        "owner": ("配置项的负责人", "Owner of the item"),
        "role": ("某角色的一人", "Somebody of a role"),
        "account": ("指定账号", "One account"),
    }
)
class AssignTo(StrEnum):
    OWNER = "owner"
    ROLE = "role"
    ACCOUNT = "account"


class AssignmentRule(Part):
    """Who gets a ticket that fits: the item's owner, somebody of a role, or one account."""

    name: Annotated[ShortName, ROW_NAME]
    to: Annotated[
        AssignTo,
        Key(
            "派给",
            "To",
            "派给配置项负责人、某个角色还是某个账号。",
            "Whether the item's owner, somebody of a role or one account gets it.",
        ),
    ]
    whom: Annotated[
        str,
        Field(min_length=1),
        Refers("account", only=("to", "account")),
        Refers("role", only=("to", "role")),
        Key("谁", "Whom", "角色的标识或登录名。", "Name of the role, or user name of the account."),
    ] = ""
    when: Annotated[When, WHEN_KEY] = Criteria()


class Assignment(Declaration):
    """Rules in order; the first that fits and finds somebody decides."""

    label: Annotated[LabelField, LABEL_KEY]
    rules: Annotated[
        tuple[AssignmentRule, ...],
        Key(
            "规则",
            "Rules",
            "自上而下，第一条符合并找到人的决定。",
            "From the top, the first that fits and finds somebody decides.",
        ),
    ]
