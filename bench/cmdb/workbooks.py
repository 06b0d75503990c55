"""Made-up workbooks of 100,000 rows for a made-up hospital, in two shapes.

`plain`: terminals, eight columns, Chinese. `wide`: what an inventory of years became: six types in
one sheet, 40 columns in English, most cells empty since they are another type's, dates as they were
typed, six columns that mean nothing to us. Of both three of five rows are new to the house.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bench.cmdb.hospital import Shape

ROWS: Final = 100_000
FRESH: Final = 60_000
"""Of the plain rows those that are not there yet; the others are of the house."""
Row = Sequence[object]
SHEET: Final = "inventory"


def plain(shape: Shape) -> Iterator[Row]:
    """Heads first, as all of these do."""
    yield ["编号", "名称", "类型", "序列号", "型号", "管理地址", "购入日期", "connects"]
    house, switches = shape.places["terminal"], _switches(shape)
    for number in range(ROWS):
        fresh = number < FRESH
        key = f"new-{number}" if fresh else f"i{house.stop - ROWS + number}"
        yield [
            key, f"终端 {number}", "terminal", f"SN{number:08}", "M 710", _address(number),
            "2024/5/17", f"i{switches[number % len(switches)]}" if fresh else None,
        ]  # fmt: skip


_DEVICE = (
    "Manufacturer", "Model", "Serial number", "Asset number", "Management address", "Rack",
    "Bought on", "Maintenance account", "Warranty ends on",
)  # fmt: skip
_OWN = {
    "host": ("Rack unit", "CPU model", "CPU cores", "Memory", "Disk", "Out-of-band address"),
    "switch": ("Rack unit", "Firmware", "Ports", "Tier"),
    "storage": ("Rack unit", "Firmware", "Capacity", "Reached by", "Controllers"),
    "virtual-machine": (
        "CPU cores", "Memory", "Disk", "Address", "Operating system", "Platform id", "Template",
        "Virtual hardware", "Snapshots kept", "Protection",
    ),
    "medical-device": ("DICOM AE title",),
    "terminal": (),
}  # fmt: skip
COUNTS = {
    "host": 1_500, "switch": 3_500, "storage": 200, "virtual-machine": 12_800,
    "medical-device": 9_000, "terminal": 73_000,
}  # fmt: skip
_RELATED = {
    "host": ("connects", "switch"), "terminal": ("connects", "switch"),
    "medical-device": ("connects", "switch"), "virtual-machine": ("hosted-on", "host"),
}  # fmt: skip
_MEANT_NOTHING = (
    "Remarks", "Cost centre", "PAT tested by", "Old inventory ref", "Ward contact", "Order number",
)  # fmt: skip
_SAID: Mapping[str, Sequence[object]] = {
    "Manufacturer": ("Huaxin", "Langchao", "Delta"), "Model": ("M 710", "R 5300", "X-20"),
    "Bought on": ("2024-05-17", "2023-11-02", "2021-01-30"), "Warranty ends on": ("2027-05-16",),
    "Rack": ("A01", "B07"), "Maintenance account": ("svc-it",), "Rack unit": (7, 12, 31),
    "CPU model": ("Gold 6338", "7763"), "CPU cores": (8, 16, 64), "Memory": (34359738368,),
    "Disk": (1099511627776,), "Firmware": ("9.3(10)", "V200R019"), "Ports": (24, 48),
    "Tier": ("access", "core"), "Capacity": (109951162777600,), "Reached by": ("fc", "iscsi"),
    "Controllers": (2,), "Operating system": ("Windows Server 2022", "Debian 12"),
    "Template": ("tpl-2022",), "Virtual hardware": ("vmx-19",), "Snapshots kept": (0, 2),
    "Protection": ("restart", "none"),
}  # fmt: skip
_NUMBERED = {
    "Serial number": "WS{:08}", "Asset number": "WA{:08}", "Platform id": "vm-{:08}",
    "DICOM AE title": "AE{:06}",
}  # fmt: skip
_ADDRESSES = {"Management address": 10, "Out-of-band address": 11, "Address": 12}
HEADS = (
    "Key", "Name", "Type",
    *dict.fromkeys(head for own in (_DEVICE, *_OWN.values()) for head in own),
    "connects", "hosted-on", *_MEANT_NOTHING,
)  # fmt: skip


def wide(shape: Shape) -> Iterator[Row]:
    yield HEADS
    number = 0
    for type_name, count in COUNTS.items():
        house = _of_house(shape, type_name)
        for place in range(count):
            cells = _cells(type_name, number)
            fresh = place % 5 < 3 or place >= len(house)
            cells["Key"] = f"new-{type_name}-{place}" if fresh else f"i{house[place]}"
            if fresh and type_name in _RELATED:
                kind, to = _RELATED[type_name]
                others = _of_house(shape, to)
                cells[kind] = f"i{others[place % len(others)]}"
            yield [cells.get(head) for head in HEADS]
            number += 1


def _cells(type_name: str, number: int) -> dict[str, object]:
    own = _OWN[type_name] if type_name == "virtual-machine" else (*_DEVICE, *_OWN[type_name])
    cells: dict[str, object] = {"Name": f"{type_name} of row {number}", "Type": type_name}
    for head in own:
        if head in _NUMBERED:
            cells[head] = _NUMBERED[head].format(number)
        elif head in _ADDRESSES:
            cells[head] = _address(number, _ADDRESSES[head])
        else:
            said = _SAID[head]
            cells[head] = said[number % len(said)]
    if number % 3 == 0:
        cells[_MEANT_NOTHING[number % len(_MEANT_NOTHING)]] = f"see {number}"
    return cells


def _of_house(shape: Shape, type_name: str) -> Sequence[int]:
    if type_name == "switch":
        return _switches(shape)
    return shape.places.get(type_name, range(0))


def _switches(shape: Shape) -> range:
    return shape.places.get("access") or shape.places["switch"]


def _address(number: int, first: int = 10) -> str:
    return f"{first}.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def workbook(rows: Iterator[Row]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  # it takes a while, and tests need no file

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


SAID = {"Operating system": "attributes.operating_system"}
"""What somebody says of the columns: two types call different attributes so, and the guess is the
other one.
"""
FILES = {"plain": plain, "wide": wide}
