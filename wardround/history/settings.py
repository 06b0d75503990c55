"""Settings of the history room, from the environment."""

import os

from wardround.history.types import Retention

_VARIABLES = {
    "raw": "WARDROUND_HISTORY_RAW_DAYS",
    "five_minutes": "WARDROUND_HISTORY_5M_DAYS",
    "hour": "WARDROUND_HISTORY_1H_DAYS",
    "changes": "WARDROUND_HISTORY_CHANGES_DAYS",
}
CLUSTER = "WARDROUND_HISTORY_CLUSTER"


def retention() -> Retention:
    """How long each class is kept; a class that is not set keeps its default."""
    given = {
        name: os.environ[variable]
        for name, variable in _VARIABLES.items()
        if variable in os.environ
    }
    return Retention(**{name: max(1, int(days)) for name, days in given.items()})


def cluster() -> str:
    """The ClickHouse cluster to create tables on; empty for a single server."""
    return os.environ.get(CLUSTER, "")
