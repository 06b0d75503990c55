"""What the platform weighs: memory of all its processes, bytes and time of the first board."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.platform.door import Door

ROOT = Path(__file__).resolve().parents[2]


def memory(door: Door) -> dict[str, float]:
    """Proportional memory (PSS) of each part in MB; shared pages count once."""
    sizes: dict[str, float] = {}
    for name, pid in door.platform.pids().items():
        if pid is None:
            continue
        parent = psutil.Process(pid)
        family = [parent, *(parent.children(recursive=True) if name == "postgres" else [])]
        sizes[name] = sum(one.memory_full_info().pss for one in family) / 1e6
    return sizes


@dataclass(frozen=True)
class FirstBoard:
    kilobytes: float
    milliseconds: float
    requests: int


def first_board(door: Door) -> FirstBoard:
    """A browser with an empty cache, signed in, opening the information board."""
    said = subprocess.run(
        [ROOT / "tools" / "node", "node", Path(__file__).with_name("first_board.mjs")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={
            **os.environ,
            "BOARD_URL": door.platform.url,
            "BOARD_USER": door.platform.user_name,
            "BOARD_PASSWORD": door.platform.password,
        },
    )
    return FirstBoard(**json.loads(said.stdout.splitlines()[-1]))
