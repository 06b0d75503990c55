"""Small packs of definitions, written as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from wardround.schema.sources import Source

HEAD = 'pack: ward\nversion: "1"\nlabel: {zh: 病房, en: Ward}\n'
LAYER = """\
kind: layer
name: hardware
label: {zh: 硬件, en: Hardware}
order: 1
view: hardware
"""
TYPES = """\
# Things that stand in a rack.
kind: item-type
name: device
label: {zh: 设备, en: Device}
layer: hardware
icon: device
abstract: true
attributes:
  - {name: serial, label: {zh: 序列号, en: Serial}, type: text, list: true}
---
kind: item-type
name: host
label: {zh: 服务器, en: Host}
extends: device   # inherits the serial number
attributes:
  - {name: memory, label: {zh: 内存, en: Memory}, type: number, unit: B, minimum: 0}
"""


def pack(files: Mapping[str, str] | None = None, *, name: str = "ward", head: str = HEAD) -> Source:
    """A pack of these files; its head and one layer come by themselves."""
    texts = {"pack.yaml": head, "layers.yaml": LAYER, **(files or {})}
    return Source(name, {path: dedent(text).encode() for path, text in texts.items()})


@pytest.fixture
def ward() -> Source:
    return pack({"types/devices.yaml": TYPES})
