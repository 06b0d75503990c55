"""The program `wardround`: every room adds its own commands."""

from __future__ import annotations

import sys

try:
    import argparse
    import io
    import json
    import os
    from importlib import import_module, metadata
    from typing import Any

    from wardround.site import settings
    from wardround.site.command import report, with_django
    from wardround.site.errors import SiteError
except KeyboardInterrupt:  # Ctrl-C while it is still loading
    sys.exit(130)

_COMMANDS = (
    "wardround.site.command",
    "wardround.access.command",
    "wardround.schema.command",
    "wardround.cmdb.command",
    "wardround.dependability.command",
    "sim.command",
)
_PACK_VERBS = ("wardround.detection.command",)
"""Rooms above that of packs which add to `wardround pack`."""


def command_line() -> argparse.ArgumentParser:
    """What the program understands."""
    parser = argparse.ArgumentParser(prog="wardround", description=__doc__)
    parser.add_argument("--version", action="version", version=_version())
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    verbs = {name: import_module(name).add_commands(subparsers) for name in _COMMANDS}
    for name in _PACK_VERBS:
        import_module(name).add_pack_verbs(verbs["wardround.schema.command"])
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parse, run, and turn what is wrong into words and an exit code."""
    given = argparse.Namespace()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # shows `?` for what a terminal does not have
            stream.reconfigure(errors="replace")
    try:
        given = command_line().parse_args(arguments)
        return _run(given)
    except SiteError as error:
        report(error, as_json=getattr(given, "json", False))
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # Known only once a room was loaded; anything else is a defect and keeps its traceback.
        if not hasattr(error, "problems"):
            raise
        _tell(error, as_json=getattr(given, "json", False))
        return 2


def _run(given: argparse.Namespace) -> int:
    settings.refuse_what_is_wrong(os.environ)
    if getattr(given, "needs_stores", False):
        with_django(given.data)
    return int(given.run(given))


def _tell(error: Any, *, as_json: bool) -> None:
    """Tell an error of the rooms at a terminal: its message, then every field it names."""
    if as_json:
        problems = [{"field": one.field, "message": str(one.message)} for one in error.problems]
        body = {"code": error.code, "message": str(error), "problems": problems}
        print(json.dumps(body, ensure_ascii=False), file=sys.stderr)  # noqa: T201
        return
    print(error, file=sys.stderr)  # noqa: T201  # a command's answer
    for one in error.problems:
        print(f"  {one.field}: {one.message}", file=sys.stderr)  # noqa: T201


def _version() -> str:
    try:
        return metadata.version("wardround")
    except metadata.PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    sys.exit(main())
