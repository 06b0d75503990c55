"""Formulas as rows. An item is named by its id alone: what becomes of them when it goes is said in
`formula_leaving`.
"""

from __future__ import annotations

from django.db import models

from wardround.kernel.ids import new_id


class FormulaRow(models.Model):
    """The formula of an item; a tree that is null: it had one, and goes by its relations again."""

    item = models.UUIDField(primary_key=True)
    tree = models.JSONField(null=True)
    version = models.IntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.TextField()
    reason = models.TextField(default="")

    class Meta:
        db_table = "impact_formula"

    def __str__(self) -> str:
        return f"{self.item} {self.version}"


class FormulaChangeRow(models.Model):
    """A version of a formula, the present one too; kept for ever."""

    id = models.UUIDField(primary_key=True, default=new_id)
    item = models.UUIDField()
    tree = models.JSONField(null=True)
    version = models.IntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.TextField()
    reason = models.TextField(default="")

    class Meta:
        db_table = "impact_formula_change"
        indexes = (models.Index(fields=["item", "-version"], name="impact_formula_versions"),)

    def __str__(self) -> str:
        return f"{self.item} {self.version}"


class FormulaToken(models.Model):
    """One row that is another with every change of any formula: every process compares it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=new_id)

    class Meta:
        db_table = "impact_formula_token"
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="impact_one_formula_token"),
        )

    def __str__(self) -> str:
        return str(self.token)
