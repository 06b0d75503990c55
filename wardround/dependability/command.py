"""The command line of the dependability engine: `cutsets`, `whatif` and `cfia`.

Only parsing happens at import; the engine and its compiler load when a command runs.
"""

from __future__ import annotations

import argparse
import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardround.dependability.answers import answer_text, matrix_text, service_names, whatif_text
from wardround.dependability.arguments import EXAMPLES, at_least, names
from wardround.dependability.errors import (
    BadNumber,
    DependabilityError,
    IncompleteAnswer,
    NoSuchTop,
)
from wardround.dependability.figures import for_json
from wardround.dependability.interrupts import STOPPED, ended_at_once, interruptible
from wardround.dependability.mef_numbers import MISSION_TIME
from wardround.dependability.terminal import (
    complain,
    complain_json,
    no_more_output,
    progress,
    say,
    say_json,
    shown_as_far_as_it_can,
)
from wardround.kernel.wording import Wording, told, untranslated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wardround.dependability.cuts import CutSets
    from wardround.dependability.diagram import Budget
    from wardround.dependability.explanations import WhatIf
    from wardround.dependability.matrix import Matrix
    from wardround.dependability.model import Model

_FAILED, _PIPE_CLOSED = 1, 141  # the last as a shell counts signals
_FILES = {
    FileNotFoundError: untranslated("there is no such file or folder; check the path"),
    IsADirectoryError: untranslated("this is a folder; name a file"),
    NotADirectoryError: untranslated("a part of the path is not a folder; check the path"),
    PermissionError: untranslated("it may not be read or written; check its permissions"),
}


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `cutsets`, `whatif` and `cfia` to a program's commands."""
    _cutsets_parser(subparsers)
    whatif = _parser(
        subparsers, "whatif", "what happens to the services when items fail / 故障推演", _whatif
    )
    whatif.add_argument(
        "--failed", required=True, type=names, metavar="A,B", help="failed items / 故障的配置项"
    )
    cfia = _parser(
        subparsers, "cfia", "the impact matrix: which item stops which service / 影响矩阵", _cfia
    )
    for parser in (whatif, cfia):
        parser.add_argument(
            "--services",
            type=names,
            metavar="S,T",
            help="default: the model's tops / 服务，默认为模型的顶事件",
        )
    cfia.add_argument(
        "--xlsx",
        type=Path,
        metavar="OUT",
        help="write the matrix to a workbook / 写成 Excel 工作簿",
    )
    cfia.add_argument(
        "--limit",
        type=at_least(0, int),
        default=30,
        metavar="N",
        help="items to print (30) / 最多列出的配置项（30）",
    )


def _cutsets_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _parser(
        subparsers, "cutsets", "minimal cut sets of a service or top event / 最小割集", _cutsets
    )
    for name, kind, metavar, text in (
        ("--top", str, "NAME", "the top; needed when there are several / 顶事件，有多个时必填"),
        ("--max-order", at_least(0, int), "N", "only sets of up to N items / 只求 N 阶以内"),
        ("--limit", at_least(0, int), "N", "sets to list (20) / 最多列出的组数（20）"),
        ("--budget-seconds", at_least(0, float), "S", "stop after this time / 时间预算，秒"),
        (
            "--budget-memory",
            at_least(1, float),
            "MB",
            "stop beyond this memory (3072) / 内存预算（3072）",
        ),
    ):
        parser.add_argument(name, type=kind, metavar=metavar, help=text)
    parser.set_defaults(limit=20, budget_seconds=float("inf"), budget_memory=3072.0)
    parser.add_argument(
        "--order",
        choices=("size", "probability"),
        default="size",
        help="list the smallest or the likeliest first (size) / 按阶数或概率排列（size）",
    )
    parser.add_argument(
        "--paths", action="store_true", help="minimal path sets instead / 改求最小路集"
    )
    parser.add_argument(
        "--importance", action="store_true", help="importance of every item / 各配置项的重要度"
    )


