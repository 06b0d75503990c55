"""Documents over HTTP: attached to items, in versions, sent and fetched piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from ninja import File, Form, Query, Status
from ninja.files import UploadedFile

from wardround.cmdb.documents import actions, media, queries, storing, tasks
from wardround.cmdb.documents.types import Upload
from wardround.cmdb.documents.wire import (
    AttachableOut,
    DocumentForm,
    DocumentOut,
    DocumentStoreOut,
    FileVersionOut,
    NoteForm,
    TakenOut,
)
from wardround.cmdb.permissions import READ, WRITE
from wardround.kernel import clock, uploads
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    WholeListFilters,
    actor_of,
    short_page,
)
from wardround.kernel.short_lists import short_list

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["documents"])
uploads.limit(r"/items/[^/]+/(documents|versions)", storing.allowance)

_COLUMNS: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "type_label": gettext_lazy("Type"),
    "kind_label": gettext_lazy("Relation"),
    "versions": gettext_lazy("Versions"),
    "current": gettext_lazy("Current version"),
}


@router.get("/items/{uuid:item_id}/documents", needs=READ, response=Page[DocumentOut])
def list_documents(
    request: Request, item_id: UUID, filters: Query[WholeListFilters]
) -> Page[DocumentOut] | HttpResponse:
    """The documents that are attached to an item, each with its current version."""
    found = [DocumentOut.of(each) for each in queries.attached(actor_of(request), item_id)]
    return short_list(gettext_lazy("Documents"), found, filters, _COLUMNS, {"current": _file_name})


def _file_name(version: FileVersionOut | None) -> object:
    return version and version.file_name


@router.post("/items/{uuid:item_id}/documents", needs=WRITE, response={201: TakenOut})
def attach_document(
    request: Request, item_id: UUID, file: File[UploadedFile], form: Form[DocumentForm]
) -> Status[TakenOut]:
    """Send a file: it becomes a document, attached to the item, and its first version."""
    taken = actions.attach(
        actor_of(request),
        item_id,
        cast("Upload", file),
        form.wanted(),
        at=clock.now(),
        defer=tasks.defer,
    )
    return Status(201, TakenOut.model_validate(taken))


@router.get("/items/{uuid:item_id}/attachable", needs=READ, response=Page[AttachableOut])
def list_attachable(
    request: Request, item_id: UUID, filters: Query[ShortFilters]
) -> Page[AttachableOut]:
    """In which ways a document may be attached to an item, the usual one first."""
    found = queries.attachable(actor_of(request), item_id)
    return short_page([AttachableOut.model_validate(each) for each in found], filters)


_VERSIONS: Mapping[str, StrOrPromise] = {
    "number": gettext_lazy("Version"),
    "file_name": gettext_lazy("File"),
    "size": gettext_lazy("Size (bytes)"),
    "media_type": gettext_lazy("Media type"),
    "at": gettext_lazy("Sent at"),
    "by": gettext_lazy("Sent by"),
    "note": gettext_lazy("What changed"),
    "sha256": "SHA-256",
}


@router.get("/items/{uuid:item_id}/versions", needs=READ, response=Page[FileVersionOut])
def list_versions(
    request: Request, item_id: UUID, filters: Query[WholeListFilters]
) -> Page[FileVersionOut] | HttpResponse:
    """The versions of a document, the newest first."""
    found = [
        FileVersionOut.model_validate(each) for each in queries.versions(actor_of(request), item_id)
    ]
    return short_list(
        gettext_lazy("Versions"), found, filters, _VERSIONS, {"by": lambda by: by.name}
    )


@router.post("/items/{uuid:item_id}/versions", needs=WRITE, response={201: TakenOut})
def add_version(
    request: Request, item_id: UUID, file: File[UploadedFile], form: Form[NoteForm]
) -> Status[TakenOut]:
    """Send a new version of a document; the old ones stay."""
    taken = actions.add_version(
        actor_of(request),
        item_id,
        cast("Upload", file),
        note=form.note,
        at=clock.now(),
        defer=tasks.defer,
    )
    return Status(201, TakenOut.model_validate(taken))


@router.post("/items/{uuid:item_id}/versions/{int:number}/current", needs=WRITE, response=TakenOut)
def make_current(request: Request, item_id: UUID, number: int) -> TakenOut:
    """Make an older version current again, as a new one."""
    taken = actions.make_current(actor_of(request), item_id, number, at=clock.now())
    return TakenOut.model_validate(taken)


@router.get("/items/{uuid:item_id}/versions/{int:number}/file", needs=READ, response=None)
def fetch_file(request: Request, item_id: UUID, number: int) -> StreamingHttpResponse:
    """The bytes of a version: always to be saved, never to be shown here."""
    found = queries.file(actor_of(request), item_id, number)
    version = found.version
    shown = media.UNKNOWN if version.media_type in {media.HTML, media.SVG} else version.media_type
    served = isinstance(request, ASGIRequest)
    sent = _sent(found.content) if served else storing.pieces(found.content)
    response = StreamingHttpResponse(sent, content_type=shown)
    response["Content-Length"] = str(version.size)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=version.file_name
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


async def _sent(content: UUID) -> AsyncIterator[bytes]:
    """Piece by piece; whoever reads slowly holds no connection to the database meanwhile."""
    number = 0
    while piece := await sync_to_async(_piece)(content, number):
        yield piece
        number += 1


def _piece(content: UUID, number: int) -> bytes:
    try:
        return storing.piece(content, number)
    finally:
        if not connection.in_atomic_block:
            connection.close()


@router.get("/document-store", needs=READ, response=DocumentStoreOut)
def document_store(request: Request) -> DocumentStoreOut:
    """What files take together, and may take."""
    del request
    return DocumentStoreOut.model_validate(queries.store())
