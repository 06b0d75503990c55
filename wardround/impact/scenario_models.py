"""Rows of what people save to ask again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wardround.kernel.ids import new_id


class Scenario(models.Model):
    """Items and sets that are taken out together, and what that did when it was saved.

    `taken`: the items that all of it was then; `result`: by system its state, minutes of switching
    and whether it lost protection, those alone that were hit.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=100)
    note = models.TextField(blank=True, default="")
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=200)
    shared = models.BooleanField(default=False)
    failed = ArrayField(models.UUIDField(), default=list)
    sets = models.JSONField(default=list)
    taken = ArrayField(models.UUIDField(), default=list)
    result = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "impact"
        db_table = "impact_scenario"
        constraints = (
            models.UniqueConstraint(fields=["owner_id", "name"], name="impact_scenario_once"),
        )

    def __str__(self) -> str:
        return self.name