_Subparsers = argparse._SubParsersAction  # noqa: SLF001  no public name


def _parser(
    subparsers: _Subparsers[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        name,
        help=text,
        description=text,
        epilog=EXAMPLES[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the compact text form, or one or more Open-PSA XML files that make one model / "
        "模型文件：一个文本格式文件，或一个以上合为一个模型的 Open-PSA XML",
    )
    parser.add_argument(
        "--mission-time",
        type=at_least(0, float),
        default=MISSION_TIME,
        metavar="H",
        help="hours that system-mission-time means in Open-PSA (8760) / 任务时间，小时（8760）",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output / 以 JSON 回答"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse names without a definition / 不接受没有定义的名称",
    )
    parser.set_defaults(run=lambda args: _guarded(run, args))
    return parser


def _guarded(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    shown_as_far_as_it_can()
    try:
        return run(args)
    except BrokenPipeError:  # whoever reads has enough (`| head`)
        no_more_output()
        return _PIPE_CLOSED
    except DependabilityError as error:
        code, text = error.code, error.text
    except OSError as error:
        code, text = "file", _file_trouble(error, args.files[0])
    except MemoryError:
        text = told("Out of memory. Set --max-order or a smaller --budget-memory.")
        code = "memory"
    except KeyboardInterrupt:
        complain(told("Stopped."))
        return STOPPED
    if args.json:
        complain_json({"error": code, "message": text})
    else:
        complain(text)
    return _FAILED


def _file_trouble(error: OSError, asked: Path) -> str:
    known = _FILES.get(type(error))
    reason = Wording("reading or writing failed (%(words)s)", {"words": error.strerror})
    return told(
        "%(file)s: %(reason)s.",
        file=error.filename or asked,
        reason=Wording(known) if known else reason,
    )


def _load(args: argparse.Namespace, tops: Sequence[str] = ()) -> Model:
    from wardround.dependability import compiling  # noqa: PLC0415  loaded on demand
    from wardround.dependability.openpsa import read_model  # noqa: PLC0415  loaded on demand

    compiling.tell(lambda notice: complain(notice.text))
    return read_model(
        *args.files,
        strict=args.strict,
        mission_time=args.mission_time,
        tops=tops,
        progress=progress(),
    )


# -- cutsets


def _cutsets(args: argparse.Namespace) -> int:
    began = time.monotonic()
    model = _load(args, [args.top] if args.top else ())
    from wardround.dependability.cuts import cut_sets, path_sets  # noqa: PLC0415  loaded on demand
    from wardround.dependability.diagram import Budget  # noqa: PLC0415  loaded on demand

    budget = Budget(args.budget_seconds, args.budget_memory, progress=progress(), began=began)
    if budget.room <= 0:
        held = args.budget_memory - budget.room / 1e6
        least = (held // 50 + 2) * 50  # what it holds, and some room to work in
        raise BadNumber("memory_too_small", asked=f"{args.budget_memory:g}", least=f"{least:.0f}")
    with interruptible(budget):
        question = path_sets if args.paths else cut_sets
        answer = question(model, args.top, max_order=args.max_order, budget=budget)
        body = _answer_body(answer)
        body["listed"] = _listed(answer, args.limit, args.order, budget)
        refused = _with_importance(answer, body, budget) if args.importance else None
    if args.json:
        say_json(body)
    else:
        say(answer_text(answer, body))
    if refused is not None:
        complain(refused.text)
    return STOPPED if answer.ended == "interrupted" else _FAILED if refused else 0


def _answer_body(answer: CutSets) -> dict[str, Any]:
    count = "minimal_path_sets" if answer.paths else "minimal_cut_sets"
    return {
        "top": answer.top,
        "gates": answer.gates,
        "basic_events": answer.basic_events,
        count: for_json(answer.count),
        "by_order": [for_json(number) for number in answer.by_order],
        "probability": answer.probability,
        "probability_bounds": answer.bounds,
        "exact": answer.exact,
        "monotone_hull": answer.of_hull,
        "complete_to_order": answer.complete_to,
        "ended": answer.ended,
        "seconds": round(answer.seconds, 4),
        "variable_order": answer.variable_order,
        "bdd_nodes": answer.bdd_nodes,
        "zbdd_nodes": answer.zbdd_nodes,
    }


def _listed(answer: CutSets, limit: int, order: Any, budget: Budget) -> list[dict[str, Any]]:
    """The first sets; where Ctrl-C came, those found by then."""
    if limit <= 0:
        return []
    known = budget.stopped
    found = []
    for each in itertools.islice(answer.sets(order), limit):
        found.append({"items": each.items, "probability": each.probability})
        if budget.stopped and not known:
            answer.ended = answer.ended or "interrupted"
            break
    return found


def _with_importance(
    answer: CutSets, body: dict[str, Any], budget: Budget
) -> IncompleteAnswer | None:
    """What is known is printed also where a budget ended before importance could be told."""
    try:
        body["importance"] = _importance(answer, budget)
    except IncompleteAnswer as refused:
        if answer.ended == "order":
            raise
        return refused
    return None


def _importance(answer: CutSets, budget: Budget) -> list[dict[str, Any]]:
    from wardround.dependability.importances import importance  # noqa: PLC0415  loaded on demand

    found = []
    for each in importance(answer, budget=budget):
        row = dict(vars(each))
        row["rrw"] = None if each.rrw == float("inf") else each.rrw
        found.append(row)
    return found


# -- whatif


def _whatif(args: argparse.Namespace) -> int:
    model = _load(args, args.services or ())
    from wardround.dependability.explanations import what_if  # noqa: PLC0415  loaded on demand

    with ended_at_once():
        world = what_if(model, args.failed, args.services)
    body = {
        "failed": list(world.failed),
        "down": [_fallen(world, name) for name in world.down],
        "switched": [_switched(world, name) for name in world.switched],
        "degraded": world.degraded,
        "monotone_hulls": model.hulls,
    }
    if args.json:
        say_json(body)
    else:
        say(whatif_text(body, model.hulls))
    return 0


def _fallen(world: WhatIf, name: str) -> dict[str, Any]:
    return {"service": name, "why": [step.text for step in world.why(name)]}


def _switched(world: WhatIf, name: str) -> dict[str, Any]:
    switches, minutes = world.switches(name)
    to = [{"at": each.node, "to": each.standby, "minutes": each.minutes} for each in switches]
    return {**_fallen(world, name), "minutes": minutes, "switches": to}


# -- cfia


def _cfia(args: argparse.Namespace) -> int:
    if args.xlsx is not None and args.xlsx.resolve() in {each.resolve() for each in args.files}:
        raise DependabilityError("workbook_over_model", file=args.xlsx.name)
    model = _load(args, args.services or ())
    from wardround.dependability.matrix import cfia  # noqa: PLC0415  loaded on demand

    with ended_at_once():
        matrix = cfia(model, args.services)
    if not len(matrix.services):
        raise NoSuchTop(())
    left: list[str] = []
    if args.xlsx is not None:
        from wardround.dependability.workbook import write_workbook  # noqa: PLC0415  on demand

        left = write_workbook(matrix, args.xlsx).texts
    if args.json:
        say_json(_matrix_body(matrix, left))
    else:
        say("\n".join([matrix_text(matrix, args.limit), *left]))
    return 0


def _matrix_body(matrix: Matrix, left: list[str]) -> dict[str, Any]:
    names = service_names(matrix)
    totals = [matrix.totals_of_service(name) for name in names]
    return {
        "services": {
            name: {"X": total.single, "M": total.manual, "A": total.alternative}
            for name, total in zip(names, totals, strict=True)
        },
        "cells": {name: matrix.row(name) for name in names},
        "down_from_the_start": matrix.broken,
        "only_by_cold_standby": matrix.cold_only,
        "undecided": matrix.undecided,
        "monotone_hulls": matrix.model.hulls,
        "left_out_of_the_workbook": left,
    }
