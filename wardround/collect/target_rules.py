"""What makes a target sound. Pure: the template and the known keys are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from wardround.collect.templates import LONGEST_INTERVAL, SHORTEST_INTERVAL
from wardround.kernel.addresses import HIDDEN
from wardround.kernel.secrets import looks_sealed
from wardround.schema.sealing import SEALED_ELSEWHERE
from wardround.schema.types import Capability

if TYPE_CHECKING:
    from wardround.collect.types import MonitorTemplate, Parameter
    from wardround.schema.types import ItemType

Wrong = tuple[str, str, Mapping[str, object]]
"""A field, what is wrong with it (an English template) and what fills the template."""


NO_SIGN_IN = _(
    "holds no user name, password or token: give them as parameters, where they are sealed"
)


ONLY_EVERYWHERE = _(
    "reads the platform itself: only who may manage collection everywhere can set this"
)


NOT_FOR = _("is not for items of the type “%(type)s”; for these there are: %(names)s")
NOT_MONITORED = _(
    "items of the type “%(type)s” are not monitored; switch “monitored” on in the type, or choose"
    " another item"
)
NONE_FOR = _(
    "is not for items of the type “%(type)s”, and no other template is: name the type in one, or"
    " make one for it"
)


def unfit(
    template: MonitorTemplate, item_type: ItemType, known: Iterable[MonitorTemplate]
) -> Wrong | None:
    """What is wrong with a template for items of a type, and which of the others are for them."""
    if not item_type.can(Capability.MONITORED):
        return "item", NOT_MONITORED, {"type": item_type.label.text()}
    if template.is_for(item_type):
        return None
    fitting = [f"{each.label.text()} ({each.name})" for each in known if each.is_for(item_type)]
    fill = {"type": item_type.label.text(), "names": ", ".join(sorted(fitting))}
    return "template", NOT_FOR if fitting else NONE_FOR, fill


def wrong_times(interval: float, timeout: float) -> Iterator[Wrong]:
    if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        yield "interval_s", _("must lie between 1 s and one day"), {}
    if not 0 < timeout <= interval:
        yield "timeout_s", _("must be above 0 and not above the interval"), {}


def wrong_parameters(template: MonitorTemplate, given: Mapping[str, Any]) -> Iterator[Wrong]:
    known = {parameter.name: parameter for parameter in template.parameters}
    for name, value in given.items():
        field = f"parameters.{name}"
        if name not in known:
            names = ", ".join(known) or "-"
            yield (
                field,
                _("the template has no such parameter; it has: %(names)s"),
                {"names": names},
            )
        elif value is not None and not _fits(known[name], value):
            yield field, _("must be of the type %(type)s"), {"type": known[name].type}
        elif looks_sealed(value):
            yield field, SEALED_ELSEWHERE, {}
    for parameter in template.parameters:
        if parameter.required and given.get(parameter.name) in (None, "", []):
            yield f"parameters.{parameter.name}", _("is required by the template"), {}


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    expected = {"boolean": bool, "list": list}.get(parameter.type, str)
    return isinstance(value, expected)


def without_secrets(template: MonitorTemplate | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as they may be shown. Of an unknown template nothing is known to be harmless."""
    if template is None:
        return dict.fromkeys(given, HIDDEN)
    return {
        name: HIDDEN if name in template.secrets and value else value
        for name, value in given.items()
    }
