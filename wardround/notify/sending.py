"""A round of sending: every receiver at once, each its letters one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from wardround.kernel import secrets
from wardround.notify import actions, rules
from wardround.notify.definitions import place_of_secret
from wardround.notify.errors import PostFailed
from wardround.notify.posting import post
from wardround.notify.webhook_types import WEBHOOK, Letter, Outcome, Trouble, Webhook
from wardround.schema import queries as schema

_ROUND = 10.0
"""Seconds after which a receiver's further letters wait for the next round, and all others' too."""
_MOST_AT_ONCE = 16
"""Receivers; the others wait their turn."""
_MOST_ROUNDS = 20
"""In one job, so that others come to theirs."""


def send_what_is_due(now: Callable[[], datetime]) -> int:
    """Send until nothing is due; how many letters were taken."""
    delivered = 0
    for _round in range(_MOST_ROUNDS):
        due = actions.take_due(now())
        if not due:
            break
        webhooks: Mapping[str, Webhook] = schema.definitions(WEBHOOK)
        sent = asyncio.run(_sent(due, webhooks, now))
        for name, outcomes in sent.items():
            actions.keep(outcomes, due[name][len(outcomes) :])
            delivered += sum(outcome.trouble is None for outcome in outcomes)
    return delivered


async def _sent(
    due: Mapping[str, Sequence[Letter]],
    webhooks: Mapping[str, Webhook],
    now: Callable[[], datetime],
) -> Mapping[str, Sequence[Outcome]]:
    gate = asyncio.Semaphore(_MOST_AT_ONCE)

    async def one_receiver(name: str, letters: Sequence[Letter]) -> Sequence[Outcome]:
        async with gate:
            return await _to(webhooks.get(name), letters, now)

    told = await asyncio.gather(*(one_receiver(*each) for each in due.items()))
    return dict(zip(due, told, strict=True))


async def _to(
    webhook: Webhook | None, letters: Sequence[Letter], now: Callable[[], datetime]
) -> Sequence[Outcome]:
    """What came of it, until one letter fails: the rest wait with it."""
    outcomes: list[Outcome] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + _ROUND
    for letter in letters:
        if outcomes and loop.time() > until:
            break
        outcomes.append(await _outcome(webhook, letter, now))
        if outcomes[-1].trouble:
            break
    return outcomes


async def _outcome(webhook: Webhook | None, letter: Letter, now: Callable[[], datetime]) -> Outcome:
    if webhook is None:
        return Outcome(letter, now(), trouble=Trouble.OUT_OF_FORCE)
    secret = secrets.unseal_for(place_of_secret(webhook.name), webhook.secret)
    if secret is None:
        return Outcome(letter, now(), trouble=Trouble.SEALED)
    given = rules.headers(letter.id, letter.body, secret, now())
    try:
        status = await post(webhook.url, given, letter.body.encode())
    except PostFailed as failed:
        return Outcome(letter, now(), trouble=failed.trouble, detail=str(failed)[:500])
    taken = 200 <= status < 300
    return Outcome(letter, now(), status, None if taken else Trouble.REFUSED)
