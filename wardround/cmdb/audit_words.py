"""How acts on items and relations are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wardround.cmdb import import_queries, models
from wardround.cmdb.permissions import READ
from wardround.cmdb.reading import named, named_within
from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.audit_words import Detail, Lookup, Said, Subject, of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated
from wardround.schema import queries as schema

ITEM, ITEM_TYPE, RELATION_KIND = "item", "item-type", "relation-kind"
_TYPE_OF = "the type of an item"
"""No kind of thing: by an item's id the name of its type, which says what its fields are called."""


def _items(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    seen = reach(actor, READ)
    return {str(id_): ref.name for id_, ref in named_within(seen, audit_words.ids(ids)).items()}


def _types_of(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    seen = reach(actor, READ)
    return {str(id_): ref.type for id_, ref in named_within(seen, audit_words.ids(ids)).items()}


def _relations(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    """By the two ends, where the reader may know of both."""
    rows = models.Relation.objects.filter(id__in=audit_words.ids(ids))
    ends = {str(row[0]): row[1:] for row in rows.values_list("id", "source_id", "target_id")}
    known = named(reach(actor, READ), {end for two in ends.values() for end in two})
    return {
        id_: f"{known[source].name} → {known[target].name}"
        for id_, (source, target) in ends.items()
        if source in known and target in known
    }


def _imports(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    rows = models.ImportRun.objects.filter(
        import_queries.visible(actor), id__in=audit_words.ids(ids)
    )
    return {str(id_): name for id_, name in rows.values_list("id", "file_name")}


_FIELDS = {
    "name": untranslated("Name"),
    "type": untranslated("Type"),
    "importance": untranslated("Importance"),
    "owner": untranslated("Owner"),
    "vendor": untranslated("Vendor"),
    "retired": untranslated("Out of use"),
    "deleted": untranslated("Deleted"),
    "merged": untranslated("Merged"),
    "file": untranslated("File"),
    "confirmed": untranslated("Confirmed as right"),
}


def _field_names(value: Any, called: Lookup, line: AuditLine) -> object:
    type_name = str(called(_TYPE_OF, line.subject_id))
    return [_field(name, type_name) for name in value]


def _attribute(value: Any, _called: Lookup, line: AuditLine) -> object:
    return _attribute_label(str(value), line.subject_id)


def _attributes(value: Any, _called: Lookup, line: AuditLine) -> object:
    return [_attribute_label(str(name), line.subject_id) for name in value]


def _field(name: str, type_name: str) -> Said:
    if name in _FIELDS:
        return Wording(_FIELDS[name])
    return _attribute_label(name.removeprefix("attributes."), type_name)


def _attribute_label(name: str, type_name: str) -> Said:
    declared = schema.remembered_item_types().get(type_name)
    attribute = declared.attribute(name) if declared else None
    return attribute.label if attribute else name


_COUNTS = {
    "created": Detail(untranslated("Made")),
    "changed": Detail(untranslated("Changed")),
    "retired": Detail(untranslated("Retired")),
    "relations_written": Detail(untranslated("Relations written")),
    "relations_removed": Detail(untranslated("Relations removed")),
    "unchanged": Detail(untranslated("Left as it was")),
    "refused": Detail(untranslated("Refused")),
    "file": Detail(untranslated("File")),
    "count": Detail(untranslated("How many")),
    "number": Detail(untranslated("Version")),
}
_DETAILS = {
    **_COUNTS,
    "name": Detail(untranslated("Name")),
    "type": Detail(untranslated("Type"), of(ITEM_TYPE)),
    "fields": Detail(untranslated("Fields"), _field_names),
    "kind": Detail(untranslated("Kind of relation"), of(RELATION_KIND)),
    "source": Detail(untranslated("From"), of(ITEM)),
    "target": Detail(untranslated("To"), of(ITEM)),
    "merged": Detail(untranslated("Merged")),
    "old": Detail(untranslated("Was called")),
    "new": Detail(untranslated("Is called"), _attribute),
    "attribute": Detail(untranslated("Attribute"), _attribute),
    "attributes": Detail(untranslated("Attributes"), _attributes),
}
_ACTS = {
    "document.add": untranslated("Attached a document"),
    "document.current": untranslated("Made an older version of a document current again"),
    "document.version": untranslated("Put a new version to a document"),
    "item.arrange": untranslated("Placed items of a picture for all"),
    "item.arrange_anew": untranslated("Let a picture be laid out anew for all"),
    "item.condition": untranslated("Set conditions of items"),
    "item.convert": untranslated("Wrote values as the new type of their attribute"),
    "item.create": untranslated("Created an item"),
    "item.empty": untranslated("Emptied an attribute that is no more"),
    "item.delete": untranslated("Put an item into the recycle bin"),
    "item.drop_profile": untranslated("Dropped a mapping of import files"),
    "item.import": untranslated("Imported items"),
    "item.import_file": untranslated("Imported a file"),
    "item.keep_profile": untranslated("Kept a mapping of import files"),
    "item.accept_proposed": untranslated("Accepted what an import proposed"),
    "item.choose_new": untranslated("Said that a row of an import is about a new item"),
    "item.choose": untranslated("Said which item a row of an import is about"),
    "item.keep_vanished": untranslated("Left in use what an import did not hold"),
    "item.release": untranslated("Released values to their sources"),
    "item.retire_vanished": untranslated("Retired what an import did not hold"),
    "item.merge": untranslated("Merged items into one"),
    "item.purge": untranslated("Removed a deleted item for good"),
    "item.rename_attribute": untranslated("Gave an attribute another name"),
    "item.rename_type": untranslated("Gave a type of items another name"),
    "item.restore": untranslated("Brought an item back into use"),
    "item.retire": untranslated("Retired an item"),
    "item.serve_anew": untranslated("Derived anew which systems items serve"),
    "item.seal": untranslated("Sealed what is a secret now"),
    "item.take_back": untranslated("Took changes back"),
    "item.undo_import": untranslated("Took an import back"),
    "item.undelete": untranslated("Brought an item back out of the recycle bin"),
    "item.update": untranslated("Changed an item"),
    "relation.create": untranslated("Related two items"),
    "relation.join": untranslated("Joined relations that stood from both ends"),
    "relation.remove": untranslated("Removed a relation"),
    "relation.rename_kind": untranslated("Gave a kind of relation another name"),
    "relation.rule": untranslated("Brought relations to what rules say"),
    "relation.update": untranslated("Changed a relation"),
}


def declare() -> None:
    audit_words.declare(
        _ACTS,
        subjects=[
            Subject(ITEM, Wording("Item"), _items),
            Subject("items", Wording("Items of a pack")),
            Subject("import", Wording("Import of a file"), _imports),
            Subject("import-profile", Wording("Mapping of import files")),
            Subject("relation", Wording("Relation"), _relations),
        ],
        lookups={_TYPE_OF: _types_of},
        details=_DETAILS,
    )
