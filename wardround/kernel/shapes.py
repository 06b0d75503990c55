"""What is wrong with the shape of what was sent, in our words instead of pydantic's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import FieldProblem

_ONE_OF_SEVERAL = re.compile(r"(uuid|literal\[.*\])$")
"""Where a field may be of several types, pydantic adds which of them it tried."""
_QUOTED = re.compile(r"'([^']*)'")
_PLACES = {"query", "path", "header", "cookie", "form", "body", "file"}

_WORDS: Mapping[str, Any] = {
    "extra_forbidden": _("There is no such field here."),
    "missing": _("This field is required."),
    "uuid_parsing": _("This must be an id (a UUID)."),
    "uuid_type": _("This must be an id (a UUID)."),
    "int_parsing": _("This must be a whole number."),
    "int_type": _("This must be a whole number."),
    "float_parsing": _("This must be a number."),
    "float_type": _("This must be a number."),
    "moment_out_of_range": _("This must be a moment between the years 1970 and 2200."),
    "timezone_aware": _("This moment needs its offset, such as 2026-11-23T08:00:00Z."),
    "no_phone_number": _("This must be a telephone number, such as +86 20 8133 2199 or 62345."),
    "columns_of_no_workbook": _("Columns are chosen for a workbook: add “format=xlsx”."),
    "bool_parsing": _("This must be true or false."),
    "string_type": _("This must be text."),
    "json_invalid": _("The body is not valid JSON."),
    "dict_type": _("This must be an object."),
    "list_type": _("This must be a list."),
    "model_attributes_type": _("This must be an object."),
}
_WORDS_WITH_LIMIT: Mapping[str, tuple[Any, str]] = {
    "greater_than_equal": (_("This must be at least %(limit)s."), "ge"),
    "greater_than": (_("This must be more than %(limit)s."), "gt"),
    "less_than_equal": (_("This must be at most %(limit)s."), "le"),
    "less_than": (_("This must be less than %(limit)s."), "lt"),
    "string_too_short": (_("This needs at least %(limit)s characters."), "min_length"),
    "too_short": (_("This needs at least %(limit)s entries."), "min_length"),
    "too_long": (_("This may have at most %(limit)s entries."), "max_length"),
    "string_too_long": (_("This may have at most %(limit)s characters."), "max_length"),
    "literal_error": (_("This must be one of %(limit)s."), "expected"),
    "enum": (_("This must be one of %(limit)s."), "expected"),
    "datetime_from_date_parsing": (
        _("This must be a moment such as 2026-11-23T08:00:00Z (%(limit)s)."),
        "error",
    ),
}


def field_problem(found: Mapping[str, Any]) -> FieldProblem:
    """One of pydantic's findings in our words; what we have no words for keeps its own."""
    place = [str(step) for step in found.get("loc", ())]
    if len(place) > 1 and place[0] in _PLACES:
        place = place[1:]
    if len(place) > 1 and place[0] in {"filters", "payload"}:
        place = place[1:]
    if len(place) > 1 and _ONE_OF_SEVERAL.match(place[-1]):
        place.pop()
    kind = str(found.get("type", ""))
    if kind in _WORDS_WITH_LIMIT:
        words, key = _WORDS_WITH_LIMIT[kind]
        message = str(words) % {"limit": _limit(found.get("ctx", {}).get(key, ""))}
    else:
        message = str(_WORDS.get(kind) or found.get("msg", ""))
    return FieldProblem(field=".".join(place) or "body", message=message)


def _limit(told: object) -> str:
    """A limit as people read it: pydantic tells choices in English, `'a', 'b' or 'c'`."""
    choices = _QUOTED.findall(told) if isinstance(told, str) else []
    return ", ".join(choices) or str(told)
