"""The `source` kind of definition: where items and their values come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from wardround.cmdb import bin_following, models, statements
from wardround.cmdb.intake.plans import ITEM_TARGETS, RELATION_TARGETS
from wardround.cmdb.profile_types import PROFILE, DeclaredProfile
from wardround.cmdb.source_types import HAND, OWN_FIELDS, SOURCE, DataSource, Load, Vanished
from wardround.kernel.types import Actor
from wardround.schema.dependents import Holder
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.suggestions import unknown
from wardround.schema.types import Label, Problem, with_inherited


def _check(source: DataSource, view: DefinitionView) -> Iterator[Problem]:
    own = view.all("item-type")
    for index, authority in enumerate(source.authority):
        if authority.type not in own:
            continue
        its_type = with_inherited(own[authority.type], own)
        known = {attribute.name for attribute in its_type.attributes} | {*OWN_FIELDS}
        for place, name in enumerate(authority.attributes):
            if name not in known:
                message = _("items of this type have no attribute “%(name)s”")
                yield unknown(("authority", index, "attributes", place), message, name, known)
    if source.vanished is not Vanished.NOTHING and source.load is not Load.FULL:
        message = _("of a part nobody knows what has vanished: say “load: full”, or “nothing”")
        yield Problem(("vanished",), message, found=str(source.vanished))
    if source.name == HAND and source.load is Load.FULL:
        message = _("what people write is never all that there is")
        yield Problem(("load",), message, found=str(source.load))


# Rows that hold its name -------------------------------------------------------------------------


def _rows(names: Collection[str]) -> Mapping[str, Collection[UUID]]:
    found: dict[str, set[UUID]] = {}
    rows = models.SourceRecord.objects.filter(source__in=names)
    for name, item in rows.values_list("source", "item"):
        found.setdefault(name, set()).add(item)
    return found


def _count(names: Collection[str]) -> Mapping[str, int]:
    return {name: len(items) for name, items in _rows(names).items()}


def _carry(_actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    statements.in_turn()
    for old, new in names.items():
        for model in (models.SourceRecord, models.ImportRun, models.ImportProfile):
            model.objects.filter(source=old).update(source=new)
        statements.changed("rename_source", {"old": old, "new": new})
        bin_following.rename_source(old, new)


def _let_go(_actor: Actor, names: Collection[str], _at: datetime) -> None:
    """What it knew is nobody's; what it said stays, and whoever says something else is followed."""
    models.SourceRecord.objects.filter(source__in=names).delete()
    models.ImportProfile.objects.filter(source__in=names).update(source="")


KIND: DefinitionKind[DataSource] = DefinitionKind(
    name=SOURCE,
    model=DataSource,
    label=Label("数据来源", "Source of items"),
    about=Label(
        "配置项及其属性值从哪里来，以谁为准，消失了怎么办。",
        "Where items and their values come from, whose value stands, and what becomes of what"
        " vanishes.",
    ),
    check=_check,
)

_ITEM = frozenset({*ITEM_TARGETS, *RELATION_TARGETS, ""})


def _check_profile(profile: DeclaredProfile, _view: DefinitionView) -> Iterator[Problem]:
    for index, table in enumerate(profile.tables):
        for head, target in table.columns.items():
            group, _dot, name = target.partition(".")
            if target not in _ITEM and not (group in _GROUPS and name):
                message = _("“%(name)s” is nothing that a column could say here")
                where = ("tables", index, "columns", head)
                yield unknown(where, message, target, {each for each in _ITEM if each})


_GROUPS = ("attributes", "relation", "reverse")

PROFILE_KIND: DefinitionKind[DeclaredProfile] = DefinitionKind(
    name=PROFILE,
    model=DeclaredProfile,
    label=Label("导入映射方案", "Mapping of import files"),
    about=Label(
        "其他产品导出的文件怎样读：哪一列是什么，属于哪个来源。",
        "How the files of another product are read: what each column says, of which source.",
    ),
    check=_check_profile,
)

HOLDERS = (
    Holder(
        kind=SOURCE,
        thing="source-record",
        label=Label("来源记录", "item known to a source"),
        several=Label("来源记录", "items known to a source"),
        count=_count,
        rows=_rows,
        carry=_carry,
        let_go=_let_go,
    ),
)
