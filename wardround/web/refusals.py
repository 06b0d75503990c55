"""What the OpenAPI document says of refusals: one shape, which every operation may answer."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from wardround.web.problems import PROBLEM

_REFERENCE = "#/components/schemas/{model}"


class RefusedFieldOut(Schema):
    """What is wrong with one field, and in which row of a list (counted from 0)."""

    field: str
    message: str
    row: int | None = None


class RefusalOut(Schema):
    """A refusal (RFC 9457), with our code and, where fields are wrong, what is wrong with each."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    problems: list[RefusedFieldOut] | None = None


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
