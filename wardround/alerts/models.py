from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from wardround.kernel.ids import new_id


class Alert(models.Model):
    """One thing that is or was wrong. Open while `ended_at` is empty; open once only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    fingerprint = models.UUIDField()
    rule = models.TextField()
    rule_label_zh = models.TextField()
    rule_label_en = models.TextField()
    severity = models.TextField()
    availability = models.BooleanField(default=False)
    item_id = models.UUIDField()
    item_name = models.TextField()
    target_id = models.UUIDField(null=True)
    labels = models.JSONField(default=list)
    summary_zh = models.TextField()
    summary_en = models.TextField()
    value = models.FloatField(null=True)
    unit = models.TextField(default="")
    systems = ArrayField(models.UUIDField(), default=list)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="")
    last_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    acknowledged_name = models.TextField(db_default="")
    acknowledged_note = models.TextField(db_default="")

    class Meta:
        db_table = "alerts_alert"
        constraints = (
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(ended_at=None),
                name="alerts_alert_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="alerts_alert_ends_after_start",
            ),
        )
        indexes = (
            models.Index(fields=["item_id", "-started_at"], name="alerts_alert_item"),
            models.Index(
                fields=["item_id"],
                name="alerts_alert_open_item",
                condition=models.Q(ended_at=None),
            ),
            models.Index(fields=["-started_at"], name="alerts_alert_started"),
            models.Index(fields=["fingerprint", "-started_at"], name="alerts_alert_trouble"),
            GinIndex(fields=["systems"], name="alerts_alert_systems"),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.item_name} {self.started_at:%Y-%m-%d %H:%M:%S}"


class Silence(models.Model):
    """Nothing new is told of one trouble. In force while `ended_at` is empty, once a trouble.

    It is of the trouble, not of one alert: what ends and comes again meanwhile is silenced too.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    fingerprint = models.UUIDField()
    by = models.UUIDField()
    by_name = models.TextField()
    reason = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_silence"
        constraints = (
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(ended_at=None),
                name="alerts_silence_in_force_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="alerts_silence_has_an_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.fingerprint} {self.until:%Y-%m-%d %H:%M:%S}"


class ActLine(models.Model):
    """Append-only: what was done with an alert, and by whom."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="acts")
    at = models.DateTimeField()
    kind = models.TextField()
    actor = models.UUIDField(null=True)
    actor_name = models.TextField(default="")
    text = models.TextField(default="")
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_act"

    def __str__(self) -> str:
        return f"{self.alert_id} {self.kind}"
