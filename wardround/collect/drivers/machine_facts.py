"""What a machine is, as it says itself: changes when somebody rebuilds it."""

from __future__ import annotations

import platform
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from wardround.collect.readings import Readings
from wardround.collect.types import Table

_RELEASE, _PROCESSOR = Path("/etc/os-release"), Path("/proc/cpuinfo")
_BOARD = Path("/sys/class/dmi/id")
_OF_BOARD = {"serial": "product_serial", "manufacturer": "sys_vendor", "model": "product_name"}
_MOST = 200


def read_facts(_out: Readings) -> tuple[Table, ...]:
    """One row. What cannot be read (a serial number is root's alone) is left out."""
    return (Table("machine", [dict(_facts())]),)


def _facts() -> Iterator[tuple[str, str | int]]:
    yield "hostname", socket.gethostname()
    yield "system", _said(_RELEASE, "=").get("PRETTY_NAME", platform.system()).strip('"')
    yield "kernel", platform.release()
    yield "architecture", platform.machine()
    if model := _said(_PROCESSOR, ":").get("model name"):
        yield "processor", model
    yield "cores", psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    yield "memory", psutil.virtual_memory().total
    for fact, name in _OF_BOARD.items():
        if text := _text(_BOARD / name).strip():
            yield fact, text[:_MOST]


def _said(path: Path, mark: str) -> Mapping[str, str]:
    """What the lines of a file say; of two alike the first."""
    found: dict[str, str] = {}
    for line in _text(path).splitlines():
        name, _mark, value = line.partition(mark)
        found.setdefault(name.strip(), value.strip()[:_MOST])
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
