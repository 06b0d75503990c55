"""`python -m bench.cmdb.imports [dense|campus|group] [--file plain|wide]`: 100,000 rows into a
house of 200,000 items.

On a PostgreSQL of its own; read, mapped, identified, checked, written with its history, and then
once more, when nothing changes. Takes some four minutes, a good part of it filling.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

from bench.cmdb.__main__ import write_texts
from bench.cmdb.hospital import SHAPES
from bench.cmdb.own_database import filled, own_database
from bench.cmdb.workbooks import FILES, HEADS, ROWS, SAID, SHEET, workbook


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb.imports", description=__doc__)
    parser.add_argument("shape", nargs="?", choices=SHAPES, default="dense")
    parser.add_argument(
        "--file", choices=FILES, default="plain", help=f"wide: {len(HEADS)} columns"
    )
    given = parser.parse_args()
    with own_database():
        filled(given.shape)
        write_texts()
        data = workbook(FILES[given.file](SHAPES[given.shape]))
        print(f"the file: {ROWS:,} rows, {len(data) / 2**20:.1f} MB")
        _tell("the first import", data)
        _tell("the same once more", data)


def _tell(title: str, data: bytes) -> None:
    from wardround.cmdb import import_actions, import_queries  # noqa: PLC0415
    from wardround.cmdb.import_types import NewImport, TableWish  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    actor, began, used = system_actor("bench"), time.perf_counter(), time.process_time()
    new = NewImport("terminals.xlsx", data, tables={SHEET: TableWish(columns=SAID)})
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
