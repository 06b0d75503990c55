"""The answers of the commands in words, in the language of the terminal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from wardround.dependability.figures import written
from wardround.dependability.messages import Term, term
from wardround.kernel.wording import Wording, told, untranslated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wardround.dependability.cuts import CutSets
    from wardround.dependability.matrix import Matrix

_ORDERS = 100  # listed in words
_ENDED = {
    "time": untranslated("the time budget ran out"),
    "memory": untranslated("the memory budget ran out"),
    "interrupted": untranslated("interrupted"),
    "order": untranslated("as --max-order asks"),
}


def answer_text(answer: CutSets, body: dict[str, Any]) -> str:
    orders = [(order, count) for order, count in enumerate(answer.by_order) if count]
    lines = [
        told(
            "%(top)s: %(gates)s gates, %(events)s basic events",
            top=answer.top, gates=answer.gates, events=answer.basic_events,
        ),
        _count_text(answer),
        *([_hull_text((answer.top,))] if answer.of_hull else []),
        *(
            told("  order %(order)s: %(count)s", order=order, count=written(count))
            for order, count in orders[:_ORDERS]
        ),
        *([_more_orders(orders)] if len(orders) > _ORDERS else []),
        _chance_text(answer),
        _effort_text(answer),
    ]  # fmt: skip
    for each in body["listed"]:
        chance = "" if each["probability"] is None else f"  {each['probability']:.6g}"
        lines.append(f"  {{{', '.join(each['items'])}}}{chance}")
    lines += [_importance_text(each) for each in body.get("importance", [])]
    return "\n".join(lines)


def _more_orders(orders: Sequence[tuple[int, int]]) -> str:
    return told(
        "  … and %(count)s more orders, up to %(order)s (--json names all)",
        count=f"{len(orders) - _ORDERS:,}", order=orders[-1][0],
    )  # fmt: skip


def _count_text(answer: CutSets) -> str:
    count, scope = written(answer.count), _scope(answer)
    if answer.exact or answer.ended == "order":
        if answer.paths:
            return told("minimal path sets: %(count)s (%(scope)s)", count=count, scope=scope)
        return told("minimal cut sets: %(count)s (%(scope)s)", count=count, scope=scope)
    if answer.paths:
        return told("minimal path sets: at least %(count)s (%(scope)s)", count=count, scope=scope)
    return told("minimal cut sets: at least %(count)s (%(scope)s)", count=count, scope=scope)


def _hull_text(gates: Sequence[str]) -> str:
    names = ", ".join(gates[:5]) + (" …" if len(gates) > 5 else "")
    return told(
        "note: %(names)s holds not, xor or the like; this is about its monotone hull (whose"
        " probability is an upper bound)",
        names=names,
    )


def _scope(answer: CutSets) -> Wording:
    if answer.exact:
        return Wording("exact")
    ended = Wording(_ENDED[answer.ended or "time"])
    if answer.complete_to is None:
        return Wording(
            "%(ended)s, nothing is complete; raise the budget, or set --max-order", {"ended": ended}
        )
    return Wording(
        "exact up to order %(order)s; beyond it not counted: %(ended)s",
        {"order": answer.complete_to, "ended": ended},
    )


def _chance_text(answer: CutSets) -> str:
    if answer.probability is not None:
        return told("probability: %(chance)s (exact)", chance=f"{answer.probability:.6g}")
    if answer.bounds is not None:
        low, high = (f"{each:.6g}" for each in answer.bounds)
        return told("probability: between %(low)s and %(high)s", low=low, high=high)
    return told("probability: not known: some items have no probability")


def _effort_text(answer: CutSets) -> str:
    given = {"seconds": f"{answer.seconds:.3f}", "nodes": f"{answer.bdd_nodes:,}"}
    if not answer.variable_order:
        return told("%(seconds)s s, %(nodes)s nodes", **given)
    order = term(Term("order", answer.variable_order))
    return told("%(seconds)s s, %(nodes)s nodes, order “%(order)s”", **given, order=order)


def _importance_text(row: dict[str, Any]) -> str:
    given = {key: f"{row[key]:.4g}" for key in ("birnbaum", "criticality", "fussell_vesely", "raw")}
    given["rrw"] = "∞" if row["rrw"] is None else f"{row['rrw']:.4g}"
    return told(
        "  %(item)s: Birnbaum %(birnbaum)s, criticality %(criticality)s,"
        " Fussell–Vesely %(fussell_vesely)s, RAW %(raw)s, RRW %(rrw)s",
        item=row["item"], **given,
    )  # fmt: skip


def whatif_text(body: dict[str, Any], hulls: Sequence[str] = ()) -> str:
    lines = []
    for each in body["down"]:
        lines.append(told("%(service)s: DOWN", service=each["service"]))
        lines += [f"    {why}" for why in each["why"]]
    for each in body["switched"]:
        name, minutes = each["service"], f"{each['minutes']:g}"
        lines.append(
            told("%(service)s: up after a switch of %(minutes)s min", service=name, minutes=minutes)
        )
        lines += map(_switch_text, each["switches"])
    lines += [told("%(service)s: degraded", service=name) for name in body["degraded"]]
    lines = lines or [told("No service is touched.")]
    return "\n".join([*lines, *([_hull_text(hulls)] if hulls else [])])


def _switch_text(switch: dict[str, Any]) -> str:
    from wardround.dependability.explanations import label_term  # noqa: PLC0415  loaded on demand

    at, to = (
        term(each) if isinstance(each, Term) else each
        for each in map(label_term, (switch["at"], switch["to"]))
    )
    return told(
        "    %(at)s: switch to %(to)s (%(minutes)s min)",
        at=at, to=to, minutes=f"{switch['minutes']:g}",
    )  # fmt: skip


def matrix_text(matrix: Matrix, limit: int) -> str:
    names = service_names(matrix)
    head = _padded(told("item"), 30)
    lines = [f"{head} {'X':>4} {'M':>4} {'A':>4}  " + " ".join(names[:12])]
    for item, total in itertools.islice(matrix.critical_items(), limit):
        shown = " ".join(_padded(matrix.cell(item, n) or ".", _width(n)) for n in names[:12])
        counts = f"{total.single:>4} {total.manual:>4} {total.alternative:>4}"
        lines.append(f"{_padded(item, 30)} {counts}  {shown}".rstrip())
    lines += [
        told("%(service)s: down with nothing failed; correct its formula", service=name)
        for name in matrix.broken
    ]
    lines += [
        told(
            "%(service)s: up only by a cold standby with nothing failed, so no M or A is told;"
            " switch back, or correct its formula",
            service=name,
        )
        for name in matrix.cold_only
    ]
    if matrix.undecided:
        lines.append(
            told("%(count)s cells A are not proved (could be blank)", count=f"{matrix.undecided:,}")
        )
    if matrix.model.hulls:
        lines.append(_hull_text(matrix.model.hulls))
    return "\n".join(lines)


def _width(text: str) -> int:
    """Cells on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def service_names(matrix: Matrix) -> list[str]:
    return [matrix.model.label(int(node)) for node in matrix.services]
