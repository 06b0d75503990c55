"""What each kind of machine shows: a page in the Prometheus text format for one moment.

Values follow the machine's rhythm; a fault changes what a real fault would change, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sim.faults import Faults
from sim.machines import Machine
from sim.rhythm import Rhythm, seed

Sample = tuple[str, Mapping[str, str], float]
GIB = 2**30
_MEMORY = 64 * GIB
_BOOTED = 1_767_225_600.0
"""Every machine was started on 2026-01-01, give or take some days."""


@dataclass(frozen=True)
class Moment:
    """One machine at one moment, with what is broken."""

    machine: Machine
    faults: Faults
    at: float

    @property
    def key(self) -> str:
        return self.machine.key

    def rhythm(self, part: str = "") -> Rhythm:
        return _rhythm(f"{self.key}/{part}" if part else self.key)

    def load(self, part: str = "") -> float:
        return self.rhythm(part).load(self.at)

    def count(self, per_second: float, part: str = "") -> float:
        """A counter that grows by `per_second` when the machine is at its peak."""
        return round(self.rhythm(part).total(self.at) * per_second)

    def broken_for(self, kind: str) -> float | None:
        """Seconds since the machine got this fault; `None`: it has not."""
        since = self.faults.at(kind, self.key)
        return None if since is None else max(0.0, self.at - since)


_rhythms: dict[str, Rhythm] = {}


def _rhythm(key: str) -> Rhythm:
    if key not in _rhythms:
        _rhythms[key] = Rhythm.of(key)
    return _rhythms[key]


def page(machine: Machine, faults: Faults, at: float) -> str:
    """The whole page of one machine."""
    moment = Moment(machine, faults, at)
    lines: list[str] = []
    last = ""
    for name, labels, value in _PAGES[machine.template](moment):
        if name != last:
            lines.append(f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}")
            last = name
        told = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{told}}} {value:.12g}" if told else f"{name} {value:.12g}")
    return "\n".join(lines) + "\n"


def _server(moment: Moment, *, mounts: tuple[tuple[str, float], ...]) -> Iterator[Sample]:
    """What an operating system shows, under the names of the platform's own machine template."""
    load = moment.load()
    busy = min(0.98, 0.05 + 0.6 * load)
    used = min(0.97, 0.35 + 0.3 * load)
    yield "node_cpu_busy_ratio", {}, busy
    yield "node_load1", {}, 16 * busy
    yield "node_memory_total_bytes", {}, _MEMORY
    yield "node_memory_available_bytes", {}, _MEMORY * (1 - used)
    yield "node_memory_used_ratio", {}, used
    for mount, size in mounts:
        taken = 0.3 + seed(moment.key, mount) % 350 / 1000 + 0.02 * load
        labels = {"mountpoint": mount}
        yield "node_filesystem_size_bytes", labels, size
        yield "node_filesystem_free_bytes", labels, size * (1 - taken)
        yield "node_filesystem_used_ratio", labels, taken
    for way, rate in (("receive", 40e6), ("transmit", 25e6)):
        yield f"node_network_{way}_bytes_total", {"device": "eth0"}, moment.count(rate, way)
    disk = {"device": "sda"}
    yield "node_disk_busy_ratio", disk, min(0.95, 0.04 + 0.4 * moment.load("disk"))
    yield "node_disk_latency_seconds", disk, 0.0006 + 0.002 * moment.load("disk")
    yield "node_clock_offset_seconds", {}, (seed(moment.key, "clock") % 41 - 20) / 1e4
    for service in ("chronyd", "sshd"):
        yield "service_up", {"name": service}, 1
    yield "node_uptime_seconds", {}, moment.at - _BOOTED - seed(moment.key) % 864_000
    yield "node_time_seconds", {}, moment.at


def _host(moment: Moment) -> Iterator[Sample]:
    yield from _server(moment, mounts=(("/", 200 * GIB), ("/vmfs", 4000 * GIB)))
    yield "node_swap_used_ratio", {}, 0.01 + seed(moment.key, "swap") % 40 / 1000
    yield "node_network_up", {"device": "eth0"}, 1
    yield "node_temperature_celsius", {"sensor": "inlet"}, 22 + 3 * moment.load()
    yield "node_temperature_celsius", {"sensor": "cpu"}, 41 + 22 * moment.load()
    yield "node_power_watts", {}, 210 + 260 * moment.load()


