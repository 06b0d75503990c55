"""`wardround up`: starts everything, keeps it running, refuses what cannot work, stops it all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from wardround.site.launch import Platform, launched

pytestmark = [
    pytest.mark.servers,
    pytest.mark.embedded,
    pytest.mark.whole,
]


UP = (sys.executable, "-m", "wardround", "up")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wr-up-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def platform(folder: Path) -> Iterator[Platform]:
    with launched(folder, port=free_port()) as started:
        yield started


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    """Wait until a condition holds; it may raise while the platform recovers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except (httpx.HTTPError, OSError, ValueError):
            pass
        assert time.monotonic() < deadline, "it did not recover in time"
        time.sleep(0.2)


def health(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{platform.url}/api/v1/health", timeout=10).json()
    return found


def well(platform: Platform) -> bool:
    return bool(health(platform)["status"] == "ok")


def test_it_says_ready_and_is(platform: Platform) -> None:
    wait_for(lambda: well(platform))
    names = {part["name"] for part in health(platform)["parts"]}
    assert names == {"database", "disk", "web", "history", "work", "collect"}


def test_the_machine_and_the_stores_are_watched_from_the_start(platform: Platform) -> None:
    bearer = {"Authorization": f"Bearer {platform.token()}"}

    def targets() -> list[dict[str, Any]]:
        answer = httpx.get(f"{platform.url}/api/v1/targets", headers=bearer, timeout=15)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def all_up() -> bool:
        found = targets()
        return len(found) >= 3 and all(target["state"] == "up" for target in found)

    wait_for(all_up)
    templates = {target["template"] for target in targets()}
    assert {"linux-machine", "postgresql", "wardround"} <= templates


def test_the_token_command_prints_only_the_token(platform: Platform) -> None:
    said = platform.command("token", platform.user_name)
    assert said.stdout.count("\n") == 1
    answer = httpx.get(
        f"{platform.url}/api/v1/items", headers={"Authorization": f"Bearer {said.stdout.strip()}"}
    )
    assert answer.status_code == 200


def test_the_interface_answers_any_address_that_is_not_the_apis(platform: Platform) -> None:
    for address in ("/", "/tickets/anything", "/wall/information"):
        answer = httpx.get(f"{platform.url}{address}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert httpx.get(f"{platform.url}/api/v1/nothing").status_code == 404


def test_a_second_start_on_the_folder_is_refused_in_plain_words(platform: Platform) -> None:
    said = subprocess.run(
        [*UP, "--data", str(platform.folder), "--port", str(free_port())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "LANG": "en_US.UTF-8", "WARDROUND_LANGUAGE": "en"},
    )
    assert said.returncode == 2
    assert "already runs on" in said.stderr
    assert str(platform.pids()["up"]) in said.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = subprocess.run(
            [*UP, "--json", "--data", str(tmp_path / "data"), "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert said.returncode == 2
    assert '"port_taken"' in said.stderr


@pytest.mark.parametrize("name", ["web", "work", "collect", "history", "postgres"])
def test_what_is_killed_is_started_again_and_the_platform_recovers(
    platform: Platform, name: str
) -> None:
    wait_for(lambda: well(platform))
    before = platform.pids()[name]
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: platform.pids()[name] not in {before, None}, 30)
    wait_for(lambda: well(platform), 60)


def test_doctor_finds_nothing_wrong_and_then_a_frozen_process(platform: Platform) -> None:

    def faults() -> list[dict[str, str]]:
        findings = json.loads(platform.command("doctor", "--json", check=False).stdout)
        return [one for one in findings if one["level"] == "fault"]

    # what the tests before killed is well by its last heartbeat before it is there again
    wait_for(lambda: well(platform) and not faults())
    pid = platform.pids()["work"]
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        found = faults()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert len(found) == 1
    assert str(pid) in found[0]["text"]


def test_a_frozen_database_is_told_at_once_and_forgotten_once_it_goes_on(
    platform: Platform,
) -> None:
    wait_for(lambda: well(platform))
    bearer = {"Authorization": f"Bearer {platform.token()}"}
    server = psutil.Process(platform.pids()["postgres"])
    stopped = [server, *server.children(recursive=True)]
    for process in stopped:
        process.suspend()
    try:
        answer = httpx.get(f"{platform.url}/api/v1/health", headers=bearer, timeout=15)
    finally:
        for process in stopped:
            process.resume()
    assert answer.status_code == 503
    assert answer.json()["parts"][0]["name"] == "database"
    wait_for(lambda: well(platform))


def test_the_audit_chain_is_sound(platform: Platform) -> None:
    said = json.loads(platform.command("audit", "verify", "--json").stdout)
    assert said["faults"] == []
    assert said["sealed"] + said["waiting"] > 0


def living(pid: int) -> bool:
    """A process that ended but was not asked for its code yet (a zombie) does not live."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def await_end(pids: set[int]) -> None:
    wait_for(lambda: not any(living(pid) for pid in pids), 30)


def everything(up: int) -> set[int]:
    return {child.pid for child in psutil.Process(up).children(recursive=True)}


@pytest.fixture
def own_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wr-stop-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_everything_ends_with_it_and_starts_again_on_the_same_folder(own_folder: Path) -> None:
    with launched(own_folder, port=free_port()) as killed:
        started = everything(killed.process.pid)
        killed.process.kill()
        killed.process.wait(10)
        await_end(started)
    with launched(own_folder, port=free_port()) as again:
        assert again.password == killed.password
        started = everything(again.process.pid) | {pid for pid in again.pids().values() if pid}
        assert again.stop() == 0
        await_end(started)


def test_a_closed_terminal_stops_it_in_order(own_folder: Path) -> None:
    terminal, its_end = os.pipe()
    command = [*UP, "--data", str(own_folder), "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=its_end, text=True) as up:
        os.close(its_end)
        assert up.stdout is not None
        assert up.stdout.readline().startswith("ready ")
        started = everything(up.pid)
        os.close(terminal)
        up.send_signal(signal.SIGHUP)
        assert up.wait(60) == 0
        await_end(started)


def test_a_platform_with_another_key_ends_with_a_sentence(own_folder: Path) -> None:
    """Until somebody says that the former one is lost."""
    command = [*UP, "--data", str(own_folder), "--port", str(free_port())]
    key, other = own_folder / "secret.key", "b" * 64
    with launched(own_folder, port=free_port()):
        own = key.read_text()
    key.write_text(other)
    new = {"WARDROUND_SECRET_KEY": other}
    for given in ({}, new):
        said = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=os.environ | given,
        )
        assert said.returncode == 2
        assert "WARDROUND_KEY_LOST" in said.stderr
        assert "Traceback" not in said.stderr
        assert not (own_folder / "postgres" / "postmaster.pid").exists()
    with launched(own_folder, port=free_port(), environment=new | {"WARDROUND_KEY_LOST": "yes"}):
        pass
    with launched(own_folder, port=free_port()):
        pass
    key.write_text(own)
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert said.returncode == 2


def test_a_collector_that_is_stopped_is_ended_and_told_in_health(own_folder: Path) -> None:
    with launched(own_folder, port=free_port()) as platform:
        wait_for(lambda: well(platform))
        before = platform.pids()["collect"]
        assert before is not None
        os.kill(before, signal.SIGSTOP)
        wait_for(lambda: platform.pids()["collect"] not in {before, None}, 120)

        def told() -> bool:
            parts = {part["name"]: part for part in health(platform)["parts"]}
            return not parts["collect"]["ok"] and "1" in parts["collect"]["text"]

        wait_for(told)
        assert "does not turn" in (own_folder / "log" / "collect.log").read_text()
