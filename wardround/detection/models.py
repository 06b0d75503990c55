from __future__ import annotations

from django.db import models


class Standing(models.Model):
    """An instance of a rule that is not inactive: what must survive a restart, and no more."""

    fingerprint = models.UUIDField(primary_key=True)
    rule = models.TextField()
    target_id = models.UUIDField()
    item_id = models.UUIDField()
    labels = models.JSONField()
    phase = models.SmallIntegerField()
    active_at = models.FloatField()
    keep_since = models.FloatField()
    looked_at = models.FloatField(default=float("-inf"))

    class Meta:
        db_table = "detection_standing"
        indexes = (models.Index(fields=["target_id"], name="detection_standing_target"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.labels} {self.phase}"
