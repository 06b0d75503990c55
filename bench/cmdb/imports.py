"""`python -m bench.cmdb.imports`: a workbook of 100,000 rows into a house of 200,000 items.

On a PostgreSQL of its own; read, mapped, identified, checked, written with its history, and then
once more, when nothing changes. Takes some four minutes, a good part of it filling.
"""

from __future__ import annotations

import io
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from wardround.site.postgres import EmbeddedPostgres

ROWS = 100_000
FRESH = 60_000
"""Of them, those that are not there yet; the others are of the house."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        try:
            os.environ["WARDROUND_DATABASE_URL"] = postgres.url
            os.environ.setdefault("WARDROUND_DATA", name)
            _measure()
        finally:
            postgres.stop()


def _measure() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench.cmdb.__main__ import write_texts  # noqa: PLC0415
    from bench.cmdb.hospital import fill  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions as schema  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    schema.import_shipped(system_actor("bench"), at=clock.now(), names=["base"])
    fill()
    write_texts()
    data = _workbook()
    print(f"the file: {ROWS:,} rows, {len(data) / 2**20:.1f} MB")
    _tell("the first import", data)
    _tell("the same once more", data)


def _workbook() -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("terminals")
    sheet.append(["编号", "名称", "类型", "序列号", "型号", "管理地址", "购入日期", "connects"])
    for number in range(ROWS):
        key = f"new-{number}" if number < FRESH else f"i{200_000 - ROWS + number}"
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        switch = f"i{42_000 + number % 4_000}"
        sheet.append([key, f"终端 {number}", "terminal", f"SN{number:08}", "M 710", address,
                      "2024/5/17", switch if number < FRESH else None])  # fmt: skip
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _tell(title: str, data: bytes) -> None:
    from wardround.cmdb import import_actions, import_queries  # noqa: PLC0415
    from wardround.cmdb.import_types import NewImport  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    actor, began, used = system_actor("bench"), time.perf_counter(), time.process_time()
    new = NewImport("terminals.xlsx", data)
    taken = import_actions.take_in(actor, new, at=clock.now(), defer=_nobody)
    import_actions.work(taken.id, at=clock.now())
    done = import_queries.get(actor, taken.id)
    seconds, own = time.perf_counter() - began, time.process_time() - used
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{title:18} {seconds:6.1f} s ({own:.1f} s of it on a processor here)   {done.state}:"
          f" {done.created:,} made, {done.changed:,} changed, {done.unchanged:,} left,"
          f" {done.refused:,} refused   most memory so far {most:,.0f} MB")  # fmt: skip


def _nobody(_import: Any) -> None:
    """No worker here."""


if __name__ == "__main__":
    main()
