"""Sealing the secrets of what was stored in clear: before packs were sealed (called by rooms'
migrations), or before a type or a template called it a secret (called by every change).

Reads bodies as they lie there, of every version: what a type or a template says today need not be
what it said when an old text was imported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import yaml
from django.apps import apps as present

from wardround.kernel.secrets import is_token
from wardround.schema import documents, kinds, sealing
from wardround.schema.kinds import DefinitionView
from wardround.schema.sealing import Secret
from wardround.schema.sources import Source

Body = Mapping[str, Any]
Declarations = Mapping[str, list[Body]]
"""Every version of what says which values are secrets, by name."""
Declared = Callable[[Body, Declarations], Iterable[Secret]]


def seal_stored(apps: Any, kind: str, declaring: str, declared: Declared) -> None:
    """Seal every version of a kind, and its documents in the files of packs.

    Args:
        apps: the models as the migration knows them.
        kind: whose texts hold secrets.
        declaring: the kind that says which values are secrets.
        declared: the secrets of a body.

    """
    definitions = apps.get_model("schema", "Definition").objects
    declarations: dict[str, list[Body]] = defaultdict(list)
    for name, body in definitions.filter(kind=declaring).values_list("name", "body"):
        declarations[name].append(json.loads(body))
    for row in definitions.filter(kind=kind).iterator():
        body = {"kind": kind, **json.loads(row.body)}
        told, text = _sealed(body, row.text, declared(body, declarations))
        if text != row.text:
            kept = {key: value for key, value in told.items() if key != "kind"}
            row.body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            row.text = text
            row.save(update_fields=["body", "text"])
    _seal_files(apps, kind, lambda body: declared(body, declarations))


def seal_kept(view: DefinitionView) -> None:
    """Seal in every version, and in every pack's files, what is a secret by these definitions.

    Files are opened only where a version of some definition tells a secret.
    """
    for kind in kinds.every():
        if kind.secrets is not None:
            rows = present.get_model("schema", "Definition").objects.filter(kind=kind.name)
            declared = partial(_in_clear, kind.secrets, view)
            bodies = (json.loads(body) for body in rows.values_list("body", flat=True).iterator())
            if any(any(declared(body)) for body in bodies):
                seal_stored(present, kind.name, "", declared)


def _in_clear(
    secrets: Callable[[Body, DefinitionView], Iterable[Secret]],
    view: DefinitionView,
    body: Body,
    _declarations: object = None,
) -> Iterator[Secret]:
    for secret in secrets(body, view):
        value = sealing.value_at(body, secret.path)
        if isinstance(value, str) and value not in ("", sealing.MASK) and not is_token(value):
            yield secret


def _seal_files(apps: Any, kind: str, declared: Callable[[Body], Iterable[Secret]]) -> None:
    touched = set()
    for row in apps.get_model("schema", "PackFile").objects.iterator():
        if not row.path.endswith((".yaml", ".yml")):
            continue
        data = bytes(row.data)
        texts = [
            (document.text, _sealed_document(document, kind, declared))
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


def _sealed_document(
    document: documents.Document, kind: str, declared: Callable[[Body], Iterable[Secret]]
) -> str:
    body = document.root.plain()
    if not isinstance(body, dict) or body.get("kind") != kind:
        return document.text
    return _sealed(body, document.text, declared(body))[1]


def _sealed(body: Body, text: str, declared: Iterable[Secret]) -> tuple[Body, str]:
    """Body and text with tokens; a text that shares a secret by an anchor is written anew."""
    tokens, _problems = sealing.tokens(body, declared)
    if not tokens.sealed:
        return body, text
    told = sealing.put(body, tokens.sealed)
    sealed, shared = sealing.in_text(text, tokens.sealed)
    if shared or any(secret in sealed for secret in tokens.opened.values()):
        sealed = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    return told, sealed
