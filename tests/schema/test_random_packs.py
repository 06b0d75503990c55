"""Random packs of every kind: what comes in goes out and comes in again as it was, and what is told
before a change is what the change does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.hospital import HOSPITAL, ApiClient, client_of
from tests.schema.random_packs import Drawing, example, sound, source, text_of
from wardround.kernel import clock
from wardround.kernel.secrets import is_token
from wardround.schema import actions, cache, differences, kinds, models, queries
from wardround.schema.errors import ConsentNeeded
from wardround.schema.types import Change, Difference

pytestmark = pytest.mark.django_db

BODIES = st.lists(st.sampled_from(kinds.kind_names()), min_size=1, max_size=3)


@pytest.fixture
def drawing() -> Drawing:
    """The shipped rules of the house, and a pack with an item that random targets watch."""
    actions.import_shipped(HOSPITAL, at=clock.now(), names=["base", "service", "monitors"])
    names: dict[str, list[str]] = {}
    for kind, name in models.Definition.objects.filter(current=True).values_list("kind", "name"):
        names.setdefault(kind, []).append(name)
    return Drawing(names)


@contextmanager
def undone() -> Iterator[None]:
    """A database of before, whatever an example has done to it."""
    with transaction.atomic():
        sid = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(sid)
    cache.changed()


def drawn(data: st.DataObject, drawing: Drawing, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Sound definitions of these kinds, with all that they refer to."""
    bodies = [drawing.body(data.draw, kind, f"r{place}") for place, kind in enumerate(chosen)]
    if "targets" in chosen:
        bodies.append(example("items", "watched"))
    return sound(bodies, differences._installed_beside({"random"}))


def versions() -> dict[tuple[str, str], int]:
    rows = models.Definition.objects.filter(current=True, pack="random")
    return {(row.kind, row.name): row.version for row in rows}


def told(changes: Sequence[Change]) -> list[tuple[object, ...]]:
    return [
        (each.change, each.kind, each.name, each.content, each.dependents, each.lost)
        for each in changes
    ]


SLOW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@SLOW
@given(data=st.data(), chosen=BODIES)
def test_what_comes_in_goes_out_and_comes_in_again_as_it_was(
    drawing: Drawing, data: st.DataObject, chosen: list[str]
) -> None:
    with undone():
        bodies = drawn(data, drawing, chosen)
        given_pack = source(bodies)
        checked, problems = actions.check_packs(HOSPITAL, [given_pack])
        assert problems == []
        done = actions.import_packs(HOSPITAL, [given_pack], at=clock.now(), consent=True)
        assert told(checked.changes) == told(done.changes)
        before = versions()
        assert actions.check_packs(HOSPITAL, [given_pack]) == (Difference(("random",)), [])
        exported = queries.exported(HOSPITAL, "random")
        again = actions.import_packs(HOSPITAL, [exported], at=clock.now())
        assert (again.changes, again.files) == ((), ())
        assert versions() == before
        assert queries.exported(HOSPITAL, "random").files == exported.files
        for body in bodies:
            row = queries.stored(HOSPITAL, body["kind"], body["name"])
            kept = {
                **row.body,
                **{key: body[key] for key in SEALED if is_token(row.body.get(key, ""))},
            }
            assert kept == {key: value for key, value in body.items() if key != "kind"}


SEALED = ("secret",)
"""Keys whose values are kept as tokens, whatever stands there."""


@SLOW
@given(data=st.data(), chosen=BODIES)
def test_what_an_edit_is_told_to_change_is_what_it_changes(
    drawing: Drawing, data: st.DataObject, chosen: list[str]
) -> None:
    with undone():
        bodies = drawn(data, drawing, chosen)
        assume(bodies)
        actions.import_packs(HOSPITAL, [source(bodies)], at=clock.now(), consent=True)
        before = versions()
        place = data.draw(st.integers(0, len(bodies) - 1))
        old = bodies[place]
        fresh = drawing.body(data.draw, old["kind"], old["name"])
        edited = sound(
            [*bodies[:place], fresh, *bodies[place + 1 :]],
            differences._installed_beside({"random"}),
        )
        pack = source(edited, "2")
        checked, problems = actions.check_packs(HOSPITAL, [pack])
        assert problems == []
        if checked.lost:
            with pytest.raises(ConsentNeeded), transaction.atomic():
                actions.import_packs(HOSPITAL, [pack], at=clock.now())
            assert versions() == before
        done = actions.import_packs(HOSPITAL, [pack], at=clock.now(), consent=True)
        assert told(done.changes) == told(checked.changes)
        after = versions()
        for key in {*before, *after}:
            steps = after.get(key, 0) - before.get(key, 0)
            change = next((each for each in done.changes if (each.kind, each.name) == key), None)
            assert (steps != 0) is (change is not None and change.content), key
        assert actions.check_packs(HOSPITAL, [pack])[0].changes == ()


@SLOW
@given(data=st.data(), chosen=BODIES)
def test_what_is_retired_is_told_first_and_stays_readable(
    drawing: Drawing, data: st.DataObject, chosen: list[str]
) -> None:
    with undone():
        bodies = drawn(data, drawing, chosen)
        actions.import_packs(HOSPITAL, [source(bodies)], at=clock.now(), consent=True)
        admin = client_of("keeper", "administrator")
        for body in data.draw(st.permutations(bodies)):
            _retire(admin, body["kind"], body["name"])


def _retire(admin: ApiClient, kind: str, name: str) -> None:
    path = f"/definitions/{kind}/{name}"
    asked = admin.post(f"{path}/check-retirement").body
    refused = admin.delete(path)
    if asked["problems"]:
        assert (refused.status, refused.body["code"]) == (422, "definition_needed"), refused.body
        return
    if asked["needs_consent"]:
        assert (refused.status, refused.body["code"]) == (409, "consent_needed"), refused.body
        assert asked["lost"] in refused.body["detail"]
        assert admin.delete(f"{path}?consent=true").status == 204
    else:
        assert refused.status == 204, refused.body
    shown = admin.get(path).body
    assert shown["retired_at"] is not None
    assert shown["body"]["name"] == name
    assert admin.get(f"{path}/versions").status == 200
    assert admin.get(f"{path}/dependents").status == 200


@SLOW
@given(data=st.data(), kind=st.sampled_from(kinds.kind_names()))
def test_whatever_is_sent_is_taken_or_told_with_its_place(
    drawing: Drawing, data: st.DataObject, kind: str
) -> None:
    """Drawn without being made sound; over HTTP, where a mistake of ours would be a 500."""
    with undone():
        body = drawing.body(data.draw, kind, "wild")
        text = text_of(body).decode()
        admin = client_of("keeper", "administrator")
        path = f"/definitions/{kind}/wild"
        answer = admin.post(f"{path}/check", {"text": text})
        assert answer.status == 200, answer.body
        for problem in answer.body["problems"]:
            _has_a_place(problem, text)
        saved = admin.put(path, {"text": text, "consent": True})
        expected = {422} if answer.body["problems"] else {200}
        assert saved.status in expected, (saved.body, answer.body)


def _has_a_place(problem: Mapping[str, Any], text: str) -> None:
    assert problem["message"], problem
    assert problem["file"], problem
    assert problem["line"], problem
    assert problem["column"], problem
    if problem["file"] == "text":
        assert problem["line"] <= text.count("\n") + 1, problem
