"""The machine a collector runs on, read through psutil: no network, no sign-in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from wardround.collect.drivers import yields
from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.drivers.machine_counters import SteadyCounters
from wardround.collect.drivers.machine_facts import read_facts
from wardround.collect.drivers.machine_mounts import file_systems, mounts
from wardround.collect.drivers.machine_processes import ProcessReader
from wardround.collect.drivers.machine_services import ServiceReader
from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Collected, Reason, ScrapeGroup, Table, TargetSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOUNTS = Path("/proc/self/mountinfo")
Read = Callable[[Readings], tuple[Table, ...]]


class MachineDriver:
    """Remembers the last counters, for ratios over the time between two readings."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        self._equipment = equipment
        self._spec = spec
        self._readings: dict[str, Readings] = {}
        self._counters = SteadyCounters()
        self._cpu: dict[str, float] = {}
        self._disk: dict[str, tuple[float, float]] = {}
        self._services = ServiceReader(spec)
        self._parts: Mapping[str, Read] = {
            "system": self._system,
            "disks": self._disks,
            "network": self._network,
            "processes": ProcessReader(spec).read,
            "services": self._services.read,
            "facts": read_facts,
        }

    async def collect(self, group: ScrapeGroup) -> Collected:
        readings = self._readings.setdefault(group.name, Readings(self._spec, group))
        read = self._parts[group.name]
        tables = await self._equipment.in_thread(partial(_guarded, read, readings), what=group.name)
        return readings.finish(tables, note=self._services.note if group.name == "services" else "")

    async def close(self) -> None:
        """Nothing is open."""

    def _system(self, out: Readings) -> tuple[Table, ...]:
        self._processor(out)
        for minutes, load in zip((1, 5, 15), os.getloadavg(), strict=True):
            out.add(f"node_load{minutes}", load)
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        out.add("node_memory_total_bytes", memory.total)
        out.add("node_memory_available_bytes", memory.available)
        out.add("node_memory_used_ratio", 1 - memory.available / memory.total)
        out.add("node_swap_total_bytes", swap.total)
        out.add("node_swap_free_bytes", swap.free)
        out.add("node_swap_used_ratio", swap.used / swap.total if swap.total else 0)
        out.add("node_uptime_seconds", time.time() - psutil.boot_time())
        out.add("node_time_seconds", time.time())
        out.add("node_processes", len(psutil.pids()))
        return ()

    def _processor(self, out: Readings) -> None:
        times = psutil.cpu_times()._asdict()
        # Guest time is inside user time, and guest_nice inside nice: never count it twice.
        modes = {
            mode: self._counters.read("cpu", mode, raw)
            for mode, raw in times.items()
            if not mode.startswith("guest")
        }
        out.add("node_cpu_count", psutil.cpu_count() or 1)
        for mode, seconds in modes.items():
            out.add("node_cpu_seconds_total", seconds, mode=mode)
        before, self._cpu = self._cpu, modes
        spent = {mode: max(modes[mode] - before[mode], 0) for mode in modes if mode in before}
        whole = sum(spent.values())
        if whole <= 0:
            return
        for mode, part in spent.items():
            out.add("node_cpu_mode_ratio", part / whole, mode=mode)
        idle = spent.get("idle", 0) + spent.get("iowait", 0)
        out.add("node_cpu_busy_ratio", 1 - idle / whole)

    def _disks(self, out: Readings) -> tuple[Table, ...]:
        listed = mounts(_MOUNTS.read_bytes().decode("utf-8", errors="surrogateescape"))
        for mount in file_systems(listed, is_folder=os.path.isdir):
            _file_system(out, mount.source, mount.place)
        now = time.monotonic()
        for device, io in psutil.disk_io_counters(perdisk=True, nowrap=False).items():
            if device.startswith(("loop", "ram")):
                continue
            steady = partial(self._counters.read, device)
            read, written = steady("read", io.read_bytes), steady("written", io.write_bytes)
            out.add("node_disk_read_bytes_total", read, device=device)
            out.add("node_disk_written_bytes_total", written, device=device)
            reads, writes = steady("reads", io.read_count), steady("writes", io.write_count)
            out.add("node_disk_reads_completed_total", reads, device=device)
            out.add("node_disk_writes_completed_total", writes, device=device)
            io_time = getattr(io, "busy_time", 0) / 1000
            busy = steady("busy", io_time)
            out.add("node_disk_io_time_seconds_total", busy, device=device)
            then, busy_then = self._disk.get(device, (now, busy))
            if now > then:
                ratio = min(max(busy - busy_then, 0) / (now - then), 1)
                out.add("node_disk_busy_ratio", ratio, device=device)
            self._disk[device] = (now, busy)
        return ()

    def _network(self, out: Readings) -> tuple[Table, ...]:
        states = psutil.net_if_stats()
        for device, io in psutil.net_io_counters(pernic=True, nowrap=False).items():
            steady = partial(self._counters.read, device)
            received, sent = steady("received", io.bytes_recv), steady("sent", io.bytes_sent)
            out.add("node_network_receive_bytes_total", received, device=device)
            out.add("node_network_transmit_bytes_total", sent, device=device)
            received, sent = steady("in", io.packets_recv), steady("out", io.packets_sent)
            out.add("node_network_receive_packets_total", received, device=device)
            out.add("node_network_transmit_packets_total", sent, device=device)
            received, sent = steady("bad in", io.errin), steady("bad out", io.errout)
            out.add("node_network_receive_errors_total", received, device=device)
            out.add("node_network_transmit_errors_total", sent, device=device)
            received, sent = steady("lost in", io.dropin), steady("lost out", io.dropout)
            out.add("node_network_receive_drops_total", received, device=device)
            out.add("node_network_transmit_drops_total", sent, device=device)
            if device in states:
                out.add("node_network_up", states[device].isup, device=device)
                out.add("node_network_speed_bytes", states[device].speed * 125_000, device=device)
        return ()


def _guarded(read: Read, out: Readings) -> tuple[Table, ...]:
    try:
        return read(out)
    except (PermissionError, psutil.AccessDenied) as error:
        raise TargetFailed(Reason.PERMISSION, str(error)) from error


def _file_system(out: Readings, device: str, mountpoint: str) -> None:
    try:
        about = os.statvfs(mountpoint)
    except OSError:
        return  # unmounted since it was listed, or not ours to see
    if not about.f_blocks:
        return
    labels = {"mountpoint": _shown(mountpoint), "device": _shown(device)}
    used = about.f_blocks - about.f_bfree
    out.add("node_filesystem_size_bytes", about.f_blocks * about.f_frsize, **labels)
    out.add("node_filesystem_free_bytes", about.f_bavail * about.f_frsize, **labels)
    out.add("node_filesystem_used_ratio", used / max(used + about.f_bavail, 1), **labels)
    out.add("node_filesystem_files", about.f_files, **labels)
    out.add("node_filesystem_files_free", about.f_favail, **labels)
    if about.f_files:
        out.add("node_filesystem_files_used_ratio", 1 - about.f_ffree / about.f_files, **labels)


def _shown(path: str) -> str:
    """A path need not be UTF-8; a label must."""
    return os.fsencode(path).decode(errors="replace")


MACHINE = DriverKind(
    "machine",
    MachineDriver,
    yields.MACHINE,
    inward=True,
)
