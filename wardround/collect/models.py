"""Targets and what is newest of them, as rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wardround.collect.types import Reason, State
from wardround.kernel.ids import new_id


class TargetRow(models.Model):
    """`declared` names the definition a target comes from and its place in it; else empty."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.TextField()
    item = models.ForeignKey("cmdb.Item", models.CASCADE, related_name="+")
    template = models.TextField(db_index=True)
    address = models.TextField(default="")
    """As it may be shown."""
    sealed_address = models.TextField(default="")
    """The whole of one that signs in, kept from before that was refused; else empty."""
    interval_s = models.FloatField()
    timeout_s = models.FloatField()
    enabled = models.BooleanField(default=True)
    parameters = models.JSONField(default=dict)
    declared = models.TextField(default="")
    undeclared_at = models.DateTimeField(null=True)
    """Since when no definition declares it any more; it is collected no longer."""
    version = models.IntegerField(default=1)
    asked_at = models.DateTimeField()
    """Since when it is asked what it is asked now: of this item, at this address, with this
    template and these parameters.
    """
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "collect_target"
        constraints = (
            models.UniqueConstraint(
                fields=["item", "template", "name"], name="collect_target_once"
            ),
            models.UniqueConstraint(
                fields=["declared"],
                condition=~models.Q(declared=""),
                name="collect_target_declared_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TargetStateRow(models.Model):
    """How a target stands; written in batches by the collector that holds its shard."""

    target = models.OneToOneField(
        TargetRow, models.CASCADE, primary_key=True, related_name="standing"
    )
    state = models.TextField(default=State.UNKNOWN)
    reason = models.TextField(default=Reason.OK)
    detail = models.TextField(default="")
    since = models.DateTimeField(null=True)
    worked_as = models.DateTimeField(null=True)
    """The `asked_at` of the settings that it has worked with last; none: it never has."""
    last_at = models.DateTimeField(null=True)
    last_seconds = models.FloatField(null=True)
    last_samples = models.IntegerField(null=True)
    unfilled = models.TextField(default="", db_default="")
    """Names of metrics, with a space between."""
    collector = models.UUIDField(null=True)

    class Meta:
        db_table = "collect_target_state"

    def __str__(self) -> str:
        return f"{self.target_id} {self.state}"


class SnapshotRow(models.Model):
    """The newest rows of one table of an item; `columns` are the template's."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("cmdb.Item", models.CASCADE, related_name="+")
    target = models.ForeignKey(TargetRow, models.CASCADE, related_name="+")
    name = models.TextField()
    at = models.DateTimeField()
    rows = models.JSONField(default=list)

    class Meta:
        db_table = "collect_snapshot"
        constraints = (
            models.UniqueConstraint(
                fields=["item", "name", "target"], name="collect_snapshot_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.name}"


class TrialRow(models.Model):
    """A trial of a target on its way to a collector and back; gone once it was read."""

    id = models.UUIDField(primary_key=True, default=new_id)
    asker = models.UUIDField()
    """The account whose trial it is."""
    target = models.UUIDField()
    visible = ArrayField(models.UUIDField())
    """The items that its result may tell of."""
    draft = models.TextField(default="")
    """The target as it would be saved, its secrets sealed; empty: as it is."""
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")

    class Meta:
        db_table = "collect_trial"

    def __str__(self) -> str:
        return str(self.id)


class CollectorProcessRow(models.Model):
    """A running collector; one that has not spoken for a while is gone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    host = models.TextField()
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    targets = models.IntegerField(default=0)
    samples_per_second = models.FloatField(default=0)
    spool_bytes = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "collect_collector"

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
