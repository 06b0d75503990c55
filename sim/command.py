"""`wardround sim`: play the demonstration hospital, break parts of it and heal them."""

from __future__ import annotations

import argparse
import errno
import http.client
import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from wardround.kernel.wording import Label
from wardround.schema.sources import shipped_folder
from wardround.site import logs
from wardround.site.errors import SiteError
from wardround.site.folder import DataFolder


class SimulationAbsent(SiteError):
    code = "simulation_absent"


class SimulationElsewhere(SiteError):
    code = "simulation_elsewhere"


class SimulationRefused(SiteError):
    code = "simulation_refused"


def add_commands(subparsers: Any) -> None:
    sim = subparsers.add_parser("sim", help="the hospital in a box / 模拟医院")
    verbs = sim.add_subparsers(dest="verb", required=True)
    for name, text, run in (
        ("serve", "play the hospital's machines", run_serve),
        ("list", "what can be broken, and what is", run_list),
        ("break", "break something", run_order),
        ("heal", "heal it", run_order),
    ):
        parser = verbs.add_parser(name, help=text)
        parser.add_argument("--data", metavar="DIR", help="the data folder")
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.set_defaults(run=run)
        if name in {"break", "heal"}:
            parser.add_argument("name", help="FAULT or FAULT:ITEM, see `wardround sim list`")


def run_serve(arguments: argparse.Namespace) -> int:
    from sim import machines, server  # noqa: PLC0415  # heavy, and only for this command

    logs.exchange_own()
    folder = DataFolder.chosen(arguments.data)
    hospital = machines.read(shipped_folder() / "hospital")
    port = urlsplit(folder.environment().get("WARDROUND_SIM_URL", "")).port or 0
    return played(lambda: server.run(hospital, port=port, kept=folder.path / "sim-faults.json"))


def played(play: Callable[[], int]) -> int:
    """What `play` answers. Raises SimulationElsewhere where the machines' addresses are taken."""
    try:
        return play()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SimulationElsewhere(
            Label(
                zh="另一个示范医院正在本机运行：本平台监控的就是它的模拟机器，"
                "sim break 与 heal 请对它执行；要用自己的，请先停掉它。",
                en="Another demonstration hospital runs on this machine: this platform watches its"
                " machines; break and heal them there, or stop it to have your own.",
            )
        ) from error


def run_list(arguments: argparse.Namespace) -> int:
    found = _ask(arguments, "GET", "/faults")
    if arguments.json:
        _print(json.dumps(found, ensure_ascii=False))
        return 0
    for kind in found["kinds"]:
        _print(f"  {kind['name']:<20} {kind['zh']} / {kind['en']}")
    for fault in found["broken"]:
        _print(f"✗ {fault['name']}")
    return 0


def run_order(arguments: argparse.Namespace) -> int:
    method = "POST" if arguments.verb == "break" else "DELETE"
    found = _ask(arguments, method, f"/faults/{quote(arguments.name)}")
    if arguments.json:
        _print(json.dumps(found, ensure_ascii=False))
    else:
        _print(f"{'✗' if found['broken'] else '✓'} {found['fault']}")
    return 0


def _ask(arguments: argparse.Namespace, method: str, path: str) -> dict[str, Any]:
    """Ask the running simulation of this installation."""
    place = urlsplit(DataFolder.chosen(arguments.data).environment().get("WARDROUND_SIM_URL", ""))
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=5)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body: dict[str, Any] = json.loads(response.read())
    except OSError as error:
        raise SimulationAbsent(
            Label(
                zh="模拟医院没有在运行；请先执行 make demo 或 wardround up --demo。",
                en="The simulated hospital is not running; start it with make demo.",
            )
        ) from error
    finally:
        connection.close()
    if response.status != 200:
        raise SimulationRefused(Label.parse(body["error"]))
    return body


def _print(text: str) -> None:
    print(text, file=sys.stdout, flush=True)  # noqa: T201  # a command's answer
