"""The rows of files, their pieces and the versions that they are."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Content(models.Model):
    """What some versions hold, once for all that hold the same bytes, with the text in it."""

    id = models.UUIDField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    state = models.CharField(max_length=20)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often somebody began to read it."""
    why = models.CharField(max_length=20, blank=True, default="")
    characters = models.PositiveIntegerField(default=0)
    cut = models.BooleanField(default=False)

    class Meta:
        app_label = "cmdb"
        db_table = "cmdb_content"
        indexes = (
            models.Index(
                fields=["stored_at"],
                name="cmdb_content_waiting",
                condition=models.Q(state="waiting"),
            ),
        )

    def __str__(self) -> str:
        return self.sha256


class ContentPiece(models.Model):
    """A piece of the bytes."""

    id = models.BigAutoField(primary_key=True)
    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        app_label = "cmdb"
        db_table = "cmdb_content_piece"
        constraints = (
            models.UniqueConstraint(fields=["content", "number"], name="cmdb_piece_once"),
        )

    def __str__(self) -> str:
        return f"{self.content_id} {self.number}"


class ContentText(models.Model):
    """The text of a content, as it is shown and as it is searched."""

    content = models.OneToOneField(
        Content, on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    shown = models.TextField()
    folded = models.TextField()
    """Without case, width and blanks."""
    grams: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField())
    """What is looked up before the text is read: see `grams` of this package."""

    class Meta:
        app_label = "cmdb"
        db_table = "cmdb_content_text"
        indexes = (GinIndex(fields=["grams"], name="cmdb_content_text_grams"),)

    def __str__(self) -> str:
        return f"{self.content_id}"


class DocumentVersion(models.Model):
    """A file of a document. `item` stays when the item lies in the recycle bin, which is another
    table: what is restored has its versions still.
    """

    id = models.UUIDField(primary_key=True)
    item = models.UUIDField()
    number = models.PositiveIntegerField()
    current = models.BooleanField()
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="versions")
    file_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    of_number = models.PositiveIntegerField(null=True)
    merged_from = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        app_label = "cmdb"
        db_table = "cmdb_document_version"
        constraints = (
            models.UniqueConstraint(fields=["item", "number"], name="cmdb_version_once"),
            models.UniqueConstraint(
                fields=["item"], name="cmdb_one_current", condition=models.Q(current=True)
            ),
        )
        indexes = (models.Index(fields=["content"], name="cmdb_version_of_content"),)

    def __str__(self) -> str:
        return f"{self.item} {self.number}"
