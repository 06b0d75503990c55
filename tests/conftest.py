"""The real servers every test may use: one PostgreSQL for the run, embedded unless a URL is given.

`WARDROUND_TEST_DATABASE_URL` runs the same tests on an external PostgreSQL.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as property_settings
from psycopg.conninfo import conninfo_to_dict

from wardround.site.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from tests.hospital import ApiClient

# How fast a machine is at the moment is no finding of a property test.
property_settings.register_profile(
    "wardround", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
property_settings.load_profile("wardround")

# Nobody needs a test database after a power cut; tests of durability start servers of their own.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def _start_database() -> str:
    base = os.environ.get("WARDROUND_TEST_DATA") or None
    folder = Path(tempfile.mkdtemp(prefix="wardround-test-", dir=base))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder, settings=_CARELESS)
    server.start()

    def end() -> None:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(server.sockets, ignore_errors=True)

    atexit.register(end)
    return server.url


def _use(url: str) -> None:
    """Point Django at the server; xdist's workers inherit the address by the environment."""
    parts = conninfo_to_dict(url)
    os.environ["WARDROUND_TEST_DATABASE_URL"] = url
    settings.DATABASES["default"].update(
        NAME=parts.get("dbname", "wardround"),
        USER=parts.get("user", ""),
        PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""),
        PORT=str(parts.get("port", "")),
    )


# What asks for one of these works on the database of the run.
_ASKING = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs the database is marked, so that another one can be tried with just that."""
    asked = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db") or asked & _ASKING:
        item.add_marker(pytest.mark.database)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a clean machine is checked, what a test needs must be there: a skip is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("WARDROUND_CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be missing: {report.longrepr}"
    return report


_use(os.environ.get("WARDROUND_TEST_DATABASE_URL") or _start_database())


@pytest.fixture
def api(db: None) -> ApiClient:
    """The administrator's program."""
    from tests.hospital import client_of  # noqa: PLC0415  # only once the database is known

    return client_of("head-nurse-of-machines", "administrator")
