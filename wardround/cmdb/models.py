"""Items, relations and changes as rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, GistIndex
from django.db import models
from django.db.models import Value

from wardround.cmdb.import_types import ImportState, Verdict
from wardround.cmdb.place_types import Picture
from wardround.cmdb.types import Condition, Importance, Standby
from wardround.cmdb.whys import MOST_REASON, MOST_TICKET
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


class ItemText(models.Model):
    """An item as it is searched: written with it, in the same transaction (`item_texts`)."""

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="said"
    )
    text = models.TextField()
    """A line for each piece, folded: name, key, what is searched of its attributes, codes bare."""
    sound = models.TextField()
    """A line for each reading of its name."""
    initials = models.TextField()
    grams: ArrayField[list[int], list[int]] = ArrayField(models.IntegerField())
    """What is looked up before a line is read: see `grams`."""

    class Meta:
        db_table = "cmdb_item_text"
        indexes = (GinIndex(fields=["grams"], name="cmdb_item_text_grams"),)

    def __str__(self) -> str:
        return f"{self.item_id}"


class PrefixField(models.Field):  # type: ignore[type-arg]  # it takes none when it runs
    """A network as PostgreSQL knows it."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # there is one database
        return "cidr"

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else str(value)


COMMON = UUID(int=0)
"""The address space of whatever names none."""


class Network(models.Model):
    """The prefix of an item that is an IP network and in use, what stands around and in it: written
    with the item, and derived anew when a network or an address near it changes (`networks`).
    """

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="network"
    )
    prefix = PrefixField()
    place = models.CharField(max_length=80, db_collation="C")
    """Orders all networks: by version, space and address, a larger one before its parts."""
    space = models.UUIDField(default=COMMON)
    parent = models.UUIDField(null=True)
    """The smallest network that holds it, in its space; not another of the same prefix."""
    direct = models.BigIntegerField(default=0)
    """Usable addresses that are used and lie in no smaller network."""
    direct_reserved = models.DecimalField(max_digits=40, decimal_places=0, default=Decimal(0))
    """Usable addresses of ranges that nobody uses, of those that lie in no smaller network."""
    used = models.BigIntegerField(default=0)
    """The same with all networks in it."""
    reserved = models.DecimalField(max_digits=40, decimal_places=0, default=Decimal(0))
    covered = models.FloatField(default=0)
    """Which part of it its next smaller networks make up."""
    share = models.FloatField(default=0)
    """Which part of what is usable is used."""

    class Meta:
        db_table = "cmdb_network"
        indexes = (
            GistIndex(fields=["prefix"], name="cmdb_network_prefix", opclasses=["inet_ops"]),
            models.Index(fields=["prefix", "space"], name="cmdb_network_exact"),
            models.Index(fields=["parent"], name="cmdb_network_in"),
            models.Index(fields=["place"], name="cmdb_network_place"),
        )

    def __str__(self) -> str:
        return f"{self.prefix}"


class Address(models.Model):
    """An address that an item in use holds, or a range of them: written with the item."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="addresses")
    attribute = models.CharField(max_length=60)
    part = models.CharField(max_length=10)
    first = models.GenericIPAddressField()
    last = models.GenericIPAddressField()
    """The same, but of a range."""
    named_space = models.UUIDField(null=True)
    named_network = models.UUIDField(null=True)
    space = models.UUIDField(default=COMMON)
    """The one that its item names, else that of the network that it names."""
    network = models.UUIDField(null=True)
    """The smallest network that holds it, in its space; of two of the same prefix, one."""

    class Meta:
        db_table = "cmdb_address"
        indexes = (
            models.Index(fields=["network", "first"], name="cmdb_address_in"),
            models.Index(fields=["first"], name="cmdb_address_by_first"),
            models.Index(fields=["named_network"], name="cmdb_address_named"),
            models.Index(
                fields=["first"], name="cmdb_address_ranges", condition=models.Q(part="range")
            ),
        )

    def __str__(self) -> str:
        return f"{self.first}"


class ItemChange(models.Model):
    """One row for each attribute that changed; their order is their id."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(
        Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    """It may lie in the recycle bin, or be gone for good: its history outlives it."""
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    field = models.CharField(max_length=100)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    other_id = models.UUIDField(null=True)
    """The item whose name a changed relation tells: named only to those who may see it."""
    outward = models.BooleanField(null=True)
    """Whether that relation leads from the item; none: written before that was kept."""
    reason = models.CharField(max_length=MOST_REASON, blank=True, default="", db_default="")
    ticket = models.CharField(max_length=MOST_TICKET, blank=True, default="", db_default="")

    class Meta:
        db_table = "cmdb_item_change"
        indexes = (
            models.Index(fields=["item", "-id"], name="cmdb_change_of_item"),
            BrinIndex(fields=["at"], name="cmdb_change_at"),
        )

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


