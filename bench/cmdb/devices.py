"""Made-up devices that ours and another product are both given."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

LOCATIONS = tuple(f"Building {number // 10} Room {number % 10}" for number in range(50))
ROLES = ("host", "switch", "storage", "workstation")
"""What ours calls the item's type."""
MODELS = tuple((maker, f"{maker[:2].upper()}-{number}") for maker in ("Huaxin", "Langchao", "Delta")
               for number in range(4))  # fmt: skip


def devices(count: int, batch: str) -> list[dict[str, str]]:
    """Each with a name, a serial number and an asset number that no other has."""
    found = []
    for number in range(count):
        maker, model = MODELS[number * 7 % len(MODELS)]
        found.append({
            "name": f"{batch}-{number:05}", "role": ROLES[number % len(ROLES)],
            "manufacturer": maker, "model": model, "serial": f"SN{batch}{number:07}",
            "asset": f"A{batch}{number:07}", "location": LOCATIONS[number * 13 % len(LOCATIONS)],
        })  # fmt: skip
    return found


def as_csv(rows: Iterable[Mapping[str, str]], columns: Mapping[str, str]) -> str:
    """The columns, each headed as the product that reads it wants it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns.values())
    writer.writerows([row[name] for name in columns] for row in rows)
    return file.getvalue()


def in_chunks(
    rows: Sequence[Mapping[str, str]], size: int
) -> Iterable[Sequence[Mapping[str, str]]]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]
