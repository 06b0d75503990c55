"""A database that is frozen answers nobody; whoever waits in front of a screen is told so."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import psycopg
import pytest

from wardround.web.connections import LimitedConnection, parameters

pytestmark = [pytest.mark.servers, pytest.mark.embedded]


class Hasty(LimitedConnection):
    patience: ClassVar[float] = 0.5


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_frozen_server_is_given_up_with_its_connection(db: None) -> None:
    with Hasty.connect(**parameters("test")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        began = time.monotonic()
        with frozen(connection.info.backend_pid), pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 2")
        assert time.monotonic() - began < 10
        assert connection.closed


def test_what_the_server_refuses_itself_leaves_the_connection_open(db: None) -> None:
    with Hasty.connect(**parameters("test")) as connection:
        connection.execute("SET statement_timeout = '100ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(5)")
        assert connection.execute("SELECT 3").fetchone() == (3,)
