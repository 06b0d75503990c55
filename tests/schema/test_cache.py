"""What a transaction knows of the definitions it has changed."""

from __future__ import annotations

import pytest
from django.db import transaction

from wardround.kernel import clock
from wardround.kernel.types import system_actor
from wardround.schema import actions, cache
from wardround.schema.drafts import DefinitionDraft

PLATFORM = system_actor("tests")
LAYER = "kind: layer\nname: {name}\nlabel: {name}\nview: hardware\norder: {order}\n"


def save(name: str, order: int) -> None:
    draft = DefinitionDraft(kind="layer", name=name, text=LAYER.format(name=name, order=order))
    actions.save_definition(PLATFORM, draft, at=clock.now())


def undone(name: str) -> None:
    with transaction.atomic():
        save(name, 72)
        assert name in cache.snapshot().values("layer")
        raise ZeroDivisionError


@pytest.mark.django_db
def test_what_a_savepoint_takes_back_leaves_what_was_changed_before_it() -> None:
    assert "attic" not in cache.snapshot().values("layer")
    save("attic", 71)
    with pytest.raises(ZeroDivisionError):
        undone("cellar")
    known = cache.snapshot().values("layer")
    assert ("attic" in known, "cellar" in known) == (True, False)
