"""The command line of the dependability engine: `cutsets`, `whatif` and `cfia`.

Only parsing happens at import; the engine and its compiler load when a command runs.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardround.dependability.errors import DependabilityError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from wardround.dependability.cuts import CutSets
    from wardround.dependability.diagram import Budget
    from wardround.dependability.explanations import WhatIf
    from wardround.dependability.matrix import Matrix
    from wardround.dependability.model import Model

_SAFE_INTEGER = 2**53
_FAILED, _STOPPED = 1, 130
_SHEET_CELLS = 2_000_000


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `cutsets`, `whatif` and `cfia` to a program's commands."""
    _cutsets_parser(subparsers)
    whatif = _parser(subparsers, "whatif", "What happens to the services when items fail.", _whatif)
    whatif.add_argument("--failed", required=True, type=_names, metavar="A,B")
    whatif.add_argument("--services", type=_names, metavar="S,T", help="default: the model's tops")
    cfia = _parser(subparsers, "cfia", "The impact matrix: which item stops which service.", _cfia)
    cfia.add_argument("--services", type=_names, metavar="S,T", help="default: the model's tops")
    cfia.add_argument("--xlsx", type=Path, metavar="OUT", help="write the matrix to a workbook")
    cfia.add_argument("--limit", type=int, default=30, help="items to print (default 30)")


def _cutsets_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _parser(subparsers, "cutsets", "Minimal cut sets of a service or top event.", _cutsets)
    parser.add_argument("--top", help="name of the top; needed when there are several")
    parser.add_argument("--max-order", type=int, metavar="N", help="only sets of up to N items")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="sets to list (20)")
    parser.add_argument("--order", choices=("size", "probability"), default="size")
    parser.add_argument("--paths", action="store_true", help="minimal path sets instead")
    parser.add_argument("--importance", action="store_true", help="importance of every item")
    parser.add_argument("--budget-seconds", type=float, default=float("inf"), metavar="S")
    parser.add_argument("--budget-memory", type=float, default=3072.0, metavar="MB")


_Subparsers = argparse._SubParsersAction  # noqa: SLF001  no public name


