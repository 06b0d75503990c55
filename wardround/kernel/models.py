from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from wardround.kernel.ids import new_id


class AuditRecord(models.Model):
    """One line of the audit chain. `position` and `digest` are empty until it is sealed.

    `stamp` is the writer's, over the line and over `after`: the records it wrote before this one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.TextField()
    actor_kind = models.TextField()
    action = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    position = models.BigIntegerField(null=True, unique=True)
    digest = models.BinaryField(null=True)
    stamp = models.BinaryField(null=True)
    after = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "kernel_audit_record"
        indexes = (
            models.Index(
                fields=["id"], name="kernel_audit_unsealed", condition=models.Q(position=None)
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="kernel_audit_subject"),
            models.Index(fields=["-at"], name="kernel_audit_at"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject_id}"


class AuditSeal(models.Model):
    """The newest end of the chain, marked with the installation's key: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField()
    digest = models.BinaryField()
    mark = models.BinaryField()

    class Meta:
        db_table = "kernel_audit_seal"

    def __str__(self) -> str:
        return f"sealed up to {self.position}"


class AuditCheckRow(models.Model):
    """What walking the whole chain found last, marked with the installation's key: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    found = models.TextField()
    mark = models.BinaryField()

    class Meta:
        db_table = "kernel_audit_check"

    def __str__(self) -> str:
        return self.found
