from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # the machine may be busy
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What these tests expect of messages is written in English."""
    with translation.override("en"):
        yield
