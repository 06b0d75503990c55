"""Ids of very many items at once, as arrays."""

from __future__ import annotations

import numpy as np
from django.db.models import Aggregate, BinaryField
from numpy.typing import NDArray

from wardround.cmdb.graph import ID


class Ids(Aggregate):
    """The ids of a group of rows, one after the other."""

    template = "string_agg(uuid_send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def read(ids: bytes) -> NDArray[np.bytes_]:
    return np.frombuffer(bytes(ids), ID)
