"""Every route, by requests made up from the API's own description: right ones and wrong ones.

The made-up requests are the same in every run. `WARDROUND_TEST_EXAMPLES` asks for more of them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.web.conftest import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]
EXAMPLES = int(os.environ.get("WARDROUND_TEST_EXAMPLES", "4"))
_DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
_ENDLESS = {"/api/v1/stream"}
_SLOW = {"/api/v1/targets/{target_id}/check"}
"""Really collects; the room's own tests do that."""

DESCRIPTION = json.loads(_DESCRIPTION.read_text())
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = [
    one.ok()
    for one in SCHEMA.get_all_operations()
    if isinstance(one, Ok) and one.ok().path not in _ENDLESS
]


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def made_up(operation: Any) -> st.SearchStrategy[Any]:
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    several: list[st.SearchStrategy[Any]] = [
        operation.as_strategy(generation_mode=mode) for mode in modes
    ]
    return st.one_of(several)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_answer_is_clear(installation: Installation, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=made_up(operation), existing=st.booleans())
    def answered(case: Any, existing: bool) -> None:  # noqa: FBT001
        if existing and operation.path not in _SLOW:
            known = installation.ids
            case.path_parameters.update(
                {name: str(known[name]) for name in case.path_parameters if name in known}
            )
        response = sent(installation, case)
        is_clear(case, response)

    answered()


def sent(installation: Installation, case: Any) -> Any:
    """The answer to a made-up request, which goes out as `requests` would write it."""
    wire = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    return installation.send(
        str(wire.method),
        wire.path_url,
        data=wire.body.encode() if isinstance(wire.body, str) else wire.body or b"",
        content_type=wire.headers.get("Content-Type", ""),
    )


def is_clear(case: Any, response: Any) -> None:
    """A refusal is a problem that names the field; anything else is what the description says."""
    kind = response.headers.get("Content-Type", "")
    if response.status_code >= 400:
        assert response.status_code < 500, response.content
        body = json.loads(response.content)
        assert kind == "application/problem+json", (response.status_code, kind)
        assert body["code"]
        assert body["detail"]
        if response.status_code == 422:
            assert "field" in body, body
    elif "json" in kind and response.status_code != 204:
        fitting(case.operation, response.status_code).validate(json.loads(response.content))


def fitting(operation: Any, status: int) -> Draft202012Validator:
    """What the description says of this answer."""
    path = operation.path.replace("/", "~1")
    place = f"{operation.method}/responses/{status}/content/application~1json/schema"
    return Draft202012Validator({**DESCRIPTION, "$ref": f"#/paths/{path}/{place}"})
