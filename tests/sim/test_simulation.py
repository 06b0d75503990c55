"""The hospital in a box: real pages on real sockets, and faults that look like faults."""

from __future__ import annotations

import asyncio
import socket
import time
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sim import machines
from sim.command import SimulationElsewhere, played
from sim.faults import Faults, UnknownFault, named
from sim.machines import Hospital
from sim.pages import page
from sim.rhythm import Rhythm
from sim.server import Simulation
from tests.collect.targets import shipped

PACK = Path(__file__).resolve().parents[2] / "packs" / "hospital"
WORKDAY_10, NIGHT_03, SUNDAY_10 = 1_795_399_200.0, 1_795_374_000.0, 1_795_312_800.0


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    return machines.read(PACK)


def values(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_machine_serves_a_page_that_can_be_read(hospital: Hospital) -> None:
    faults = Faults(hospital, None)
    assert len(hospital.machines) > 350
    for machine in hospital.machines.values():
        assert values(page(machine, faults, WORKDAY_10)), machine.key


def test_every_metric_that_a_template_declares_stands_on_its_page(hospital: Hospital) -> None:
    """A chart of the demonstration that stays empty would say nothing, and look broken."""
    faults = Faults(hospital, None)
    missing = set()
    for machine in hospital.machines.values():
        names = {name for name, _labels in values(page(machine, faults, WORKDAY_10))}
        declared = {metric.name for metric in shipped()[machine.template].metrics}
        missing |= {(machine.template, name) for name in declared - names}
    assert missing == set()


def test_a_hospital_is_busy_by_day_and_quiet_by_night_and_at_weekends() -> None:
    rhythm = Rhythm.of("vm-11-app1")
    assert rhythm.load(WORKDAY_10) > 2 * rhythm.load(NIGHT_03)
    assert rhythm.load(WORKDAY_10) > 1.3 * rhythm.load(SUNDAY_10)


def test_counters_only_rise_and_rise_as_fast_as_the_load() -> None:
    rhythm = Rhythm.of("vm-11-app1")
    steps = [rhythm.total(WORKDAY_10 + 300 * step) for step in range(2016)]
    assert all(later > earlier for earlier, later in pairwise(steps))
    assert (steps[1] - steps[0]) / 300 == pytest.approx(rhythm.load(WORKDAY_10 + 150), abs=0.3)


def test_a_filling_tablespace_reaches_the_brim_within_minutes(hospital: Hospital) -> None:
    faults = Faults(hospital, None)
    fault = named("tablespace-filling:db-11-1", hospital)
    machine = hospital.machines["db-11-1"]
    key = ("oracle_tablespace_used_ratio", (("tablespace", "HIS_DATA"),))
    before = values(page(machine, faults, WORKDAY_10))[key]
    faults.break_(fault, WORKDAY_10)
    after = [values(page(machine, faults, WORKDAY_10 + wait))[key] for wait in (0, 300, 700)]
    assert before < 0.8 < after[0] < 0.95 < after[2]
    faults.heal(fault)
    assert values(page(machine, faults, WORKDAY_10))[key] == before


def test_slow_storage_is_felt_by_the_databases_on_it(hospital: Hospital) -> None:
    faults = Faults(hospital, None)
    machine = hospital.machines["db-11-1"]
    key = ("oracle_read_latency_seconds", ())
    before = values(page(machine, faults, WORKDAY_10))[key]
    faults.break_(named("storage-slow:storage-a1", hospital), WORKDAY_10)
    assert values(page(machine, faults, WORKDAY_10))[key] == pytest.approx(40 * before)


def test_a_switch_takes_everything_down_that_hangs_on_it(hospital: Hospital) -> None:
    faults = Faults(hospital, None)
    faults.break_(named("switch-down:access-01", hospital), WORKDAY_10)
    dark = faults.dark()
    assert "access-01" in dark
    assert any(key.startswith("esx-") for key in dark)
    assert any(key.startswith("vm-") for key in dark)
    assert "core-a1" not in dark


def test_faults_outlive_a_restart(hospital: Hospital, tmp_path: Path) -> None:
    kept = tmp_path / "faults.json"
    fault = named("host-down", hospital)
    Faults(hospital, kept).break_(fault, 5.0)
    assert Faults(hospital, kept).since == {fault: 5.0}


@pytest.mark.parametrize("name", ["flood", "host-down:nobody", "host-down:db-11-1"])
def test_an_unknown_fault_says_what_there_is(hospital: Hospital, name: str) -> None:
    with pytest.raises(UnknownFault, match=r"there are|it can to"):
        named(name, hospital)


def test_a_machine_that_is_down_refuses_and_comes_back(hospital: Hospital) -> None:
    few = {key: hospital.machines[key] for key in ("access-01", "esx-01", "esx-02")}
    small = Hospital(few, hospital.carried, hospital.standing)
    moved = {key: _elsewhere(machine) for key, machine in few.items()}
    small = Hospital(moved, small.carried, small.standing)
    asyncio.run(_break_and_heal(small))


def _elsewhere(machine: machines.Machine) -> machines.Machine:
    """The same machine on another port, so that a running demonstration is not in the way."""
    return machines.Machine(
        machine.key, machine.name, machine.type, machine.template, machine.address, 19_190
    )


async def _break_and_heal(hospital: Hospital) -> None:
    simulation = Simulation(hospital, Faults(hospital, None))
    await simulation.settle()
    machine = hospital.machines["esx-01"]
    address = f"http://{machine.address}:{machine.port}/metrics"
    async with httpx.AsyncClient(timeout=5) as client:
        assert (await client.get(address)).status_code == 200
        fault = named("host-down:esx-01", hospital)
        simulation.faults.break_(fault, time.time())
        await simulation.settle()
        with pytest.raises(httpx.TransportError):
            await client.get(address)
        simulation.faults.heal(fault)
        await simulation.settle()
        assert "node_cpu_busy_ratio" in (await client.get(address)).text
    await simulation.close()


def test_a_second_hospital_on_the_machine_is_told_about_the_first() -> None:
    def play() -> int:
        with socket.create_server(("127.0.0.1", first.getsockname()[1])):
            return 0

    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        pytest.raises(SimulationElsewhere) as refused,
    ):
        played(play)
    assert "另一个示范医院" in refused.value.wording.text("zh-hans")


def test_another_trouble_of_the_machine_is_left_as_it_is() -> None:
    def play() -> int:
        raise PermissionError(13, "no")

    with pytest.raises(PermissionError):
        played(play)
