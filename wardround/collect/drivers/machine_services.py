"""Services of this machine: systemd where it runs, else what init scripts leave, else none."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

from wardround.collect.drivers import machine_init
from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Reason, Table, TargetSpec

_SYSTEMD = Path("/run/systemd/system")
_WAIT = 5.5
_LIST_UNITS = (
    "systemctl", "list-units", "--type=service", "--all", "--no-legend", "--plain", "--no-pager",
)  # fmt: skip
_WORKING = frozenset({"running", "exited", "listening", "waiting", "mounted", "active"})

Row = dict[str, str]


class ServiceReader:
    """Gives `service_up` for watched services, for those that failed, and for those it saw run.

    A service that was never meant to run is no news; one that stopped running is.
    """

    def __init__(self, spec: TargetSpec) -> None:
        self._patterns = tuple(str(pattern) for pattern in spec.parameters.get("services") or ())
        self._seen: set[str] = set()
        self._init = machine_init.InitServices()
        self.note = ""

    def read(self, out: Readings) -> tuple[Table, ...]:
        rows = self._rows()
        states = {row["name"]: row for row in rows}
        for name, row in states.items():
            working = row["sub_state"] in _WORKING and row["state"] != "failed"
            if working or row["state"] == "failed" or self._wanted(name):
                self._seen.add(name)
        exact = {pattern for pattern in self._patterns if "*" not in pattern and "?" not in pattern}
        for name in sorted(self._seen | exact):
            found = states.get(name)
            if found is not None and found["sub_state"] == "unknown":
                continue  # nothing tells
            up = found is not None and found["state"] != "failed" and found["sub_state"] in _WORKING
            out.add("service_up", up, name=name)
        return (Table("services", rows),)

    def _wanted(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._patterns)

    def _rows(self) -> list[Row]:
        if _SYSTEMD.is_dir():
            self.note = ""
            return systemd_rows(_answer(_LIST_UNITS))
        if machine_init.INIT_D.is_dir():
            rows = self._init.rows()
            unknown = sum(row["sub_state"] == "unknown" for row in rows)
            self.note = f"no systemd here: pid files and processes tell; {unknown} not known"
            return rows
        self.note = "no service manager on this machine"
        return []


def systemd_rows(text: str) -> list[Row]:
    """From `systemctl list-units --plain --no-legend`: unit, load, active, sub, description."""
    rows = []
    for line in text.splitlines():
        words = line.split(None, 4)
        if len(words) < 4 or words[1] == "not-found":
            continue
        rows.append(
            {
                "name": words[0].removesuffix(".service"),
                "state": words[2],
                "sub_state": words[3],
                "description": words[4] if len(words) > 4 else "",
            }
        )
    return rows


def _answer(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_WAIT, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        raise TargetFailed(Reason.TIMEOUT, f"{command[0]}: no answer in {_WAIT} s") from error
    except OSError as error:
        raise TargetFailed(Reason.INTERNAL, f"{command[0]}: {error.strerror}") from error
    if done.returncode and not done.stdout:
        raise TargetFailed(Reason.ANSWER, f"{command[0]}: {done.stderr.strip()[:200]}")
    return done.stdout + done.stderr
