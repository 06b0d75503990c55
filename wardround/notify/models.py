from __future__ import annotations

from django.db import models


class Delivery(models.Model):
    """One letter to one receiver.

    `asked_at`: since when it is tried, anew where somebody asked for that; `held_until`: a worker
    that sends it now has until then.
    """

    id = models.UUIDField(primary_key=True)
    webhook = models.TextField()
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    body = models.TextField()
    changes = models.IntegerField()
    state = models.TextField()
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    trouble = models.TextField(default="")
    detail = models.TextField(default="")

    class Meta:
        db_table = "notify_delivery"
        indexes = (
            models.Index(
                fields=["webhook", "made_at"],
                name="notify_delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["-made_at"], name="notify_delivery_made"),
        )

    def __str__(self) -> str:
        return f"{self.webhook} {self.id}"


class Receiver(models.Model):
    """How a webhook's receiver fares; nothing is known of one that was sent nothing."""

    webhook = models.TextField(primary_key=True)
    failures = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    trouble = models.TextField(default="")
    detail = models.TextField(default="")

    class Meta:
        db_table = "notify_receiver"

    def __str__(self) -> str:
        return self.webhook