def _virtual_machine(moment: Moment) -> Iterator[Sample]:
    yield from _server(moment, mounts=(("/", 100 * GIB), ("/data", 500 * GIB)))
    yield "node_cpu_ready_ratio", {}, 0.002 + 0.03 * moment.load("disk")
    yield "process_up", {"name": "crond"}, 1


_FILLS_IN = 600.0
"""A filling tablespace needs ten minutes from where it was to the brim."""


def _database(moment: Moment) -> Iterator[Sample]:
    load = moment.load()
    filling = moment.broken_for("tablespace-filling")
    for number, tablespace in enumerate(("SYSTEM", "USERS", "HIS_DATA", "HIS_INDEX")):
        limit = (32 + 200 * number) * GIB
        used = 0.45 + seed(moment.key, tablespace) % 250 / 1000
        if filling is not None and tablespace == "HIS_DATA":
            used = min(0.995, max(used, 0.86) + filling / _FILLS_IN * 0.15)
        labels = {"tablespace": tablespace}
        yield "oracle_tablespace_size_bytes", labels, limit
        yield "oracle_tablespace_used_bytes", labels, limit * used
        yield "oracle_tablespace_used_ratio", labels, used
    yield from _sessions(load)
    yield "oracle_open_cursors_used_ratio", {}, 0.2 + 0.3 * load
    yield "oracle_buffer_cache_hit_ratio", {}, 0.995 - 0.01 * load
    yield "oracle_read_latency_seconds", {}, _slowness(moment) * (0.0008 + 0.001 * load)
    yield "oracle_deadlocks_total", {}, moment.count(0.0002, "deadlocks")
    yield "oracle_commits_total", {}, moment.count(120, "commits")
    yield "oracle_rollbacks_total", {}, moment.count(1.5, "rollbacks")
    yield from _instance(moment, load)


def _instance(moment: Moment, load: float) -> Iterator[Sample]:
    yield "oracle_executions_total", {}, moment.count(2_400)
    yield "oracle_longest_transaction_seconds", {}, 3 + 40 * load
    yield "oracle_archive_used_ratio", {}, 0.2 + seed(moment.key, "archive") % 300 / 1000
    yield "oracle_pga_bytes", {}, (2 + 4 * load) * GIB
    yield "oracle_sga_bytes", {}, 24 * GIB
    yield "oracle_dataguard_lag_seconds", {}, 0.5 + 3 * load


def _sessions(load: float) -> Iterator[Sample]:
    active, inactive = round(60 * load), round(180 + 60 * load)
    yield "oracle_instance_up", {}, 1
    yield "oracle_sessions_active", {}, active
    yield "oracle_sessions_used_ratio", {}, (active + inactive) / 1000
    yield "oracle_sessions_blocked", {}, 0
    yield "oracle_processes_used_ratio", {}, (active + inactive + 60) / 1500
    yield "oracle_sessions", {"status": "active"}, active
    yield "oracle_sessions", {"status": "inactive"}, inactive
    yield "oracle_sessions_limit", {}, 1000


def _slowness(moment: Moment) -> float:
    """A database on storage that became slow waits for it."""
    slow = [fault for fault in moment.faults.since if fault.kind == "storage-slow"]
    return 40.0 if any(moment.key in moment.faults.feels(fault) for fault in slow) else 1.0


def _middleware(moment: Moment) -> Iterator[Sample]:
    load = moment.load()
    exhausted = moment.broken_for("pool-exhausted") is not None
    size = 2 * GIB
    yield "weblogic_pool_connections_limit", {"pool": "his"}, 80
    yield "weblogic_pool_connections_active", {"pool": "his"}, 80 if exhausted else round(50 * load)
    yield "weblogic_pool_waiting", {"pool": "his"}, 35 if exhausted else 0
    yield "weblogic_pool_used_ratio", {"pool": "his"}, 1.0 if exhausted else min(0.85, 0.62 * load)
    free = max(0.12, 0.7 - 0.45 * load)
    yield "weblogic_server_running", {}, 1
    yield "weblogic_heap_size_bytes", {}, size
    yield "weblogic_heap_free_bytes", {}, size * free
    yield "weblogic_heap_used_ratio", {}, 1 - free
    yield "weblogic_gc_seconds_total", {}, moment.count(0.02)
    yield "weblogic_sessions_open", {}, round(400 * load)
    yield "weblogic_threads", {}, 64
    yield "weblogic_threads_active", {}, 64 if exhausted else round(8 + 40 * load)
    yield "weblogic_threads_idle", {}, 0 if exhausted else round(56 - 40 * min(load, 1.2))
    yield "weblogic_threads_hogging", {}, 12 if exhausted else 0
    yield "weblogic_threads_stuck", {}, 6 if exhausted else 0
    yield "weblogic_sockets_open", {}, round(20 + 120 * load)
    yield "weblogic_sockets_opened_total", {}, moment.count(14)
    yield "weblogic_requests_pending", {}, 120 if exhausted else round(2 * load)
    yield "weblogic_request_seconds", {}, 8.5 if exhausted else 0.06 + 0.12 * load
    yield "weblogic_requests_completed_total", {}, moment.count(90, "requests")


