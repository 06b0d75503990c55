"""JSON-schemas of `monitor-template` and `targets` definitions, without what every kind has."""

from __future__ import annotations

from typing import Any

from wardround.schema.shapes import LABEL_SCHEMA

_NAME = {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"}
_METRIC_NAME = {"type": "string", "pattern": "^[A-Za-z_:][A-Za-z0-9_:]*$"}
_DURATION = {
    "type": ["string", "number"],
    "pattern": r"^\d+(\.\d+)?(ms|s|m|h)$",
    "exclusiveMinimum": 0,
}
_UNIT = {"type": "string", "maxLength": 20}
_LABEL = dict(LABEL_SCHEMA)


def _object(required_keys: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required_keys),
        "additionalProperties": False,
    }


def _list(of: dict[str, Any], *, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


_METRIC = _object(
    ("label",),
    type={"enum": ["gauge", "counter", "state"]},
    unit=_UNIT,
    label=_LABEL,
    labels=_list({"type": "string"}),
    help=_LABEL,
)
_COLUMN = _object(("name", "label"), name={"type": "string"}, label=_LABEL, unit=_UNIT)
_TABLE = _object(
    ("name", "label", "columns"), name=_NAME, label=_LABEL, columns=_list(_COLUMN, least=1)
)
_GROUP = _object(
    ("name",),
    name=_NAME,
    label=_LABEL,
    interval=_DURATION,
    timeout=_DURATION,
    metrics={"type": "object", "propertyNames": _METRIC_NAME, "additionalProperties": _METRIC},
    tables=_list(_TABLE),
)
_PANEL_METRIC = _object(
    ("metric",),
    metric=_METRIC_NAME,
    label=_LABEL,
    aggregate={"type": "string"},
    by={"type": "string"},
)
_PANEL = _object(
    ("name", "label", "metrics"),
    name=_NAME,
    label=_LABEL,
    unit=_UNIT,
    kind={"enum": ["line", "area", "stacked"]},
    metrics=_list(_PANEL_METRIC, least=1),
)
_PARAMETER = _object(
    ("name", "label"),
    name={"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    label=_LABEL,
    type={"enum": ["text", "secret", "number", "boolean", "list"]},
    required={"type": "boolean"},
    default={},
)
_NAMING = _object(
    keep=_list({"type": "string", "format": "regex"}),
    drop=_list({"type": "string", "format": "regex"}),
    rename={"type": "object", "additionalProperties": _METRIC_NAME},
    drop_labels=_list({"type": "string"}),
    item_label={"type": "string"},
)

TEMPLATE_SCHEMA: dict[str, Any] = _object(
    ("label", "driver", "groups"),
    label=_LABEL,
    driver=_NAME,
    interval=_DURATION,
    timeout=_DURATION,
    parameters=_list(_PARAMETER),
    naming=_NAMING,
    groups=_list(_GROUP, least=1),
    panels=_list(_PANEL),
)

_TARGET = _object(
    ("item", "template"),
    item={"type": "string", "minLength": 1},
    template=_NAME,
    name={"type": "string"},
    address={"type": "string"},
    interval=_DURATION,
    timeout=_DURATION,
    parameters={"type": "object"},
)
TARGETS_SCHEMA: dict[str, Any] = _object(
    ("targets",),
    label=_LABEL,
    targets=_list(_TARGET, least=1),
)
