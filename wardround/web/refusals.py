"""What the OpenAPI document says of refusals: one shape, which every operation may answer."""

from __future__ import annotations

from typing import Any

from wardround.web.problems import PROBLEM
from wardround.web.wire import RefusalOut

_REFERENCE = "#/components/schemas/{model}"


def describe(document: dict[str, Any]) -> None:
    """Write into the document that every operation may answer a refusal."""
    shape = RefusalOut.model_json_schema(ref_template=_REFERENCE, mode="serialization")
    schemas = document["components"]["schemas"]
    schemas.update(shape.pop("$defs"))
    schemas[RefusalOut.__name__] = shape
    content = {PROBLEM: {"schema": {"$ref": _REFERENCE.format(model=RefusalOut.__name__)}}}
    refusal = {"description": "A refusal", "content": content}
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = {str(status): answer for status, answer in operation["responses"].items()}
            operation["responses"] = {**answers, "default": refusal}
