"""The platform itself: its processes on this machine, its queue, its collectors and its folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from django.conf import settings
from django.db import DatabaseError

from wardround.collect import platform_figures
from wardround.collect.drivers import yields
from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Collected, Reason, ScrapeGroup, Table, TargetSpec

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDERS = ("postgres", "history", "spool", "log")


class PlatformDriver:
    """Reads what the supervisor, the queue and the collectors leave for it."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        self._spec = spec
        self._equipment = equipment
        self._readings: dict[str, Readings] = {}
        self._spent: dict[int, tuple[float, float]] = {}

    async def collect(self, group: ScrapeGroup) -> Collected:
        out = self._readings.setdefault(group.name, Readings(self._spec, group))
        work: Callable[[], tuple[Table, ...]]
        if group.name == "database":
            await self._equipment.in_database(lambda: _database(out))
            return out.finish()
        if group.name == "folder":
            await self._equipment.in_thread(lambda: _folder(out), what="folder")
            return out.finish()
        work = lambda: self._processes(out)  # noqa: E731  # named for its type
        return out.finish(await self._equipment.in_thread(work))

    async def close(self) -> None:
        """Nothing is open."""

    def _processes(self, out: Readings) -> tuple[Table, ...]:
        rows = []
        for role, pid in _roles().items():
            row = self._process(out, role, pid)
            out.add("wardround_process_up", row is not None, role=role)
            if row is not None:
                rows.append(row)
        return (Table("platform", rows),)

    def _process(self, out: Readings, role: str, pid: int) -> dict[str, object] | None:
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                if process.status() == psutil.STATUS_ZOMBIE:
                    return None
                family = (
                    [process, *process.children(recursive=True)]
                    if role == "postgres"
                    else [process]
                )
                times = [process.cpu_times() for process in family]
                memory = sum(_private(process) for process in family)
                files = process.num_fds()
                threads = process.num_threads()
                started = process.create_time()
        except psutil.NoSuchProcess:
            return None
        except psutil.AccessDenied:
            return {"role": role, "pid": pid}
        spent = sum(cpu.user + cpu.system for cpu in times)
        out.add("wardround_process_cpu_seconds_total", spent, role=role)
        cpu = self._ratio(pid, spent)
        out.add("wardround_process_cpu_ratio", cpu, role=role)
        out.add("wardround_process_resident_bytes", memory, role=role)
        out.add("wardround_process_open_files", files, role=role)
        out.add("wardround_process_threads", threads, role=role)
        out.add("wardround_process_uptime_seconds", time.time() - started, role=role)
        return {
            "role": role, "pid": pid, "cpu": round(cpu or 0, 4), "resident": memory,
            "open_files": files, "threads": threads, "started_at": int(started),
        }  # fmt: skip

    def _ratio(self, pid: int, spent: float) -> float | None:
        now = time.monotonic()
        before = self._spent.get(pid)
        self._spent[pid] = (now, spent)
        return max(spent - before[1], 0) / (now - before[0]) if before and now > before[0] else None


def _roles() -> dict[str, int]:
    """The supervisor's list; where nothing supervises, at least this process."""
    try:
        found = json.loads((Path(settings.DATA_FOLDER) / "processes.json").read_text())
        return {str(role): int(pid) for role, pid in found.items() if pid}
    except (OSError, ValueError, AttributeError, TypeError):
        return {"collect": os.getpid()}


def _private(process: psutil.Process) -> int:
    """Resident memory that is the process's own; PostgreSQL's children share one buffer pool."""
    try:
        about = process.memory_info()
        return int(about.rss - about.shared)
    except (psutil.Error, AttributeError):
        return 0


def _database(out: Readings) -> None:
    try:
        for queue, status, count in platform_figures.queue_lengths():
            out.add("wardround_jobs", count, queue=queue, status=status)
        out.add("wardround_oldest_job_seconds", platform_figures.oldest_waiting_job_seconds())
        out.add("wardround_collectors_silent", platform_figures.silent_collectors())
        for collector in platform_figures.collectors():
            name = f"{collector.host}:{collector.pid}"
            out.add("wardround_collector_targets", collector.targets, collector=name)
            out.add("wardround_collector_spool_bytes", collector.spool_bytes, collector=name)
            out.add(
                "wardround_collector_samples_per_second",
                collector.samples_per_second,
                collector=name,
            )
            for figure, labels, value in _figures(dict(collector.figures)):
                out.add(f"wardround_collector_{figure}", value, collector=name, **labels)
    except DatabaseError as error:
        raise TargetFailed(Reason.ANSWER, type(error).__name__) from error


def _figures(figures: dict[str, float]) -> Iterator[tuple[str, dict[str, str], float]]:
    """`refused_total.future` is the figure `refused_total` for the reason `future`."""
    for name, value in figures.items():
        figure, _, reason = name.partition(".")
        yield figure, {"reason": reason} if reason else {}, value


def _folder(out: Readings) -> None:
    data = Path(settings.DATA_FOLDER)
    for name in _FOLDERS:
        folder = data / name
        if folder.is_dir():
            out.add("wardround_folder_bytes", _size(folder), folder=name)
    about = os.statvfs(data if data.is_dir() else ".")
    out.add("wardround_data_free_bytes", about.f_bavail * about.f_frsize)


def _size(folder: Path) -> int:
    total = 0
    for place, _folders, files in os.walk(folder, onerror=lambda _error: None):
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118  # 10⁵ files
            except OSError:
                continue  # gone since it was listed
    return total


WARDROUND = DriverKind(
    "wardround",
    PlatformDriver,
    yields.WARDROUND,
    inward=True,
)
