"""Packs and definitions as rows. Versions are kept: a ticket names the one it began with."""

from __future__ import annotations

from django.db import models

from wardround.kernel.ids import new_id


class InstalledPack(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=50, unique=True)
    version = models.CharField(max_length=50)
    label = models.JSONField()
    requires = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    """Of all its files; see `sources.Source.digest`."""
    shipped_digest = models.CharField(max_length=64, blank=True, default="")
    """Of the product's own version imported last; differs from `digest` once somebody edits it."""
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        db_table = "schema_pack"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class PackFile(models.Model):
    """The bytes of one file, so that export gives back exactly what was imported."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.ForeignKey(InstalledPack, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    data = models.BinaryField()

    class Meta:
        db_table = "schema_pack_file"
        constraints = (
            models.UniqueConstraint(fields=["pack", "path"], name="schema_one_file_a_path"),
        )

    def __str__(self) -> str:
        return self.path


class Definition(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    pack = models.CharField(max_length=50)
    file = models.CharField(max_length=500)
    text = models.TextField()
    body = models.TextField()
    """JSON as text: unlike jsonb it keeps the order of keys, which can carry meaning."""
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True)
    """When this, the last version, was retired; empty where another version replaced it."""
    retired_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "schema_definition"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "name", "version"], name="schema_one_row_a_version"
            ),
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=models.Q(current=True),
                name="schema_one_current_version",
            ),
        )
        indexes = (
            models.Index(
                fields=["pack"], condition=models.Q(current=True), name="schema_definition_of_pack"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.version}"


class Departure(models.Model):
    """A definition of a shipped pack in which the hospital departs from what the product ships.

    Updates of the product leave it as the hospital has it. Of `kind` and `name` both empty: the
    whole pack was removed.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=50)
    kind = models.CharField(max_length=50, blank=True, default="")
    name = models.CharField(max_length=100, blank=True, default="")
    gone = models.BooleanField(default=False)
    """Retired or renamed here; else changed."""
    waits = models.JSONField(default=list)
    """Not empty where nobody here departed: what the product's new form would take
    (`losses.kept`), for which it was left as it was until a person brings the pack in."""

    class Meta:
        db_table = "schema_departure"
        constraints = (
            models.UniqueConstraint(fields=["pack", "kind", "name"], name="schema_one_departure"),
        )

    def __str__(self) -> str:
        return f"{self.pack} {self.kind} {self.name}"


class Revision(models.Model):
    """One row whose token changes with every import; caches compare it. Locked while importing."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=new_id)

    class Meta:
        db_table = "schema_revision"
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="schema_one_revision"),
        )

    def __str__(self) -> str:
        return str(self.token)
