"""What care may find of items: each finding is declared once, by the room that knows of it.

A finding is a condition on items within reach, so that the same words count it, list it, filter and
export it, and that nothing of what somebody may not see tells by any of these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from wardround.cmdb.items import FindingAsked, Importance
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach
from wardround.kernel.wording import Wording
from wardround.schema import queries as schema
from wardround.schema.suggestions import closest
from wardround.schema.types import ItemType


class Mending(StrEnum):
    """What can be done at once with items that a finding found."""

    OWNER = "owner"
    CONFIRM = "confirm"
    RETIRE = "retire"
    EDIT = "edit"
    """One by one: on the item's form."""
    RELATE = "relate"
    """One by one: among the item's relations."""
    WATCH = "watch"
    """One by one: by a target of the item."""


Condition = Callable[[FindingAsked, Reach], Q]
"""Which of the items that a finding looks at it finds, as far as the reader may know of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which items may be out of order."""

    name: str
    label: Wording
    meaning: Wording
    condition: Condition
    mending: tuple[Mending, ...]
    looks_at: Callable[[ItemType], bool] = lambda _type: True
    """Whether items of this type, which comes with what it inherits, could be found at all."""
    importance: Importance | None = None
    """It looks at items of this class alone."""

    @property
    def types(self) -> Collection[str]:
        every = schema.remembered_item_types()
        return sorted(name for name, its_type in every.items() if self.looks_at(its_type))

    def about(self) -> Q:
        """The items that it looks at."""
        looked = Q(retired_at=None, type__in=self.types)
        return looked & Q(importance=self.importance) if self.importance else looked

    def found(self, asked: FindingAsked, reach: Reach) -> Q:
        return self.about() & self.condition(asked, reach)


_FINDINGS: dict[str, Finding] = {}


def register(finding: Finding) -> None:
    """Declare a finding, once, when the platform starts; they are shown in this order."""
    _FINDINGS[finding.name] = finding


def declared() -> tuple[Finding, ...]:
    return tuple(_FINDINGS.values())


def condition(asked: FindingAsked, reach: Reach) -> Q:
    """The condition on items. Raises BadInput where there is no such finding."""
    finding = _FINDINGS.get(asked.name)
    if finding is None:
        text = _("There is no finding “%(name)s”; known: %(known)s.")
        if suggestion := closest(asked.name, list(_FINDINGS)):
            text = _("There is no finding “%(name)s”; did you mean “%(suggestion)s”?")
        told = {"name": asked.name[:50], "known": ", ".join(_FINDINGS), "suggestion": suggestion}
        raise BadInput(problems=[FieldProblem("finding", text % told)])
    return finding.found(asked, reach)
