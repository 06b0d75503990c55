"""This very machine, its processes and services."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.collect.targets import only, shipped, target, values
from wardround.collect.drivers import machine_init, machine_services
from wardround.collect.drivers.driver import Equipment
from wardround.collect.drivers.machine_processes import ProcessReader, _shown
from wardround.collect.readings import Readings
from wardround.collect.runner import check_once
from wardround.collect.scrape import TargetScrape
from wardround.collect.types import OWN_METRICS, CollectedBatch, Reason, TargetSpec
from wardround.kernel import clock

UNITS = """\
cron.service        loaded active   running Regular background program processing daemon
dbus.service        loaded active   running D-Bus System Message Bus
broken.service      loaded failed   failed  A thing that broke
ghost.service       not-found inactive dead ghost.service
once.service        loaded active   exited  Done once
spare.service       loaded inactive dead    Not meant to run
"""


def twice(spec: TargetSpec) -> CollectedBatch:
    """The second of two scrapes: ratios need two."""

    async def scrape() -> CollectedBatch:
        with ThreadPoolExecutor(2) as threads:
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock.now)
            await one.take(spec.template.groups)
            return await one.take(spec.template.groups)

    return asyncio.run(scrape())


def test_whole_machine() -> None:
    batch = twice(target("linux-machine"))
    assert (batch.up, batch.detail) == (True, batch.detail)
    got = values(batch)
    assert got["up"] == 1
    assert got["node_memory_total_bytes"] == psutil.virtual_memory().total
    assert 0 <= got["node_memory_used_ratio"] <= 1
    assert 0 <= got.get("node_cpu_busy_ratio", 0) <= 1
    assert got["node_processes"] > 1
    assert any(name.startswith("node_filesystem_free_bytes{") for name in got)
    assert got["node_network_up{device=lo}"] == 1
    assert {key.metric for key in batch.keys} - OWN_METRICS <= _declared()
    assert got["scrape_group_up{group=services}"] == 1
    assert {table.name for table in batch.tables} == {"machine", "processes", "services"}
    (processes,) = [table for table in batch.tables if table.name == "processes"]
    columns = {column.name for column in shipped()["linux-machine"].tables[0].columns}
    assert set(processes.rows[0]) == columns


def _declared() -> set[str]:
    return {metric.name for metric in shipped()["linux-machine"].metrics}


def test_watched_process_that_ends_is_seen_at_the_next_scrape() -> None:
    mark = "wardround-watched-by-a-test"
    spec = only(
        target(
            "linux-machine",
            processes=["no-such-program", {"name": "pacs", "pattern": f"{mark}$"}],
        ),
        "processes",
    )
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    running = values(asyncio.run(check_once(spec)))
    assert running["process_up{name=pacs}"] == 1
    assert running["process_count{name=pacs}"] == 1
    assert running["process_resident_bytes{name=pacs}"] > 1_000_000
    assert running["process_up{name=no-such-program}"] == 0
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    ended = values(asyncio.run(check_once(spec)))
    assert ended["process_up{name=pacs}"] == 0
    assert ended["process_count{name=pacs}"] == 0


def test_zombie_is_not_running() -> None:
    """A process that ended but was not yet buried by its parent has no command line."""
    mark = "wardround-zombie-of-a-test"
    child = subprocess.Popen([sys.executable, "-c", "pass", mark])
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    spec = only(target("linux-machine", processes=[{"name": "z", "pattern": mark}]), "processes")
    assert values(asyncio.run(check_once(spec)))["process_up{name=z}"] == 0
    child.wait()


def test_wrong_watch_is_a_matter_of_settings() -> None:
    spec = only(target("linux-machine", processes=[{"name": "x", "pattern": "("}]), "processes")
    batch = asyncio.run(check_once(spec))
    assert batch.reason is Reason.SETTINGS
    assert "missing )" in batch.detail


def test_command_lines_lose_their_secrets() -> None:
    shown = _shown(
        ["psql", "postgresql://his:geheim@db/x", "--password=geheim", "-c", "token: geheim"]
    )
    assert "geheim" not in shown
    assert "postgresql://his:***@db/x" in shown


def _services(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, *wanted: str
) -> machine_services.ServiceReader:
    monkeypatch.setattr(machine_services, "_SYSTEMD", tmp_path)
    monkeypatch.setattr(machine_services, "_answer", lambda _command: text)
    return machine_services.ServiceReader(target("linux-machine", services=list(wanted)))


def _ups(reader: machine_services.ServiceReader) -> dict[str, float]:
    spec = only(target("linux-machine"), "services")
    out = Readings(spec, spec.template.groups[0])
    (table,) = reader.read(out)
    got = out.finish([table])
    return {
        dict(key.labels)["name"]: v
        for key, v in zip(got.layout.keys, got.values.tolist(), strict=True)
    }


def test_services_of_systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = _services(monkeypatch, tmp_path, UNITS, "sp*", "his-gateway")
    assert _ups(reader) == {
        "cron": 1, "dbus": 1, "broken": 0, "once": 1, "spare": 0, "his-gateway": 0,
    }  # fmt: skip
    stopped = UNITS.replace(
        "dbus.service        loaded active   running", "dbus.service loaded inactive dead"
    )
    monkeypatch.setattr(machine_services, "_answer", lambda _command: stopped)
    assert _ups(reader)["dbus"] == 0  # it ran before, so its end is news


SCRIPT = """\
#!/bin/sh
### BEGIN INIT INFO
# Provides:          {name}
# Short-Description: The {name} of the ward
### END INIT INFO
echo ran > {ran}
NAME={name}
RUN="{run}"
{extra}
"""


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "init.d"
    folder.mkdir()
    monkeypatch.setattr(machine_init, "INIT_D", folder)
    monkeypatch.setattr(machine_services, "_SYSTEMD", tmp_path / "none")
    return folder


def script(folder: Path, name: str, extra: str = "") -> None:
    text = SCRIPT.format(name=name, ran=folder.parent / "ran", run=folder.parent, extra=extra)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def init_rows(reader: machine_services.ServiceReader) -> dict[str, tuple[str, str]]:
    spec = only(target("linux-machine"), "services")
    (table,) = reader.read(Readings(spec, spec.template.groups[0]))
    return {row["name"]: (row["sub_state"], row["description"]) for row in table.rows}


def test_services_of_init_scripts(init: Path) -> None:
    pid_file = init.parent / "ward-gateway.pid"
    script(init, "ward-gateway", "PIDFILE=${RUN}/$NAME.pid")
    script(init, "ward-boot-step")
    script(init, "ward-by-daemon", "DAEMON=" + sys.executable)
    (init / "README").write_text("nothing to run")
    reader = machine_services.ServiceReader(target("linux-machine"))

    assert init_rows(reader)["ward-gateway"] == ("stopped", "The ward-gateway of the ward")
    state, about = init_rows(reader)["ward-boot-step"]
    assert (state, machine_init.NOT_KNOWN in about) == ("unknown", True)
    assert "README" not in init_rows(reader)

    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    pid_file.write_text(f"{child.pid}\n")
    rows = init_rows(reader)
    assert rows["ward-gateway"][0] == "running"
    assert rows["ward-by-daemon"][0] == "running"
    assert reader.note.endswith("; 1 not known")
    child.communicate()
    assert init_rows(reader)["ward-gateway"][0] == "stopped"  # the file is there, its process not
    assert _ups(reader)["ward-gateway"] == 0
    assert "ward-boot-step" not in _ups(reader)
    pid_file.write_text(f"{os.getpid()}\n")
    os.utime(pid_file, (1, 1))
    assert init_rows(reader)["ward-gateway"][0] == "stopped"  # the number belongs to another now
    assert not (init.parent / "ran").exists()


def test_init_script_that_changes_is_read_anew(init: Path) -> None:
    script(init, "ward-gateway")
    reader = machine_services.ServiceReader(target("linux-machine"))
    assert init_rows(reader)["ward-gateway"][0] == "unknown"
    script(init, "ward-gateway", "PIDFILE=$RUN/gateway.pid")
    os.utime(init / "ward-gateway", (9, 9))
    assert init_rows(reader)["ward-gateway"][0] == "stopped"


def test_init_scripts_of_two_traditions() -> None:
    old = machine_init.read_script(
        "oracle", "# processname: ora_pmon\n# pidfile: /var/run/oracle.pid\n"
    )
    assert (old.pid_files, "ora_pmon" in old.programs) == ((Path("/var/run/oracle.pid"),), True)
    new = machine_init.read_script(
        "his", 'NAME=his\nDAEMON="/opt/$NAME/bin/hisd"\nPIDFILE=${PIDFILE:-/run/$(x).pid}\n'
    )
    assert (new.pid_files, "/opt/his/bin/hisd" in new.programs) == ((), True)


def test_hung_service_manager_fails_its_group_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine_services, "_SYSTEMD", tmp_path)
    monkeypatch.setattr(machine_services, "_WAIT", 0.05)
    monkeypatch.setattr(machine_services, "_LIST_UNITS", ("sleep", "5"))
    batch = asyncio.run(check_once(only(target("linux-machine"), "system", "services")))
    assert batch.up
    assert values(batch)["scrape_group_up{group=services}"] == 0
    assert values(batch)["scrape_group_up{group=system}"] == 1
    assert "services: timeout" in batch.detail


def test_reader_forgets_processes_that_ended() -> None:
    spec = only(target("linux-machine"), "processes")
    reader = ProcessReader(spec)
    reader.read(Readings(spec, spec.template.groups[0]))
    assert set(reader._before) <= {
        (one.pid, one.create_time()) for one in psutil.process_iter()
    } | set(reader._before)