def _parser(
    subparsers: _Subparsers[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=text, description=text)
    parser.add_argument("file", type=Path, help="Open-PSA XML, or the compact text form")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--strict", action="store_true", help="refuse names without a definition")
    parser.set_defaults(run=lambda args: _guarded(run, args))
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _guarded(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    try:
        return run(args)
    except DependabilityError as error:
        problem = {"error": error.code, "message": str(error)}
        print(json.dumps(problem, ensure_ascii=False) if args.json else f"{error}", file=sys.stderr)  # noqa: T201  a command prints
    except OSError as error:
        print(f"{args.file}: {error.strerror}", file=sys.stderr)  # noqa: T201  a command prints
    except MemoryError:
        print("Out of memory. Set --max-order or a smaller --budget-memory.", file=sys.stderr)  # noqa: T201  a command prints
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201  a command prints
        return _STOPPED
    return _FAILED


def _say(text: str = "") -> None:
    print(text)  # noqa: T201  a command prints


def _load(args: argparse.Namespace) -> Model:
    from wardround.dependability.openpsa import read_model  # noqa: PLC0415  loaded on demand

    return read_model(args.file, strict=args.strict)


# -- cutsets


def _cutsets(args: argparse.Namespace) -> int:
    model = _load(args)
    from wardround.dependability.cuts import cut_sets, path_sets  # noqa: PLC0415  loaded on demand
    from wardround.dependability.diagram import Budget  # noqa: PLC0415  loaded on demand

    budget = Budget(args.budget_seconds, args.budget_memory, progress=_progress())
    with _interruptible(budget):
        question = path_sets if args.paths else cut_sets
        answer = question(model, args.top, max_order=args.max_order, budget=budget)
        body = _answer_body(answer)
        body["listed"] = _listed(answer, args.limit, args.order)
        if args.importance:
            body["importance"] = _importance(answer)
    _say(json.dumps(body, ensure_ascii=False) if args.json else _answer_text(answer, body))
    return _STOPPED if answer.ended == "interrupted" else 0


def _progress() -> Callable[[str], None]:
    """Speaks on a terminal's standard error, at most twice a second, from the second second on."""
    began = last = time.monotonic()

    def say(what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 0.5 and now - began >= 1.0:
            last = now
            print(f"  {now - began:.0f} s: {what}", file=sys.stderr)  # noqa: T201  a command prints

    return say


@contextlib.contextmanager
def _interruptible(budget: Budget) -> Iterator[None]:
    """Ctrl-C ends the budget, so that what is known gets printed; a second one ends the program."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if budget.stopped:
            raise KeyboardInterrupt
        budget.stopped = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _whole(number: int) -> int | str:
    return number if number < _SAFE_INTEGER else str(number)


def _answer_body(answer: CutSets) -> dict[str, Any]:
    count = "minimal_path_sets" if answer.paths else "minimal_cut_sets"
    return {
        "top": answer.top,
        "gates": answer.gates,
        "basic_events": answer.basic_events,
        count: _whole(answer.count),
        "by_order": [_whole(number) for number in answer.by_order],
        "probability": answer.probability,
        "probability_bounds": answer.bounds,
        "exact": answer.exact,
        "complete_to_order": answer.complete_to,
        "ended": answer.ended,
        "seconds": round(answer.seconds, 4),
        "variable_order": answer.variable_order,
        "bdd_nodes": answer.bdd_nodes,
        "zbdd_nodes": answer.zbdd_nodes,
    }


def _listed(answer: CutSets, limit: int, order: Any) -> list[dict[str, Any]]:
    if limit <= 0:
        return []
    sets = itertools.islice(answer.sets(order), limit)
    return [{"items": each.items, "probability": each.probability} for each in sets]


def _importance(answer: CutSets) -> list[dict[str, Any]]:
    from wardround.dependability.importances import importance  # noqa: PLC0415  loaded on demand

    found = []
    for each in importance(answer):
        row = dict(vars(each))
        row["rrw"] = None if each.rrw == float("inf") else each.rrw
        found.append(row)
    return found


def _answer_text(answer: CutSets, body: dict[str, Any]) -> str:
    what = "path sets" if answer.paths else "cut sets"
    least = "" if answer.exact or answer.ended == "order" else "at least "
    lines = [
        f"{answer.top}: {answer.gates} gates, {answer.basic_events} basic events",
        f"minimal {what}: {least}{answer.count:,}{_scope(answer)}",
        *(f"  order {order}: {n:,}" for order, n in enumerate(answer.by_order) if n),
        f"probability: {_chance_text(answer)}",
        f"{answer.seconds:.3f} s, {answer.bdd_nodes:,} nodes, order “{answer.variable_order}”",
    ]
    for each in body["listed"]:
        chance = "" if each["probability"] is None else f"  {each['probability']:.6g}"
        lines.append(f"  {{{', '.join(each['items'])}}}{chance}")
    lines += [_importance_text(each) for each in body.get("importance", [])]
    return "\n".join(lines)


def _scope(answer: CutSets) -> str:
    if answer.exact:
        return " (exact)"
    if answer.complete_to is None:
        return f" (nothing is complete: {answer.ended} ended)"
    return f" (exact up to order {answer.complete_to}; beyond it not counted: {answer.ended})"


def _chance_text(answer: CutSets) -> str:
    if answer.probability is not None:
        return f"{answer.probability:.6g} (exact)"
    if answer.bounds is not None:
        return f"between {answer.bounds[0]:.6g} and {answer.bounds[1]:.6g}"
    return "not known: some items have no probability"


def _importance_text(row: dict[str, Any]) -> str:
    rrw = "∞" if row["rrw"] is None else f"{row['rrw']:.4g}"
    return (
        f"  {row['item']}: Birnbaum {row['birnbaum']:.4g}, criticality {row['criticality']:.4g}, "
        f"Fussell–Vesely {row['fussell_vesely']:.4g}, RAW {row['raw']:.4g}, RRW {rrw}"
    )


# -- whatif


def _whatif(args: argparse.Namespace) -> int:
    model = _load(args)
    from wardround.dependability.explanations import what_if  # noqa: PLC0415  loaded on demand

    world = what_if(model, args.failed, args.services)
    body = {
        "failed": list(world.failed),
        "down": [_fallen(world, name) for name in world.down],
        "switched": [_switched(world, name) for name in world.switched],
        "degraded": world.degraded,
    }
    _say(json.dumps(body, ensure_ascii=False) if args.json else _whatif_text(body))
    return 0


def _fallen(world: WhatIf, name: str) -> dict[str, Any]:
    return {"service": name, "why": [str(step) for step in world.why(name)]}


def _switched(world: WhatIf, name: str) -> dict[str, Any]:
    switches, minutes = world.switches(name)
    to = [{"at": each.node, "to": each.standby, "minutes": each.minutes} for each in switches]
    return {**_fallen(world, name), "minutes": minutes, "switches": to}


def _whatif_text(body: dict[str, Any]) -> str:
    lines = []
    for each in body["down"]:
        lines += [f"{each['service']}: DOWN", *(f"    {why}" for why in each["why"])]
    for each in body["switched"]:
        lines.append(f"{each['service']}: up after a switch of {each['minutes']:g} min")
        lines += [
            f"    {s['at']}: switch to {s['to']} ({s['minutes']:g} min)" for s in each["switches"]
        ]
    lines += [f"{name}: degraded" for name in body["degraded"]]
    return "\n".join(lines) or "No service is touched."


# -- cfia


def _cfia(args: argparse.Namespace) -> int:
    model = _load(args)
    from wardround.dependability.matrix import cfia  # noqa: PLC0415  loaded on demand

    matrix = cfia(model, args.services)
    if args.xlsx is not None:
        _workbook(matrix, args.xlsx)
    _say(
        json.dumps(_matrix_body(matrix), ensure_ascii=False)
        if args.json
        else _table(matrix, args.limit)
    )
    return 0


def _service_names(matrix: Matrix) -> list[str]:
    return [matrix.model.label(int(node)) for node in matrix.services]


def _matrix_body(matrix: Matrix) -> dict[str, Any]:
    names = _service_names(matrix)
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
    }


def _table(matrix: Matrix, limit: int) -> str:
    names = _service_names(matrix)
    lines = [f"{'item':30} {'X':>4} {'M':>4} {'A':>4}  " + " ".join(names[:12])]
    for item, total in itertools.islice(matrix.critical_items(), limit):
        cells = [matrix.cell(item, name) or "." for name in names[:12]]
        shown = " ".join(c.ljust(len(n)) for c, n in zip(cells, names[:12], strict=True))
        counts = f"{total.single:>4} {total.manual:>4} {total.alternative:>4}"
        lines.append(f"{item:30} {counts}  {shown}".rstrip())
    lines += [f"{name}: down with nothing failed; correct its formula" for name in matrix.broken]
    if matrix.undecided:
        lines.append(f"{matrix.undecided} cells A are not proved (could be blank)")
    return "\n".join(lines)


def _workbook(matrix: Matrix, path: Path) -> None:
    """Items down, services across, critical items first; blank cells stay empty."""
    from openpyxl import Workbook  # noqa: PLC0415  loaded on demand

    names = _service_names(matrix)
    rows = [matrix.row(name) for name in names]
    items = list(matrix.critical_items())
    if len(items) * len(names) > _SHEET_CELLS:
        raise DependabilityError(
            f"{len(items)} × {len(names)} cells do not fit a sheet. Choose fewer --services."
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("CFIA")
    sheet.freeze_panes = "E2"
    sheet.append(["item", "X", "M", "A", *names])
    for item, total in items:
        counts: Sequence[int] = (total.single, total.manual, total.alternative)
        sheet.append([item, *counts, *(row.get(item) for row in rows)])
    book.save(path)
