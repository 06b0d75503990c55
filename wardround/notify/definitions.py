"""The `webhook` kind of definition: programs outside that are told of changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from wardround.cmdb.permissions import READ
from wardround.kernel.addresses import signs_in
from wardround.kernel.types import Actor
from wardround.notify import models
from wardround.notify.webhook_types import WEBHOOK, DeliveryState, Trouble, Webhook
from wardround.schema.dependents import Holder
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.sealing import Secret
from wardround.schema.types import Label, Problem

SECRET = "secret"  # noqa: S105  # a key of the definition


def place_of_secret(name: str) -> str:
    """What the secret of a webhook is the secret of."""
    return f"{name}/{SECRET}"


def _secrets(body: Mapping[str, Any], view: DefinitionView) -> Iterator[Secret]:
    if SECRET in body:
        name = str(body.get("name", ""))
        former = view.former(WEBHOOK, name)
        was = place_of_secret(former) if former != name else ""
        yield Secret((SECRET,), place_of_secret(name), was)


def _check(webhook: Webhook, _view: DefinitionView) -> Iterator[Problem]:
    if signs_in(webhook.url):
        message = _("an address is read by many: no user name, password or token belongs in it")
        yield Problem(("url",), message)
    elif not _has_host(webhook.url):
        yield Problem(("url",), _("there is no such address"), found=webhook.url)


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _beyond(_webhook: Webhook, actor: Actor) -> Iterable[Problem]:
    """A receiver hears of every item; who sees some alone would see more by it."""
    if not actor.scope_of(READ).everything:
        yield Problem((), _("only who sees every item may say who is told of them"))


def _waiting(names: Collection[str]) -> Mapping[str, int]:
    found = dict.fromkeys(names, 0)
    rows = models.Delivery.objects.filter(webhook__in=names, state=DeliveryState.WAITING)
    for name in rows.values_list("webhook", flat=True):
        found[name] += 1
    return {name: count for name, count in found.items() if count}


def _carry(_actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    for old, new in names.items():
        models.Receiver.objects.filter(webhook=new).delete()  # of one that is out of force
        models.Receiver.objects.filter(webhook=old).update(webhook=new)
        models.Delivery.objects.filter(webhook=old).update(webhook=new)


def _let_go(_actor: Actor, names: Collection[str], at: datetime) -> None:
    rows = models.Delivery.objects.filter(webhook__in=names, state=DeliveryState.WAITING)
    rows.update(state=DeliveryState.GIVEN_UP, ended_at=at, trouble=Trouble.OUT_OF_FORCE)
    models.Receiver.objects.filter(webhook__in=names).delete()


KIND: DefinitionKind[Webhook] = DefinitionKind(
    name=WEBHOOK,
    model=Webhook,
    label=Label("Webhook 通知", "Webhook"),
    about=Label(
        "配置项变更时告知外部程序：签名、重试，投递有记录。",
        "Tells a program outside when items change: signed, tried again, with a log.",
    ),
    check=_check,
    beyond=_beyond,
    leaving=_beyond,
    secrets=_secrets,
    order=30,
)

HOLDER = Holder(
    kind=WEBHOOK,
    thing="delivery",
    label=Label("待投递的通知", "delivery that waits"),
    several=Label("待投递的通知", "deliveries that wait"),
    count=_waiting,
    carry=_carry,
    let_go=_let_go,
)
