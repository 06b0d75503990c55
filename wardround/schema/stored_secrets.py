"""Sealing the secrets of what was stored in clear: before packs were sealed (called by rooms'
migrations), or before a type or a template called it a secret (called by the rooms, which are told
of that).

Reads bodies as they lie there, of every version: what a type or a template says today need not be
what it said when an old text was imported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import yaml
from django.apps import apps as present
from django.db.models import Q

from wardround.kernel.addresses import tells_secret, without_sign_in
from wardround.kernel.secrets import is_token
from wardround.schema import documents, kinds, sealing
from wardround.schema.sealing import Secret, Tokens
from wardround.schema.sources import Source
from wardround.schema.types import Path

Body = Mapping[str, Any]
Declarations = Mapping[str, list[Body]]
"""Every version of what says which values are secrets, by name, the oldest first."""
Declared = Callable[[Body, Declarations], Iterable[Secret]]
Instead = Callable[[Body, Iterable[Secret]], tuple[Mapping[Path, str], Collection[str]]]
"""What stands in a body from now on, by its place, and what it takes the place of."""
_AT_ONCE = 50


def by_tokens(body: Body, declared: Iterable[Secret]) -> tuple[Mapping[Path, str], Collection[str]]:
    """A token for each secret."""
    tokens, _problems = sealing.tokens(body, declared)
    return tokens.sealed, tokens.opened.values()


def by_hiding(body: Body, declared: Iterable[Secret]) -> tuple[Mapping[Path, str], Collection[str]]:
    """An address without what it signs in with; who follows it has to know that."""
    found = {secret.path: str(sealing.value_at(body, secret.path) or "") for secret in declared}
    telling = {path: address for path, address in found.items() if tells_secret(address)}
    hidden = {path: without_sign_in(address) for path, address in telling.items()}
    return hidden, telling.values()


def seal_stored(
    apps: Any, kind: str, declaring: str, declared: Declared, instead: Instead = by_tokens
) -> None:
    """Seal every version of a kind, and its documents in the files of packs.

    Args:
        apps: the models as the migration knows them.
        kind: whose texts hold secrets.
        declaring: the kind that says which values are secrets.
        declared: the secrets of a body.
        instead: what takes their place.

    """
    definitions = apps.get_model("schema", "Definition").objects
    declarations: dict[str, list[Body]] = defaultdict(list)
    known = definitions.filter(kind=declaring).order_by("version")
    for name, body in known.values_list("name", "body"):
        declarations[name].append(kinds.plain(body))
    sealed = []
    for row in definitions.filter(kind=kind).iterator(chunk_size=_AT_ONCE):
        body = {"kind": kind, **kinds.plain(row.body)}
        tokens, clear = instead(body, declared(body, declarations))
        if tokens and not row.current:
            tokens = {**tokens, **_copies(kind, body, tokens, clear)}
        told, text = _put(body, row.text, tokens, clear)
        if text != row.text:
            kept = {key: value for key, value in told.items() if key != "kind"}
            row.body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            row.text = text
            sealed.append(row)
        if len(sealed) >= _AT_ONCE:
            definitions.bulk_update(sealed, ["body", "text"])
            sealed.clear()
    definitions.bulk_update(sealed, ["body", "text"])
    _seal_files(apps, kind, lambda body: instead(body, declared(body, declarations)))


def seal_kept(
    kind: str, names: Collection[str], declared: Callable[[Body], Iterable[Secret]]
) -> None:
    """Seal in every version of a kind, and in every pack's files, what is a secret from now on.

    Called when something is newly declared a secret: it reads every version that could hold it.

    Args:
        kind: whose texts hold the secrets.
        names: the keys under which they stand; versions without any of them are passed over.
        declared: the secrets of a body; those that are sealed already are left as they are.

    """
    definition = present.get_model("schema", "Definition")
    mentioned = Q(pk__in=())
    for name in names:
        mentioned |= Q(body__contains=json.dumps(name))
    rows = definition.objects.filter(mentioned, kind=kind)

    def in_clear(body: Body, _declarations: object = None) -> Iterator[Secret]:
        return (secret for secret in declared(body) if _is_clear(body, secret))

    bodies = (kinds.plain(body) for body in rows.values_list("body", flat=True).iterator())
    if any(any(in_clear(body)) for body in bodies):
        seal_stored(present, kind, "", in_clear)


def _is_clear(body: Body, secret: Secret) -> bool:
    value = sealing.value_at(body, secret.path)
    return value not in (None, "", sealing.MASK) and not (
        isinstance(value, str) and is_token(value)
    )


def _copies(
    kind: str, body: Body, tokens: Mapping[Path, str], clear: Collection[str]
) -> dict[Path, str]:
    """What hides the secrets of a version of the past in its other values, which nobody can mend
    any more; the one in force says what is, and whoever touches it is told of it
    (`sealing.told_in_values`).
    """
    known = kinds.kind_named(kind)
    try:
        value = known.stored(json.dumps(body)) if known else None
    except ValueError:
        value = None  # a form that nobody reads any more
    names: set[Path] = {("name",)}
    if known and value:
        names |= {reference.path for reference in known.references(value)}
    opened: dict[Path, str] = {(place,): secret for place, secret in enumerate(clear)}
    telling = sealing.told_in_values(body, Tokens(tokens, opened), names)
    return {problem.path: sealing.MASK for problem in telling}


_InsteadOf = Callable[[Body], tuple[Mapping[Path, str], Collection[str]]]


def _seal_files(apps: Any, kind: str, instead: _InsteadOf) -> None:
    touched = set()
    for row in apps.get_model("schema", "PackFile").objects.iterator():
        if not row.path.endswith((".yaml", ".yml")):
            continue
        data = bytes(row.data)
        texts = [
            (document.text, _sealed_document(document, kind, instead))
            for document in documents.read(data, row.path).documents
        ]
        sealed = sealing.in_file(data, texts)
        if sealed != data:
            row.data = sealed
            row.save(update_fields=["data"])
            touched.add(row.pack_id)
    for pack in apps.get_model("schema", "InstalledPack").objects.filter(id__in=touched):
        if pack.digest != pack.shipped_digest:  # else it tells that nobody has edited the pack
            files = apps.get_model("schema", "PackFile").objects.filter(pack=pack)
            held = {path: bytes(data) for path, data in files.values_list("path", "data")}
            pack.digest = Source(pack.name, held).digest
            pack.save(update_fields=["digest"])


def _sealed_document(document: documents.Document, kind: str, instead: _InsteadOf) -> str:
    body = document.root.plain()
    if not isinstance(body, dict) or body.get("kind") != kind:
        return document.text
    return _put(body, document.text, *instead(body))[1]


def _put(
    body: Body, text: str, instead: Mapping[Path, str], secret: Collection[str]
) -> tuple[Body, str]:
    """Body and text without secrets; a text that shares one by an anchor is written anew."""
    if not instead:
        return body, text
    told = sealing.put(body, instead)
    sealed, shared = sealing.in_text(text, instead)
    if shared or any(value in sealed for value in secret):
        sealed = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    return told, sealed
