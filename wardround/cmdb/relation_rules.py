"""What may be related to what, and what is refused of a relation that is to be. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wardround.cmdb.drafts import (
    Target,
    Targets,
    Types,
)
from wardround.cmdb.types import NewRelation
from wardround.kernel.errors import FieldProblem
from wardround.kernel.wording import called, listed
from wardround.schema.types import (
    RelationKind,
)

# Relations ---------------------------------------------------------------------------------------

_MOST_KINDS = 6

Ends = tuple[str, str]
"""How the input calls the two ends of a relation."""


@dataclass(frozen=True, slots=True)
class Model:
    """What may stand in the database: item types with what they inherit, relation kinds."""

    types: Types
    kinds: Mapping[str, RelationKind]


Absent = Callable[[str], str]
"""The words for what a name names nothing by."""


def no_such_item(text: str) -> str:
    return _("There is no item with the id or key “%s”.") % text[:100]


def relation_problems(  # noqa: PLR0913  # the last are named
    relation: NewRelation,
    targets: Targets,
    model: Model,
    *,
    ends: Ends,
    row: int | None = None,
    absent: Absent = no_such_item,
) -> Iterator[FieldProblem]:
    """Everything wrong with one relation that is to be."""
    source, target = targets.get(relation.source), targets.get(relation.target)
    for where, text, found in (
        (ends[0], relation.source, source),
        (ends[1], relation.target, target),
    ):
        if found is None or found.retired:
            yield FieldProblem(where, absent(text), row)
    kind = model.kinds.get(relation.kind)
    if kind is None:
        yield FieldProblem("kind", _("There is no relation kind “%s”.") % relation.kind[:50], row)
    elif not kind.standby:
        yield from standby_problems(kind, relation.standby, relation.switch_minutes, row=row)
    if source is None or target is None or source.retired or target.retired:
        return
    if source.id == target.id:
        yield FieldProblem(ends[1], _("An item cannot be related to itself."), row)
    elif kind is not None and (told := _why_not(kind, source, target, model)):
        yield FieldProblem("kind", told, row)


def standby_problems(
    kind: RelationKind, standby: object, minutes: object, *, row: int | None = None
) -> Iterator[FieldProblem]:
    """What is said of a standby though relations of this kind can be none."""
    for field, said in (("standby", standby), ("switch_minutes", minutes)):
        if said is not None and not kind.standby:
            text = _("“%(kind)s” is never a standby; leave this empty.")
            yield FieldProblem(field, text % {"kind": kind.label.text()}, row)


def _why_not(kind: RelationKind, source: Target, target: Target, model: Model) -> str:
    """Why the kind may not lead from one to the other; of unknown types nothing is said."""
    from_, to = model.types.get(source.type), model.types.get(target.type)
    if from_ is None or to is None or kind.admits(from_, to):
        return ""
    if lacking := kind.capable.lacking(from_, to):
        end, needed = lacking
        text = _("“%(kind)s” needs “%(capability)s”, which the type “%(type)s” is without.")
        return text % {
            "kind": kind.label.text(),
            "capability": called(needed),
            "type": end.label.text(),
        }
    text = _("This relation does not lead from a %(source)s to a %(target)s.")
    told = text % {"source": from_.label.text(), "target": to.label.text()}
    if kind.admits(to, from_):
        return told + _(" It leads the other way.")
    fitting = [each for each in model.kinds.values() if each.admits(from_, to)]
    nearest = sorted(fitting, key=lambda each: not each.allowed)[:_MOST_KINDS]
    kinds = listed(each.label.text() for each in nearest)
    return told + _(" These do: %(kinds)s.") % {"kinds": kinds} if kinds else told
