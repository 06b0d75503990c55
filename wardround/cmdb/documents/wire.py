"""Documents as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from wardround.cmdb.documents.types import Document, NewDocument, TextState, Unread, Version
from wardround.kernel.audit_words import actor_name
from wardround.kernel.types import Named
from wardround.kernel.wire import Answer, Body, Label, Ref


def _by(by: Named) -> Ref:
    return Ref(id=by.id, name=actor_name(by))


class TextOut(Answer):
    """What became of the text in a file, for the search.

    `characters`: held and searched; `cut`: there are more than that; `why`: none could be read.
    """

    state: TextState
    characters: int
    cut: bool
    why: Unread | None


class FileVersionOut(Answer):
    """One file of a document. `size` in bytes; `media_type` by what it holds.

    `belies`: its name says that it is of another kind. `of_number`: the older version that was
    made current again by it. `merged_from`: the document it was of before the two were made one.
    """

    number: int
    current: bool
    file_name: str
    size: int
    media_type: str
    belies: bool
    sha256: str
    note: str
    at: datetime
    by: Annotated[Ref, BeforeValidator(_by)]
    of_number: int | None
    merged_from: str
    text: TextOut


class DocumentOut(Answer):
    """A document that is attached to an item. `versions`: how many; none where it has no file."""

    id: UUID
    key: str
    name: str
    type: str
    type_label: Label
    retired: bool
    relation: UUID
    kind_label: Label
    versions: int
    current: FileVersionOut | None

    @classmethod
    def of(cls, document: Document) -> Self:
        ref = document.item
        return cls(
            id=ref.id,
            key=ref.key,
            name=ref.name,
            type=ref.type,
            type_label=document.type_label,
            retired=document.retired,
            relation=document.relation,
            kind_label=document.kind_label,
            versions=document.versions,
            current=_version(document.current),
        )


def _version(version: Version | None) -> FileVersionOut | None:
    return None if version is None else FileVersionOut.model_validate(version)


class TwinOut(Answer):
    """Where the same bytes stand already."""

    document: Ref
    number: int


class TakenOut(Answer):
    """What came of a file: the document, its new version, and where the same bytes stand too."""

    document: Ref
    version: FileVersionOut
    twins: list[TwinOut]


class AttachableOut(Answer):
    type: str
    type_label: Label
    kind: str
    kind_label: Label


class DocumentStoreOut(Answer):
    """What files take together and may take, and how large one may be; bytes."""

    used: int
    budget: int
    file_most: int
    files: int
    waiting: int
    unreadable: int


class NoteForm(Body):
    note: Annotated[str, Field(max_length=500)] = ""


class DocumentForm(NoteForm):
    """`name`: of the document, else as its file. `type`, `kind`: one of `/attachable`."""

    name: Annotated[str, Field(max_length=300)] = ""
    type: Annotated[str, Field(max_length=100)] = ""
    kind: Annotated[str, Field(max_length=100)] = ""

    def wanted(self) -> NewDocument:
        return NewDocument(self.name, self.type, self.kind, self.note)
