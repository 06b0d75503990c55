"""`wardround import FILE`: items from a file, worked in here and now, and told by row.

Exit code 0: every row is in; 1: some were refused; 2: the file, or the command, cannot be worked.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardround.kernel.errors import WardroundError
from wardround.kernel.wording import told, untranslated

if TYPE_CHECKING:
    from uuid import UUID

    from wardround.cmdb.import_types import Import, Line
    from wardround.kernel.types import Actor

_MOST_TOLD = 50
_ = untranslated


def add_commands(subparsers: Any) -> None:
    """Add this room's command to the program's parser."""
    parser = subparsers.add_parser("import", help="items from a workbook or text / 导入配置项")
    parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .csv")
    parser.add_argument("--profile", default="", metavar="P", help="a kept mapping / 映射方案")
    parser.add_argument("--source", default="", metavar="NAME",
                        help="whose load it is, a definition / 数据来源")  # fmt: skip
    parser.add_argument("--type", default="", metavar="T", help="of rows that name none / 类型")
    parser.add_argument("--dry-run", action="store_true", help="write nothing / 试运行")
    parser.add_argument("--errors", type=Path, metavar="OUT.xlsx",
                        help="write the refused rows here / 被拒绝的行")  # fmt: skip
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run, needs_stores=True)


def run(given: argparse.Namespace) -> int:
    from wardround.cmdb import import_actions  # noqa: PLC0415  # needs Django
    from wardround.cmdb.import_types import ImportState, NewImport  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    try:
        data = given.file.read_bytes()
    except OSError as error:
        print(f"{given.file}: {error.strerror}", file=sys.stderr)  # noqa: T201  # its answer
        return 2
    actor, at = system_actor("command line"), clock.now()
    new = NewImport(
        given.file.name,
        data,
        profile=given.profile,
        source=given.source,
        type=given.type,
        dry_run=given.dry_run,
    )
    try:
        taken = import_actions.take_in(actor, new, at=at, defer=lambda _id: None)
    except WardroundError as error:
        print(error, file=sys.stderr)  # noqa: T201  # its answer
        return 2
    import_actions.work(taken.id, at=at)
    done, refused = _told(actor, taken.id)
    if given.errors and refused:
        _write_errors(actor, taken.id, given.errors)
    _tell(done, refused, as_json=given.json)
    if done.state is ImportState.FAILED:
        return 2
    return 1 if done.refused else 0


def _told(actor: Actor, import_id: UUID) -> tuple[Import, tuple[Line, ...]]:
    from wardround.cmdb import import_queries  # noqa: PLC0415
    from wardround.cmdb.import_types import Verdict  # noqa: PLC0415

    page = import_queries.list_lines(actor, import_id, verdicts=[Verdict.REFUSED], limit=_MOST_TOLD)
    return import_queries.get(actor, import_id), page.lines


def _write_errors(actor: Actor, import_id: UUID, place: Path) -> None:
    from wardround.cmdb.import_routes import refused_book  # noqa: PLC0415

    place.write_bytes(refused_book(actor, import_id).content)


def _tell(done: Import, refused: tuple[Line, ...], *, as_json: bool) -> None:
    counts = {name: getattr(done, name) for name in ("created", "changed", "unchanged", "refused")}
    of_source = {name: getattr(done, name) for name in ("proposed", "marked", "retired", "held")}
    if as_json:
        rows = [
            {"table": line.table, "row": line.row,
             "problems": [{"field": each.field, "message": each.message} for each in line.problems]}
            for line in refused
        ]  # fmt: skip
        body = {"id": str(done.id), "state": str(done.state), "why": done.why, **counts}
        body |= of_source if done.source else {}
        print(json.dumps({**body, "rows": rows}, ensure_ascii=False))  # noqa: T201  # its answer
        return
    if done.why:
        print(done.why, file=sys.stderr)  # noqa: T201  # the same
        return
    for line in refused:
        why = "; ".join(f"{each.field}: {each.message}" for each in line.problems)
        print(f"  {line.table} {line.row}: {why}", file=sys.stderr)  # noqa: T201  # the same
    text = _("%(created)s made, %(changed)s changed, %(unchanged)s left as they were,"
             " %(refused)s refused")  # fmt: skip
    print(told(text, **counts))  # noqa: T201  # the same
    if done.source:
        text = _("%(proposed)s propose values, %(marked)s missing and marked, %(retired)s retired,"
                 " %(held)s wait for a decision")  # fmt: skip
        print(told(text, **of_source))  # noqa: T201  # the same
