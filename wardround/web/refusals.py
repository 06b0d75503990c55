"""What the OpenAPI document says of refusals: one shape, and for each operation every status with
which it may refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wardround.kernel.permissions import PUBLIC, Permission
from wardround.web.problems import PROBLEM
from wardround.web.wire import RefusalOut

_REFERENCE = "#/components/schemas/{model}"
_RESPONSE = "#/components/responses/refusal-{status}"
_MEANINGS = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in, or the token opens nothing.",
    403: "The account may not do this, or the request did not come from one of our own pages.",
    404: "There is no such thing, or the account may not see it.",
    409: "It does not fit what is there; perhaps somebody was faster.",
    413: "The body is too large.",
    415: "The body is of another kind than this takes.",
    422: "What was sent has a mistake; the fields are named.",
    423: "Too many failed sign-ins; the account is locked for some minutes.",
    429: "Too many at once, or too often.",
    503: "A part of the platform does not answer; nothing was lost.",
    504: "History is too slow for the question.",
    507: "A disk is full; nothing was changed.",
}
_LIMITED = frozenset({"GET /stream", "POST /targets/{target_id}/check"})
"""Where there is a limit on how often or how many at once."""
_ASK_FOR_A_PASSWORD = ("/session", "/account", "/second-factor")
"""What the places begin with where a wrong password counts."""
_UNASKED = frozenset({"GET /health"})
"""Answered whoever asks, without finding out who does."""


def describe(document: dict[str, Any], needs: Mapping[tuple[str, str], Permission]) -> None:
    """Write into the document how each operation may refuse; `needs` by method and path."""
    shape = RefusalOut.model_json_schema(ref_template=_REFERENCE, mode="serialization")
    schemas = document["components"]["schemas"]
    schemas.update(shape.pop("$defs"))
    schemas[RefusalOut.__name__] = shape
    content = {PROBLEM: {"schema": {"$ref": _REFERENCE.format(model=RefusalOut.__name__)}}}
    document["components"]["responses"] = {
        f"refusal-{status}": {"description": meaning, "content": content}
        for status, meaning in _MEANINGS.items()
    }
    fallen = {"description": "Something went wrong on our side.", "content": content}
    for path, operations in document["paths"].items():
        place = path.removeprefix("/api/v1")
        for method, operation in operations.items():
            answers = {str(status): answer for status, answer in operation["responses"].items()}
            refusals = {
                str(status): {"$ref": _RESPONSE.format(status=status)}
                for status in _statuses(method.upper(), place, operation, needs)
            }
            operation["responses"] = {**refusals, **answers, "default": fallen}


def _statuses(
    method: str,
    place: str,
    operation: Mapping[str, Any],
    needs: Mapping[tuple[str, str], Permission],
) -> Iterator[int]:
    """The statuses with which an operation may refuse."""
    name, writes = f"{method} {place}", method != "GET"
    may_come = {
        400: True,
        401: name not in _UNASKED,
        403: writes or needs[method, place] is not PUBLIC,
        404: writes or bool(operation.get("parameters")),
        409: writes,
        413: writes,
        415: "requestBody" in operation,
        422: True,
        423: writes and place.startswith(_ASK_FOR_A_PASSWORD),
        429: name in _LIMITED,
        503: True,
        504: operation["tags"] != ["platform"],
        507: True,
    }
    yield from (status for status, may in may_come.items() if may)
