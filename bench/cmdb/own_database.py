"""What every figure of the configuration database begins with: a PostgreSQL of its own in a folder
that goes away, and in it the platform's tables with the base pack.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wardround.site.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from bench.cmdb.hospital import Hospital


@contextmanager
def own_database() -> Iterator[EmbeddedPostgres]:
    """A server in a new folder, which the platform is pointed to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with served(folder) as postgres:
            yield postgres


@contextmanager
def served(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server in this folder, which the platform is pointed to."""
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    try:
        os.environ["WARDROUND_DATABASE_URL"] = postgres.url
        os.environ.setdefault("WARDROUND_DATA", str(folder))
        yield postgres
    finally:
        postgres.stop()


def set_up() -> None:
    """Django, on the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415

    django.setup()


def prepare() -> None:
    """The tables, with the base pack."""
    set_up()
    from django.core.management import call_command  # noqa: PLC0415  # Django is set up now

    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions as schema  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    schema.import_shipped(system_actor("bench"), at=clock.now(), names=["base"])


def filled(shape: str) -> Hospital:
    """The tables, with a made-up hospital of this shape in them."""
    prepare()
    from bench.cmdb.hospital import SHAPES, fill  # noqa: PLC0415

    return fill(SHAPES[shape])
