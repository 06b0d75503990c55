"""The limit of a secret is of what somebody wrote, never of what stands for it in a text."""

from __future__ import annotations

from uuid import UUID

from tests.hospital import client_of

ITEM = """\
kind: items
name: long
items:
  - {{key: h, type: host, name: H, attributes: {{password: {} }}}}
"""


def test_a_secret_of_every_allowed_length_locks_no_definition(hospital: dict[str, UUID]) -> None:
    admin = client_of("keeper", "administrator")
    path = "/definitions/items/long"
    saved = admin.put(path, {"text": ITEM.format("密" * 10_000)})
    assert saved.status == 200, saved.body
    layer = admin.get("/definitions/layer/hardware").body
    again = {"text": layer["text"].replace("en: ", "en: Our "), "base_version": layer["version"]}
    assert admin.put("/definitions/layer/hardware", again).status == 200
    stored = admin.get(path).body
    assert len(stored["text"]) > 10_000
    same = {"text": stored["text"] + "# seen\n", "base_version": stored["version"]}
    assert admin.put(path, same).status == 200
    longer = ITEM.replace("name: long", "name: longer").format("x" * 10_001)
    refused = admin.put("/definitions/items/longer", {"text": longer})
    assert refused.status == 422
    told = [problem["message"] for problem in refused.body["problems"]]
    assert "the text has 10001 characters; at most 10000 fit" in told