def _storage(moment: Moment) -> Iterator[Sample]:
    load = moment.load()
    slow = 40.0 if moment.broken_for("storage-slow") is not None else 1.0
    capacity = 400e12
    yield "storage_capacity_bytes", {}, capacity
    used = 0.55 + seed(moment.key) % 200 / 1000
    yield "storage_used_bytes", {}, capacity * used
    yield "storage_used_ratio", {"pool": "pool-1"}, used
    yield "storage_health", {}, 1
    yield "storage_disks_failed", {}, 0
    yield "storage_cache_hit_ratio", {}, 0.93 - 0.1 * load
    yield "storage_temperature_celsius", {}, 31 + 6 * load
    for way, base in (("read", 0.0006), ("write", 0.0009)):
        yield "storage_latency_seconds", {"operation": way}, slow * base * (1 + load)
    yield "storage_operations_total", {"operation": "read"}, moment.count(18_000, "read")
    yield "storage_operations_total", {"operation": "write"}, moment.count(7_000, "write")
    for way, bytes_each in (("read", 16_384), ("write", 8_192)):
        rate = bytes_each * (18_000 if way == "read" else 7_000)
        yield "storage_throughput_bytes_total", {"operation": way}, moment.count(rate, way)
    for controller in ("A", "B"):
        place = {"controller": controller}
        busy = 0.99 if slow > 1 else 0.1 + 0.4 * load
        yield "storage_controller_up", place, 1
        yield "storage_controller_busy_ratio", place, min(0.99, busy)
        for port in range(2):
            yield "storage_port_up", {"port": f"{controller}{port}"}, 1


def _switch(moment: Moment) -> Iterator[Sample]:
    yield "switch_cpu_busy_ratio", {}, 0.06 + 0.2 * moment.load()
    yield "switch_memory_used_ratio", {}, 0.3 + seed(moment.key, "memory") % 200 / 1000
    yield "switch_temperature_celsius", {}, 34 + 8 * moment.load("heat")
    yield "switch_mac_addresses", {}, round(300 + 900 * moment.load())
    yield "switch_uptime_seconds", {}, moment.at - _BOOTED - seed(moment.key) % 864_000
    for part in ("1", "2"):
        yield "switch_fan_up", {"fan": part}, 1
        yield "switch_power_up", {"supply": part}, 1
    for number in range(1, 9):
        port = {"port": f"XGE0/0/{number}"}
        yield "switch_port_up", port, 1
        yield "switch_port_speed_bytes", port, 1.25e9
        yield "switch_port_used_ratio", port, min(0.9, 0.024 * moment.load(f"in{number}"))
        yield "switch_port_errors_total", port, moment.count(0.0003, f"in{number}")
        yield "switch_port_drops_total", port, moment.count(0.001, f"out{number}")
        yield "switch_port_receive_bytes_total", port, moment.count(30e6, f"in{number}")
        yield "switch_port_transmit_bytes_total", port, moment.count(30e6, f"out{number}")


def _interface(moment: Moment) -> Iterator[Sample]:
    """An interface engine's counters: what is refused is few, and what waits is soon gone."""
    yield "messages_sent_total", {}, moment.count(0.9, "sent")
    yield "messages_received_total", {}, moment.count(1.4, "received")
    yield "messages_failed_total", {}, moment.count(0.004, "failed")
    yield "messages_queued", {}, round(6 * moment.load("queue"))


_PAGES: Mapping[str, Callable[[Moment], Iterator[Sample]]] = {
    "sim-host": _host,
    "sim-vm": _virtual_machine,
    "sim-database": _database,
    "sim-middleware": _middleware,
    "sim-storage": _storage,
    "sim-switch": _switch,
    "interface-messages": _interface,
}
