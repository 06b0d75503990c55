"""Items, relations and changes as rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from wardround.cmdb.types import Condition, Importance, Standby
from wardround.kernel.ids import new_id


class Item(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=200, unique=True)
    type = models.CharField(max_length=50)
    name = models.CharField(max_length=300)
    importance = models.CharField(  # noqa: DJ001  # none is no class, and sorts last
        max_length=1, null=True, choices=[(importance, importance) for importance in Importance]
    )
    condition = models.CharField(
        max_length=20,
        default=Condition.UNKNOWN,
        choices=[(condition, condition) for condition in Condition],
    )
    condition_since = models.DateTimeField(null=True)
    owner: models.ForeignKey[Item | None, Item | None] = models.ForeignKey(
        "cmdb.Item", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    vendor: models.ForeignKey[Item | None, Item | None] = models.ForeignKey(
        "cmdb.Item", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    attributes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    systems: ArrayField[list[UUID], list[UUID]] = ArrayField(models.UUIDField(), default=list)
    """Business systems that it serves; derived from the relations, see sql/serving.sql."""
    origin = models.CharField(max_length=100, blank=True, default="")
    """The `items` definition that keeps it; empty for one made by hand."""
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "cmdb_item"
        indexes = (
            models.Index(fields=["type", "name"], name="cmdb_item_of_type"),
            models.Index(fields=["name", "id"], name="cmdb_item_by_name"),
            models.Index(
                fields=["condition"],
                name="cmdb_item_abnormal",
                condition=~models.Q(condition__in=["ok", "unknown"]),
            ),
            models.Index(
                fields=["origin"], name="cmdb_item_of_origin", condition=~models.Q(origin="")
            ),
            GinIndex(fields=["systems"], name="cmdb_item_of_system"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.name}"


class Relation(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=50)
    source = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=100, null=True)  # noqa: DJ001  # on its own
    need = models.PositiveSmallIntegerField(null=True)
    standby = models.CharField(  # noqa: DJ001  # not a stand-in
        max_length=10, null=True, choices=[(standby, standby) for standby in Standby]
    )
    switch_minutes = models.FloatField(null=True)
    origin = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cmdb_relation"
        constraints = (
            models.UniqueConstraint(
                fields=["source", "target", "kind"], name="cmdb_one_relation_a_kind"
            ),
        )
        indexes = (
            models.Index(
                fields=["origin"], name="cmdb_relation_of_origin", condition=~models.Q(origin="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class KeptValue(models.Model):
    """What an item in use holds where others are compared with it, in the form that is compared.

    Written with the item, in the same transaction (`kept_values`); made anew when definitions say
    that something else is compared.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    of = models.CharField(max_length=120)
    """What it is compared as: `unique/TYPE/ATTRIBUTE`."""
    value = models.TextField()
    alone = models.BooleanField()
    """Whether no other item in use may hold the same."""

    class Meta:
        db_table = "cmdb_kept_value"
        constraints = (
            models.UniqueConstraint(
                fields=["of", "value"],
                name="cmdb_value_of_one_item",
                condition=models.Q(alone=True),
            ),
        )
        indexes = (models.Index(fields=["of", "value"], name="cmdb_value_compared"),)

    def __str__(self) -> str:
        return f"{self.of} {self.value}"


class ItemChange(models.Model):
    """One row for each attribute that changed; their order is their id."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    field = models.CharField(max_length=100)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    other_id = models.UUIDField(null=True)
    """The item whose name a changed relation tells: named only to those who may see it."""

    class Meta:
        db_table = "cmdb_item_change"
        indexes = (models.Index(fields=["item", "-id"], name="cmdb_change_of_item"),)

    def __str__(self) -> str:
        return f"{self.item_id} {self.field}"


class GraphChange(models.Model):
    """A relation that came, went or changed, or one of whose ends did; written by triggers."""

    number = models.BigAutoField(primary_key=True)
    token = models.UUIDField(default=uuid4)
    """Tells this row from one of the same number in another life of the database."""
    kind = models.CharField(max_length=50, null=True)  # noqa: DJ001  # nothing: everything changed
    source = models.UUIDField(null=True)
    target = models.UUIDField(null=True)

    class Meta:
        db_table = "cmdb_graph_change"

    def __str__(self) -> str:
        return f"{self.number}"
