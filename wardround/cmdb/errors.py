"""What can go wrong with items and relations, in words for the reader."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, NotFound


class KeyTaken(Conflict):
    code = "key_taken"
    message = _("There is an item with the key “%(key)s” already.")


class StaleItem(Conflict):
    code = "stale_item"
    message = _(
        "Somebody else changed this item meanwhile (it is at version %(version)s). Reload it and"
        " try again."
    )


class OutOfUse(Conflict):
    code = "item_out_of_use"
    message = _("This item is out of use. Bring it back into use first, then change it.")


class RelationExists(Conflict):
    code = "relation_exists"
    message = _("These two items are related in this way already.")


class KeptByRule(Conflict):
    code = "relation_kept_by_rule"
    message = _(
        "The rule “%(rule)s” keeps this relation as long as both ends hold equal values. Change the"
        " values or the rule."
    )


class BeyondReach(BadInput):
    """`items`: those that would leave the writer's reach."""

    code = "beyond_reach"
    message = _(
        "This would take the item out of what you may see or change. Ask an administrator to do it."
    )

    def __init__(self, items: frozenset[UUID]) -> None:
        super().__init__()
        self.items = items


class IntoReach(BeyondReach):
    """`items`: those that would bring others into the writer's reach."""

    code = "into_reach"
    message = _(
        "This would bring other items into what you may see or change. Ask an administrator to do"
        " it."
    )


class UnknownItem(NotFound):
    code = "unknown_item"


class DeletedItem(NotFound):
    code = "item_deleted"
    message = _(
        "“%(name)s” was deleted and lies in the recycle bin. Restore it there to see it here again."
    )


class RemovedItem(NotFound):
    code = "item_removed"
    message = _("“%(name)s” was deleted and removed for good. Only its history is kept.")


class NotInBin(NotFound):
    code = "not_in_recycle_bin"
    message = _(
        "Not all of these lie in the recycle bin, or you may not see them. Reload the list and try"
        " again."
    )


class TooManyPlaces(Conflict):
    code = "too_many_places"
    message = _(
        "A picture keeps at most %(most)s places that were chosen by hand. Let the layout place"
        " everything again, then move what matters."
    )


class UnknownRelation(NotFound):
    code = "unknown_relation"


class UnknownImport(NotFound):
    code = "unknown_import"


class UnknownProfile(NotFound):
    code = "unknown_import_profile"


class UnknownSource(BadInput):
    code = "unknown_source"
    message = _("There is no source “%(name)s”.")


class UnreadableImport(BadInput):
    code = "unreadable_file"
    message = _("The file cannot be imported. %(why)s")


class ImportUnderWay(Conflict):
    code = "import_under_way"
    message = _("This import is being worked in. Wait until it has ended.")


class ImportNotReady(Conflict):
    code = "import_not_ready"
    message = _("This import is %(state)s; that cannot be done with it now.")


class NothingToDecide(Conflict):
    code = "nothing_to_decide"
    message = _("There is nothing to decide here (any more).")


class ChangedSince(Conflict):
    code = "changed_since_import"
    message = _(
        "The import cannot be undone as one: %(count)s of its rows were changed since. Undo these"
        " changes first, or change the items one by one."
    )


class NetworkFull(Conflict):
    code = "network_full"
    message = _(
        "No address of %(network)s is free. Free one, shorten a reserved range, or take one of"
        " another network."
    )


class AddressTaken(Conflict):
    code = "address_taken"
    message = _("%(address)s is in use: %(holders)s. Take another one.")


class NotADocument(Conflict):
    code = "not_a_document"
    message = _(
        "“%(type)s” is no type of documents, so files are not kept with it. Attach a document to"
        " it, or give its type the role “document”."
    )


class NoDocuments(Conflict):
    code = "no_documents"
    message = _(
        "No document can be attached to a “%(type)s”: no kind of relation joins the two, or its"
        " type is without “has documents”."
    )


class EmptyFile(BadInput):
    code = "empty_file"
    message = _("The file is empty. Choose another one.")


class FileTooLarge(BadInput):
    status = 413
    code = "file_too_large"
    message = _(
        "The file is larger than %(most)s MB. Make it smaller or divide it; the limit is"
        " WARDROUND_DOCUMENT_FILE_MB."
    )


class DocumentsUsedUp(Conflict):
    status = 507
    code = "documents_used_up"
    message = _(
        "Documents may take %(budget)s MB together, and %(left)s MB are left. Remove deleted"
        " documents from the recycle bin for good, or ask an administrator to raise"
        " WARDROUND_DOCUMENTS_MB."
    )


class SameVersion(Conflict):
    code = "same_version"
    message = _("These are the same bytes as version %(number)s, which is current. Nothing to add.")


class UnknownVersion(NotFound):
    code = "unknown_version"
