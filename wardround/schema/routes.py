"""Definitions over HTTP: packs, definitions with their text, and the metamodel for forms."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Query, Status
from ninja.files import UploadedFile

from wardround.kernel import clock
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    Version,
    actor_of,
    short_page,
)
from wardround.kernel.permissions import SIGNED_IN
from wardround.kernel.short_lists import short_list
from wardround.kernel.suggestions import refuse_unknown
from wardround.schema import actions, queries, refusals, sources
from wardround.schema.metamodel_wire import ItemTypeOut, LayerOut, RelationKindOut
from wardround.schema.permissions import EDIT, IMPORT, READ
from wardround.schema.types import ItemType, Layer
from wardround.schema.wire import (
    Consent,
    DefinitionFilters,
    DefinitionIn,
    DefinitionOut,
    DefinitionRow,
    DependentsOut,
    DifferenceOut,
    Importing,
    ItemTypeFilters,
    KindOut,
    KindRow,
    PackOut,
    Renamed,
    Retirement,
    VersionOut,
    WaitingOut,
)

router = RoomRouter(tags=["schema"])


# Packs -------------------------------------------------------------------------------------------


@router.get("/packs", needs=READ, response=Page[PackOut])
def list_packs(request: Request, filters: Query[ShortFilters]) -> Page[PackOut]:
    found = queries.installed_packs(actor_of(request))
    packs = [PackOut.model_validate(pack) for pack in found]
    return short_page(packs, filters)


@router.get("/packs/updates", needs=IMPORT, response=Page[WaitingOut])
def list_updates(request: Request, filters: Query[ShortFilters]) -> Page[WaitingOut]:
    """What updates of the product left as it was, since it would take something from here."""
    waiting = queries.waiting_updates(actor_of(request))
    return short_page([WaitingOut.model_validate(held) for held in waiting], filters)


@router.post("/packs/check", needs=IMPORT, response=DifferenceOut)
def check_packs(
    request: Request, archive: File[UploadedFile], wanted: Query[Renamed]
) -> DifferenceOut:
    """What importing the packs of a zip would do; writes nothing."""
    difference, problems = actions.check_packs(
        actor_of(request), _packs_in(archive), renames=wanted.renames()
    )
    return DifferenceOut.of(difference, problems)


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
        renames=wanted.renames(),
    )
    return DifferenceOut.of(difference)


def _packs_in(archive: UploadedFile) -> list[sources.Source]:
    found = sources.Sources()
    name = (archive.name or "archive").removesuffix(".zip")
    sources.archive(archive.read(), name, found)
    if found.problems:
        raise refusals.refuse(found.problems)
    return found.packs


@router.delete("/packs/{name}", needs=IMPORT, response={204: None})
def remove_pack(request: Request, name: str, wanted: Query[Consent]) -> Status[None]:
    """Retire all that a pack defines; without consent the refusal tells what would be lost."""
    actions.remove_pack(actor_of(request), name, at=clock.now(), consent=wanted.consent)
    return Status(204, None)


@router.post("/packs/{name}/check-update", needs=IMPORT, response=DifferenceOut)
def check_update(request: Request, name: str) -> DifferenceOut:
    """What bringing in what waits of a pack would do; writes nothing."""
    difference, problems = actions.check_update(actor_of(request), [name])
    return DifferenceOut.of(difference, problems)


@router.post("/packs/{name}/update", needs=IMPORT, response=DifferenceOut)
def take_update(request: Request, name: str, wanted: Query[Consent]) -> DifferenceOut:
    """Bring in what waits of a pack; without consent the refusal tells what would be lost."""
    difference = actions.take_update(
        actor_of(request), [name], at=clock.now(), consent=wanted.consent
    )
    return DifferenceOut.of(difference)


# Definitions -------------------------------------------------------------------------------------


@router.get("/definitions", needs=READ, response=Page[DefinitionRow])
def list_definitions(
    request: Request, filters: Query[DefinitionFilters]
) -> Page[DefinitionRow] | HttpResponse:
    packs = {pack.name: pack.label for pack in queries.installed_packs(actor_of(request))}
    refuse_unknown("pack", filters.pack, packs)
    found = queries.stored_definitions(
        actor_of(request), kinds_wanted=filters.kind, packs_wanted=filters.pack
    )
    rows = [DefinitionRow.model_validate(stored) for stored in found]
    columns = {
        "name": _("Identifier"),
        "label": _("Label"),
        "kind_label": _("Kind"),
        "kind": _("Kind key"),
        "pack": _("Pack"),
        "version": _("Version"),
        "file": _("File"),
    }
    called = {"pack": lambda name: packs[name].text() if name in packs else name}
    return short_list(_("Definitions"), rows, filters, columns, called)


@router.get("/definitions/{kind}/{name}", needs=READ, response=DefinitionOut)
def get_definition(
    request: Request, kind: str, name: str, version: Version | None = None
) -> DefinitionOut:
    return DefinitionOut.model_validate(queries.stored(actor_of(request), kind, name, version))


@router.put("/definitions/{kind}/{name}", needs=EDIT, response=DefinitionOut)
def put_definition(request: Request, kind: str, name: str, payload: DefinitionIn) -> DefinitionOut:
    """Write one definition alone: a new one, a changed one, or one under a new name."""
    actions.save_definition(
        actor_of(request),
        payload.draft(kind, name),
        at=clock.now(),
        base_version=payload.base_version,
        consent=payload.consent,
    )
    return DefinitionOut.model_validate(queries.stored(actor_of(request), kind, name))


@router.delete("/definitions/{kind}/{name}", needs=EDIT, response={204: None})
def retire_definition(
    request: Request, kind: str, name: str, wanted: Query[Retirement]
) -> Status[None]:
    """Take one definition out of force; it stays readable."""
    actions.retire_definition(actor_of(request), kind, name, at=clock.now(), **wanted.model_dump())
    return Status(204, None)


@router.get("/definitions/{kind}/{name}/versions", needs=READ, response=Page[VersionOut])
def list_versions(
    request: Request, kind: str, name: str, filters: Query[ShortFilters]
) -> Page[VersionOut]:
    """Every version, newest first: who made it, when, and what it changed."""
    versions = queries.versions(actor_of(request), kind, name)
    found = [VersionOut.model_validate(version) for version in versions]
    return short_page(found, filters)


@router.get("/definitions/{kind}/{name}/dependents", needs=READ, response=DependentsOut)
def list_dependents(request: Request, kind: str, name: str) -> DependentsOut:
    """What lives by a definition, and which definitions refer to it."""
    actor = actor_of(request)
    living, referring = (
        queries.living_by(actor, kind, name),
        queries.referring_to(actor, kind, name),
    )
    return DependentsOut.of(living, referring)


@router.post("/definitions/{kind}/{name}/check", needs=EDIT, response=DifferenceOut)
def check_definition(
    request: Request, kind: str, name: str, payload: DefinitionIn
) -> DifferenceOut:
    """What saving would change and touch, and every mistake; writes nothing."""
    difference, problems = actions.check_definition(actor_of(request), payload.draft(kind, name))
    return DifferenceOut.of(difference, problems)


@router.post("/definitions/{kind}/{name}/check-retirement", needs=EDIT, response=DifferenceOut)
def check_retirement(request: Request, kind: str, name: str) -> DifferenceOut:
    """What retiring would take away; writes nothing."""
    difference, problems = actions.check_retirement(actor_of(request), kind, name)
    return DifferenceOut.of(difference, problems)


# The metamodel -----------------------------------------------------------------------------------


@router.get("/definition-kinds", needs=READ, response=Page[KindRow])
def list_kinds(request: Request, filters: Query[ShortFilters]) -> Page[KindRow]:
    """The kinds of definition there are, by name."""
    return short_page(
        [KindRow.model_validate(kind) for kind in queries.kinds_of_definition()], filters
    )


@router.get("/definition-kinds/{kind}", needs=READ, response=KindOut)
def get_kind(request: Request, kind: str) -> KindOut:
    """One kind with the JSON-schema of its body, which a form can be built from."""
    return KindOut.of(queries.kind_of_definition(kind))


@router.get("/item-types", needs=SIGNED_IN, response=Page[ItemTypeOut])
def list_item_types(request: Request, filters: Query[ItemTypeFilters]) -> Page[ItemTypeOut]:
    layers = {layer.name: layer for layer in queries.layers()}
    known = queries.remembered_item_types() if filters.retired else queries.item_types()
    types = sorted(known.values(), key=lambda item_type: _order(item_type, layers))
    return short_page([ItemTypeOut.of(item_type, layers) for item_type in types], filters)


def _order(item_type: ItemType, layers: dict[str, Layer]) -> tuple[int, str]:
    layer = layers.get(item_type.layer)
    return layer.order if layer else 0, item_type.name


@router.get("/relation-kinds", needs=SIGNED_IN, response=Page[RelationKindOut])
def list_relation_kinds(request: Request, filters: Query[ShortFilters]) -> Page[RelationKindOut]:
    kinds = [RelationKindOut.of(kind) for kind in queries.relation_kinds().values()]
    return short_page(kinds, filters)


@router.get("/layers", needs=SIGNED_IN, response=Page[LayerOut])
def list_layers(request: Request, filters: Query[ShortFilters]) -> Page[LayerOut]:
    layers = [LayerOut.model_validate(layer) for layer in queries.layers()]
    return short_page(layers, filters)