class Binned(models.Model):
    """A deleted item, with all that goes back with it (ADR 0177). Removed for good, nothing is
    left of it but what it was called.
    """

    id = models.UUIDField(primary_key=True)
    """The item's."""
    key = models.CharField(max_length=200, db_index=True)
    type = models.CharField(max_length=50)
    name = models.CharField(max_length=300)
    importance = models.CharField(max_length=1, null=True)  # noqa: DJ001  # as of an item
    attributes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """As they were stored: secrets sealed."""
    systems: ArrayField[list[UUID], list[UUID]] = ArrayField(models.UUIDField(), default=list)
    """Those that it served, which say who may know of it."""
    held: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )
    """What else its row held; none: removed for good."""
    relations: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )
    pointers: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )
    """Where other items named it."""
    elsewhere: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """What other rooms kept of it and get back, by thing."""
    deleted_at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=MOST_REASON, blank=True, default="")
    ticket = models.CharField(max_length=MOST_TICKET, blank=True, default="")
    merged_into = models.UUIDField(null=True)
    """The item that stayed of two that were one."""
    purged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cmdb_binned"
        indexes = (
            models.Index(
                fields=["deleted_at"],
                name="cmdb_binned_waiting",
                condition=models.Q(purged_at=None),
            ),
            GinIndex(fields=["systems"], name="cmdb_binned_of_system"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.name}"


class KeptPlace(models.Model):
    """Where somebody put an item in a picture; nobody's account: it stands there for all."""

    id = models.BigAutoField(primary_key=True)
    picture = models.CharField(max_length=20, choices=[(each, each) for each in Picture])
    root = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+", null=True)
    account = models.UUIDField(null=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        db_table = "cmdb_kept_place"
        constraints = (
            models.UniqueConstraint(
                fields=["picture", "root", "account", "item"],
                name="cmdb_place_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.picture} {self.item_id}"


# Imports -----------------------------------------------------------------------------------------


class ImportRun(models.Model):
    """A file that was sent, and what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    created_at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    actor_kind = models.CharField(max_length=20)
    language = models.CharField(max_length=20, blank=True, default="")
    file_name = models.CharField(max_length=255)
    file = models.TextField(blank=True, default="")
    """Sealed, for it may hold secrets; gone once it was worked in."""
    profile = models.CharField(max_length=100, blank=True, default="")
    source = models.CharField(max_length=100, blank=True, default="", db_default="")
    """Where what it holds comes from; empty: from whoever sent it."""
    type = models.CharField(max_length=50, blank=True, default="")
    wishes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    plan: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    clear = models.BooleanField(default=False)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=[(str(state), str(state)) for state in ImportState]
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0, db_default=0)
    """Rows that say something which another source stands against."""
    marked = models.PositiveIntegerField(default=0, db_default=0)
    retired = models.PositiveIntegerField(default=0, db_default=0)
    held = models.PositiveIntegerField(default=0, db_default=0)
    why = models.TextField(blank=True, default="")
    """Why it failed."""
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True, default="")
    mark = models.BigIntegerField(default=0)
    """The last change of any item when it was done: what comes after is of others."""

    class Meta:
        db_table = "cmdb_import"
        indexes = (models.Index(fields=["state", "created_at"], name="cmdb_import_waiting"),)

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class ImportLine(models.Model):
    """A row of a file that made, changed or was refused; those that changed nothing are counted."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    """Among all rows of the file."""
    table = models.CharField(max_length=255)
    row = models.PositiveIntegerField()
    verdict = models.CharField(
        max_length=10, choices=[(str(verdict), str(verdict)) for verdict in Verdict]
    )
    item = models.UUIDField(null=True)
    key = models.CharField(max_length=200, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    type = models.CharField(max_length=50, blank=True, default="")
    changes: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    problems: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    proposed: models.JSONField[list[Any], list[Any]] = models.JSONField(
        default=list, db_default=Value([], models.JSONField())
    )
    """What it says, and another source stands against."""
    choices: models.JSONField[list[Any], list[Any]] = models.JSONField(
        default=list, db_default=Value([], models.JSONField())
    )
    """Keys of items it may be about: a person says which."""
    before: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )
    """What an undo brings back, as it was stored."""
    cells = models.TextField(blank=True, default="")
    """Of a refused row: as it was sent, sealed."""

    class Meta:
        db_table = "cmdb_import_line"
        indexes = (models.Index(fields=["run", "number"], name="cmdb_import_line_of"),)

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.verdict}"


class ImportProfile(models.Model):
    """A mapping of columns that is kept under a name."""

    name = models.CharField(max_length=100, primary_key=True)
    tables: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    clear = models.BooleanField(default=False)
    source = models.CharField(max_length=100, blank=True, default="", db_default="")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        db_table = "cmdb_import_profile"

    def __str__(self) -> str:
        return self.name


# Sources -----------------------------------------------------------------------------------------


class SourceRecord(models.Model):
    """An item as a source knows it: when it was seen there, and since when it is missing."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=100)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    own = models.CharField(max_length=200, blank=True, default="")
    """What the source itself knows it by."""
    first_run = models.UUIDField()
    seen_run = models.UUIDField()
    seen_at = models.DateTimeField()
    loads = models.PositiveIntegerField(default=0)
    """In how many full loads in a row it was missing."""
    since = models.DateTimeField(null=True)
    """When it was missing first."""

    class Meta:
        db_table = "cmdb_source_record"
        constraints = (
            models.UniqueConstraint(fields=["item", "source"], name="cmdb_one_record_a_source"),
        )
        indexes = (models.Index(fields=["source", "own"], name="cmdb_record_of_source"),)

    def __str__(self) -> str:
        return f"{self.source} {self.item_id}"


class ValueSource(models.Model):
    """Where the values of an item come from, by field: `[source, when]`. What is not named was
    written by people.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="+")
    said: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        db_table = "cmdb_value_source"

    def __str__(self) -> str:
        return f"{self.item_id}"
