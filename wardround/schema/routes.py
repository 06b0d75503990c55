"""Definitions over HTTP: packs, definitions with their text, and the metamodel for forms."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Query, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from wardround.kernel import clock
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    Version,
    WholeListFilters,
    actor_of,
    short_page,
)
from wardround.kernel.permissions import SIGNED_IN
from wardround.kernel.short_lists import short_list
from wardround.schema import actions, queries, refusals, sources, wire
from wardround.schema.dependents import Renames
from wardround.schema.drafts import Draft
from wardround.schema.permissions import EDIT, IMPORT, READ
from wardround.schema.types import ItemType, Layer
from wardround.schema.wire import (
    DefinitionIn,
    DefinitionOut,
    DefinitionRow,
    DependentsOut,
    DifferenceOut,
    ItemTypeOut,
    KindOut,
    KindRow,
    LayerOut,
    PackOut,
    RelationKindOut,
    VersionOut,
)

router = RoomRouter(tags=["schema"])


class DefinitionFilters(WholeListFilters):
    kind: Annotated[list[str], Field(default_factory=list)]
    pack: Annotated[list[str], Field(default_factory=list)]


class Consent(Schema):
    """`consent`: whether things may lose the definitions they live by."""

    model_config = ConfigDict(extra="forbid")

    consent: bool = False


class Retirement(Consent):
    base_version: Version | None = None


class Renamed(Schema):
    """`renamed`, each `kind:old=new`: a definition that comes under a new name."""

    model_config = ConfigDict(extra="forbid")

    renamed: Annotated[list[str], Field(default_factory=list)]


class Importing(Consent, Renamed):
    pass


# Packs -------------------------------------------------------------------------------------------


@router.get("/packs", needs=READ, response=Page[PackOut])
def list_packs(request: Request, filters: Query[ShortFilters]) -> Page[PackOut]:
    packs = [
        PackOut(
            name=one.name,
            version=one.version,
            label=wire.told(one.label),
            requires=list(one.requires),
            imported_at=one.imported_at,
            imported_by=one.imported_by,
            definitions=one.definitions,
            description=wire.told(one.description),
        )
        for one in queries.installed_packs(actor_of(request))
    ]
    return short_page(packs, filters)


@router.post("/packs/check", needs=IMPORT, response=DifferenceOut)
def check_packs(
    request: Request, archive: File[UploadedFile], wanted: Query[Renamed]
) -> DifferenceOut:
    """What importing the packs of a zip would do; writes nothing."""
    difference, problems = actions.check_packs(
        actor_of(request), _packs_in(archive), renames=_renames(wanted.renamed)
    )
    return wire.difference_out(difference, problems)


@router.post("/packs", needs=IMPORT, response=DifferenceOut)
def import_packs(
    request: Request, archive: File[UploadedFile], wanted: Query[Importing]
) -> DifferenceOut:
    """Import the packs of a zip, all of them or none."""
    difference = actions.import_packs(
        actor_of(request),
        _packs_in(archive),
        at=clock.now(),
        consent=wanted.consent,
        renames=_renames(wanted.renamed),
    )
    return wire.difference_out(difference)


def _packs_in(archive: UploadedFile) -> list[sources.Source]:
    found = sources.Sources()
    sources.archive(archive.read(), archive.name or "archive", found)
    if found.problems:
        raise refusals.refuse(found.problems)
    return found.packs


def _renames(texts: list[str]) -> Renames:
    renames = {}
    for row, text in enumerate(texts, start=1):
        names, _equals, new = text.partition("=")
        kind, _colon, old = names.partition(":")
        if not (kind and old and new):
            told = _("Write it as kind:old=new.")
            raise BadInput(problems=[FieldProblem("renamed", told, row)])
        renames[kind, old] = new
    return renames


@router.delete("/packs/{name}", needs=IMPORT, response=DifferenceOut)
def remove_pack(request: Request, name: str, wanted: Query[Consent]) -> DifferenceOut:
    """Retire all that a pack defines."""
    done = actions.remove_pack(actor_of(request), name, at=clock.now(), consent=wanted.consent)
    return wire.difference_out(done)


# Definitions -------------------------------------------------------------------------------------


@router.get("/definitions", needs=READ, response=Page[DefinitionRow])
def list_definitions(
    request: Request, filters: Query[DefinitionFilters]
) -> Page[DefinitionRow] | HttpResponse:
    found = queries.stored_definitions(
        actor_of(request), kinds_wanted=filters.kind, packs_wanted=filters.pack
    )
    rows = [wire.row_out(one) for one in found]
    columns = {
        "name": _("Name"),
        "label": _("Label"),
        "kind_label": _("Kind"),
        "kind": _("Kind key"),
        "pack": _("Pack"),
        "version": _("Version"),
        "file": _("File"),
    }
    return short_list("definitions", rows, filters, columns)


@router.get("/definitions/{kind}/{name}", needs=READ, response=DefinitionOut)
def get_definition(
    request: Request, kind: str, name: str, version: Version | None = None
) -> DefinitionOut:
    return wire.definition_out(queries.stored(actor_of(request), kind, name, version))


@router.put("/definitions/{kind}/{name}", needs=EDIT, response=DefinitionOut)
def put_definition(request: Request, kind: str, name: str, payload: DefinitionIn) -> DefinitionOut:
    """Write one definition alone: a new one, a changed one, or one under a new name."""
    actions.save_definition(
        actor_of(request),
        _draft(kind, name, payload),
        at=clock.now(),
        base_version=payload.base_version,
        consent=payload.consent,
    )
    return wire.definition_out(queries.stored(actor_of(request), kind, name))


def _draft(kind: str, name: str, payload: DefinitionIn) -> Draft:
    return Draft(
        kind=kind,
        name=name,
        text=payload.text,
        body=payload.body,
        renamed_from=payload.renamed_from,
    )


@router.delete("/definitions/{kind}/{name}", needs=EDIT, response=DefinitionOut)
def retire_definition(
    request: Request, kind: str, name: str, wanted: Query[Retirement]
) -> DefinitionOut:
    """Take one definition out of force; it stays readable."""
    actions.retire_definition(actor_of(request), kind, name, at=clock.now(), **wanted.model_dump())
    return wire.definition_out(queries.stored(actor_of(request), kind, name))


@router.get("/definitions/{kind}/{name}/versions", needs=READ, response=Page[VersionOut])
def list_versions(
    request: Request, kind: str, name: str, filters: Query[ShortFilters]
) -> Page[VersionOut]:
    """Every version, newest first: who made it, when, and what it changed."""
    found = [wire.version_out(one) for one in queries.versions(actor_of(request), kind, name)]
    return short_page(found, filters)


@router.get("/definitions/{kind}/{name}/dependents", needs=READ, response=DependentsOut)
def list_dependents(request: Request, kind: str, name: str) -> DependentsOut:
    """What lives by a definition, and which definitions refer to it."""
    actor = actor_of(request)
    return DependentsOut(
        things=[wire.dependent_out(one) for one in queries.living_by(actor, kind, name)],
        definitions=[wire.referring_out(*key) for key in queries.referring_to(actor, kind, name)],
    )


@router.post("/definitions/{kind}/{name}/check", needs=EDIT, response=DifferenceOut)
def check_definition(
    request: Request, kind: str, name: str, payload: DefinitionIn
) -> DifferenceOut:
    """What saving would change and touch, and every mistake; writes nothing."""
    difference, problems = actions.check_definition(actor_of(request), _draft(kind, name, payload))
    return wire.difference_out(difference, problems)


@router.post("/definitions/{kind}/{name}/check-retirement", needs=EDIT, response=DifferenceOut)
def check_retirement(request: Request, kind: str, name: str) -> DifferenceOut:
    """What retiring would take away; writes nothing."""
    difference, problems = actions.check_retirement(actor_of(request), kind, name)
    return wire.difference_out(difference, problems)


# The metamodel -----------------------------------------------------------------------------------


@router.get("/definition-kinds", needs=READ, response=Page[KindRow])
def list_kinds(request: Request, filters: Query[ShortFilters]) -> Page[KindRow]:
    """The kinds of definition there are, by name."""
    return short_page([wire.kind_row(kind) for kind in queries.kinds_of_definition()], filters)


@router.get("/definition-kinds/{kind}", needs=READ, response=KindOut)
def get_kind(request: Request, kind: str) -> KindOut:
    """One kind with the JSON-schema of its body, which a form can be built from."""
    return wire.kind_out(queries.kind_of_definition(kind))


@router.get("/item-types", needs=SIGNED_IN, response=Page[ItemTypeOut])
def list_item_types(request: Request, filters: Query[ShortFilters]) -> Page[ItemTypeOut]:
    layers = {one.name: one for one in queries.layers()}
    types = sorted(queries.item_types().values(), key=lambda one: _order(one, layers))
    return short_page([wire.item_type_out(one, layers) for one in types], filters)


def _order(one: ItemType, layers: dict[str, Layer]) -> tuple[int, str]:
    layer = layers.get(one.layer)
    return layer.order if layer else 0, one.name


@router.get("/relation-kinds", needs=SIGNED_IN, response=Page[RelationKindOut])
def list_relation_kinds(request: Request, filters: Query[ShortFilters]) -> Page[RelationKindOut]:
    kinds = [wire.relation_kind_out(one) for one in queries.relation_kinds().values()]
    return short_page(kinds, filters)


@router.get("/layers", needs=SIGNED_IN, response=Page[LayerOut])
def list_layers(request: Request, filters: Query[ShortFilters]) -> Page[LayerOut]:
    layers = [
        LayerOut(name=one.name, label=wire.told(one.label), order=one.order, view=one.view)
        for one in queries.layers()
    ]
    return short_page(layers, filters)
