"""The commands that run the platform: up, its processes one by one, doctor, audit, token's setting.

Nothing heavy is imported before a command runs: `wardround --help` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from wardround.kernel.wording import Wording, terminal_language
from wardround.site import logs
from wardround.site.errors import SiteError
from wardround.site.folder import DataFolder

DEFAULT_PORT = 8420
Subparsers = Any


def add_commands(subparsers: Subparsers) -> None:
    """Add this room's commands to the program's parser."""
    up = _command(subparsers, "up", "start everything on this machine / 启动整个平台", run_up)
    up.add_argument("--port", type=_port, default=os.environ.get("PORT") or str(DEFAULT_PORT))
    up.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all")
    up.add_argument("--demo", action="store_true", help="with the demonstration hospital")
    web = _command(subparsers, "web", "one front end / 前端进程", run_web)
    web.add_argument(
        "--listen", type=_place, default=f"127.0.0.1:{DEFAULT_PORT}", metavar="HOST:PORT"
    )
    _command(subparsers, "work", "one worker for background jobs / 后台作业进程", run_work)
    _command(subparsers, "collect", "one collector / 采集进程", run_collect)
    history = _command(subparsers, "history", "the embedded history server / 历史库", run_history)
    history.add_argument("--port", type=_port, required=True)
    history.add_argument("--memory-mb", type=_megabytes, default=1024)
    _command(subparsers, "doctor", "say what is wrong in plain words / 体检", run_doctor)
    audit = subparsers.add_parser("audit", help="the audit chain / 审计链")
    verbs = audit.add_subparsers(dest="verb", required=True)
    verify = _command(
        verbs, "verify", "find altered, missing or inserted records / 校验审计链", run_audit_verify
    )
    ground = _command(
        verbs, "ground", "judge the chain from here on, after a restore / 恢复备份后重新立基",
        run_audit_ground,
    )  # fmt: skip
    ground.add_argument("--reason", required=True, help="why, for the audit chain / 原因")
    for command in (verify, ground):
        command.add_argument(
            "--anchor", action="append", default=[], metavar="FILE",
            help="also compare with this file, such as a collected syslog / 另外比对的锚点文件",
        )  # fmt: skip


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        wanted = Wording(
            "“%(text)s” must be a whole number from %(least)s to %(most)s",
            {"text": text, "least": least, "most": most},
        )
        raise argparse.ArgumentTypeError(wanted.text())
    return int(text)


def _port(text: str) -> int:
    return _number(text, 0, 65_535)


def _megabytes(text: str) -> int:
    return _number(text, 64, 2**20)


def _place(text: str) -> tuple[str, int]:
    """HOST:PORT; no host means this machine alone."""
    host, _colon, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", _port(port)


def _command(subparsers: Subparsers, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=text)
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run)
    return parser


def with_django(data: str | None, *, role: str = "") -> DataFolder:
    """Make Django usable on an installation's stores, for commands that need them.

    A process with a `role` speaks the hospital's language, a command that of its terminal.
    """
    folder = DataFolder.chosen(data)
    folder.look_at_key()
    os.environ.update(folder.environment())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    if role:
        logs.exchange_own()
        os.environ["WARDROUND_ROLE"] = role
    import django  # noqa: PLC0415  # only commands that need it pay for it
    from django.utils import translation  # noqa: PLC0415

    django.setup()
    if not role:
        translation.activate(terminal_language())
    return folder


def run_up(arguments: argparse.Namespace) -> int:
    from wardround.site.supervisor import Supervisor, Wishes  # noqa: PLC0415

    wishes = Wishes(arguments.port, arguments.host, arguments.demo, arguments.json)
    return Supervisor(DataFolder.chosen(arguments.data), wishes).run()


def run_web(arguments: argparse.Namespace) -> int:
    with_django(arguments.data, role="web")
    from wardround.site import doctor, prepare, serve  # noqa: PLC0415

    prepare.ensure()
    host, port = arguments.listen
    doctor.refuse_a_port(host, port)
    return serve.run(host, port)


def run_work(arguments: argparse.Namespace) -> int:
    with_django(arguments.data, role="work")
    from wardround.site import prepare, work  # noqa: PLC0415

    prepare.ensure()
    return work.run()


def run_collect(arguments: argparse.Namespace) -> int:
    with_django(arguments.data, role="collect")
    from wardround.collect import process  # noqa: PLC0415
    from wardround.site import prepare  # noqa: PLC0415

    prepare.ensure()
    return process.run()


def run_history(arguments: argparse.Namespace) -> int:
    from wardround.history import server  # noqa: PLC0415
    from wardround.site import doctor  # noqa: PLC0415

    logs.exchange_own()
    doctor.refuse_a_port("127.0.0.1", arguments.port)
    folder = DataFolder.chosen(arguments.data)
    folder.prepare()
    os.environ.setdefault("WARDROUND_HISTORY_PASSWORD", folder.history_password)
    place = folder.path / "history"
    place.mkdir(exist_ok=True)
    return server.run(place, port=arguments.port, memory_mb=arguments.memory_mb)


def run_doctor(arguments: argparse.Namespace) -> int:
    from wardround.site import doctor  # noqa: PLC0415

    findings = doctor.examine(DataFolder.chosen(arguments.data))
    if any(found.name == "database" and found.health == "ok" for found in findings):
        with_django(arguments.data)
        from wardround.kernel import clock  # noqa: PLC0415
        from wardround.site import (  # noqa: PLC0415
            alert_tickets,
            audit,
            calendars,
            levels,
            upkeep,
        )

        now = clock.now()
        findings += [calendars.examine(now), alert_tickets.examine(), levels.examine()]
        findings += [audit.examine(now), *upkeep.examine()]
    if arguments.json:
        rows = [
            {"name": finding.name, "level": finding.health, "text": finding.text}
            for finding in findings
        ]
        _print(json.dumps(rows, ensure_ascii=False))
    else:
        marks = {"ok": "✓", "warning": "!", "fault": "✗"}
        for finding in findings:
            _print(f"{marks[finding.health]} {finding.name:<10} {finding.text}")
    return 1 if any(finding.health == "fault" for finding in findings) else 0


def run_audit_verify(arguments: argparse.Namespace) -> int:
    with_django(arguments.data)
    from wardround.site import audit  # noqa: PLC0415

    verdict = audit.verify(arguments.anchor)
    _print(audit.as_json(verdict) if arguments.json else audit.as_text(verdict))
    return 0 if verdict.sound else 1


def run_audit_ground(arguments: argparse.Namespace) -> int:
    with_django(arguments.data)
    from wardround.site import audit  # noqa: PLC0415

    _print(audit.take_as_ground(arguments.reason, arguments.anchor))
    return 0


def report(error: SiteError, *, as_json: bool) -> None:
    """Tell the person at the terminal (or the program behind it) what is wrong."""
    if as_json:
        body = {"code": error.code, "message": str(error)}
        _print(json.dumps(body, ensure_ascii=False), file=sys.stderr)
    else:
        _print(str(error), file=sys.stderr)


def _print(text: str, *, file: Any = None) -> None:
    print(text, file=file or sys.stdout, flush=True)  # a command's answer
