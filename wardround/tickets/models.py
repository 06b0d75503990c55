"""Tickets as rows. Ids of items, systems and accounts are plain: tickets outlive what they name."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q

from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach

OPEN = Q(open=True)
UNTAKEN = Q(raised_at__isnull=False, ended_at=None, ticket=None, definition="")
"""Alerts that were decided on, are not known to have ended, and that no row took."""


class Ticket(models.Model):
    """`black_at`, `red_at`, `yellow_at`, `clock` are derived from the clocks, so that a colour is a
    comparison with now. `type_version` pins the definition the ticket began with;
    `policy_version`, `calendar` and `calendar_version` pin what was promised with `sla`.
    `sla_version` is that of all it promises, holiday lists too, when the clocks were last read.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.TextField(unique=True)
    type = models.TextField()
    type_version = models.IntegerField()
    title = models.TextField()
    description = models.TextField(default="")
    state = models.TextField()
    category = models.TextField()
    open = models.BooleanField(default=True)
    fields = models.JSONField(default=dict)
    impact = models.TextField(default="")
    urgency = models.TextField(default="")
    importance = models.TextField(default="")
    severity = models.TextField(default="")
    rule = models.TextField(default="")
    level = models.TextField(default="")
    level_matrix = models.TextField(default="")
    level_row = models.TextField(default="")
    sla = models.TextField(default="")
    sla_version = models.TextField(default="")
    policy_version = models.IntegerField(null=True)
    calendar = models.TextField(default="")
    calendar_version = models.IntegerField(null=True)
    assignee = models.UUIDField(null=True)
    item = models.UUIDField(null=True)
    item_type = models.TextField(default="")
    systems = ArrayField(models.UUIDField(), default=list)
    alert = models.UUIDField(null=True, unique=True)
    fingerprint = models.TextField(null=True)  # noqa: DJ001  # NULL: not opened by an alert
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    yellow_at = models.DateTimeField(null=True)
    red_at = models.DateTimeField(null=True)
    black_at = models.DateTimeField(null=True)
    clock = models.TextField(default="none")

    class Meta:
        db_table = "tickets_ticket"
        indexes = (
            models.Index(
                fields=["black_at", "id"],
                name="tickets_open_due",
                condition=OPEN,
                include=["red_at", "yellow_at", "clock"],
            ),
            models.Index(fields=["assignee", "id"], name="tickets_open_assignee", condition=OPEN),
            models.Index(fields=["item", "-id"], name="tickets_item"),
            models.Index(fields=["type", "state", "-id"], name="tickets_type_state"),
            models.Index(
                fields=["fingerprint", "-id"],
                name="tickets_fingerprint",
                condition=Q(fingerprint__isnull=False),
            ),
            GinIndex(fields=["systems"], name="tickets_systems"),
        )

    def __str__(self) -> str:
        return self.number


def visible(reach: Reach) -> models.QuerySet[Ticket]:
    """Tickets within reach. One of no system is seen by those only who see everything."""
    return Ticket.objects.filter(reach.condition(item="item"))


def undecided() -> models.QuerySet[Ticket]:
    """Open tickets without a level, to which nothing is promised: no row of their matrix took
    them.
    """
    return Ticket.objects.filter(open=True, level="").exclude(level_matrix="")


class Clock(models.Model):
    """A round of a clock: what the log of its ticket says of it under what was promised.

    Rebuilt at every entry until it has stopped: a result is evidence and is not written again.
    `sla`, `policy_version`, `calendar`, `calendar_version` pin the promise it is read under, which
    is the ticket's unless the round was over, or overdue, when the ticket got another one.
    """

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    place = models.SmallIntegerField()
    name = models.TextField()
    round = models.SmallIntegerField(default=1)
    sla = models.TextField(default="")
    policy_version = models.IntegerField(null=True)
    label_zh = models.TextField()
    label_en = models.TextField()
    started_at = models.DateTimeField()
    target = models.DurationField()
    counted_on = models.TextField()
    calendar = models.TextField()
    calendar_version = models.IntegerField(null=True)
    yellow_at = models.DateTimeField(null=True)
    red_at = models.DateTimeField(null=True)
    black_at = models.DateTimeField(null=True)
    remaining = models.DurationField()
    read_at = models.DateTimeField()
    paused_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    unlisted_year = models.IntegerField(null=True)

    class Meta:
        db_table = "tickets_clock"
        constraints = (
            models.UniqueConstraint(fields=["ticket", "name", "round"], name="tickets_clock_once"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.name} {self.round}"


class LogLine(models.Model):
    """Append-only: the timeline that people read and the intervals that clocks are read from."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    kind = models.TextField()
    actor = models.UUIDField()
    actor_name = models.TextField()
    text = models.TextField(default="")
    state = models.TextField(default="")
    category = models.TextField(default="")
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "tickets_log"
        indexes = (models.Index(fields=["ticket", "id"], name="tickets_log_ticket"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class TicketAlert(models.Model):
    """What was decided on an alert, and which ticket has taken it in, if any; its key is what makes
    one alert open one ticket.

    The end of an alert can be heard before its beginning: then there is no ticket yet.
    """

    alert = models.UUIDField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="alerts")
    raised_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    definition = models.TextField(db_default="")
    """The `alert-ticket` definition that decided; empty where none did."""
    row = models.TextField(db_default="")

    class Meta:
        db_table = "tickets_alert"
        indexes = (models.Index(fields=["alert"], name="tickets_alert_untaken", condition=UNTAKEN),)

    def __str__(self) -> str:
        return str(self.alert)


class StormPlace(models.Model):
    """In which storm a ticket is that an alert opened, alone or not; `storm` is called as the
    ticket that began it. `at`: when the ticket was opened.
    """

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="storm_place"
    )
    storm = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "tickets_storm_place"
        indexes = (
            models.Index(fields=["at"], name="tickets_storm_at"),
            models.Index(fields=["storm"], name="tickets_storm"),
        )

    def __str__(self) -> str:
        return f"{self.storm} {self.ticket_id}"


class Request(models.Model):
    """A request that opened a ticket, by the name its sender gave it: sent again, it opens none."""

    id = models.BigAutoField(primary_key=True)
    account = models.UUIDField()
    key = models.TextField()
    ticket = models.UUIDField()
    digest = models.TextField()
    """Of what was reported: another report under the same name is a mistake of its sender."""

    class Meta:
        db_table = "tickets_request"
        constraints = (
            models.UniqueConstraint(fields=["account", "key"], name="tickets_request_once"),
        )

    def __str__(self) -> str:
        return self.key

    @classmethod
    def claim(cls, account: UUID, key: str, ticket: UUID, digest: str) -> bool:
        """Whether the name is new; waits for whoever claims it at this moment."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_request (account, key, ticket, digest) "
                "VALUES (%s, %s, %s, %s) ON CONFLICT (account, key) DO NOTHING",
                [account, key, ticket, digest],
            )
            return int(cursor.rowcount) == 1


class Numbering(models.Model):
    """The last serial given out for a prefix on a local day."""

    id = models.BigAutoField(primary_key=True)
    prefix = models.TextField()
    day = models.TextField()
    last = models.IntegerField()

    class Meta:
        db_table = "tickets_numbering"
        constraints = (
            models.UniqueConstraint(fields=["prefix", "day"], name="tickets_numbering_once"),
        )

    def __str__(self) -> str:
        return f"{self.prefix}-{self.day}"
