"""The answers of the commands in words, in the language of the terminal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from wardround.dependability.messages import ORDER_NAMES_ZH, term
from wardround.kernel.language import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wardround.dependability.cuts import CutSets
    from wardround.dependability.matrix import Matrix

_ENDED = {
    "time": ("时间预算用完", "the time budget ran out"),
    "memory": ("内存预算用完", "the memory budget ran out"),
    "interrupted": ("被中断", "interrupted"),
    "order": ("按 --max-order 的要求", "as --max-order asks"),
}


def answer_text(answer: CutSets, body: dict[str, Any]) -> str:
    lines = [
        spoken(
            zh=f"{answer.top}：{answer.gates} 个门，{answer.basic_events} 个基本事件",
            en=f"{answer.top}: {answer.gates} gates, {answer.basic_events} basic events",
        ),
        _count_text(answer),
        *([_hull_text((answer.top,))] if answer.of_hull else []),
        *(
            spoken(zh=f"  {order} 阶：{n:,} 个", en=f"  order {order}: {n:,}")
            for order, n in enumerate(answer.by_order)
            if n
        ),
        _chance_text(answer),
        _effort_text(answer),
    ]
    for each in body["listed"]:
        chance = "" if each["probability"] is None else f"  {each['probability']:.6g}"
        lines.append(f"  {{{', '.join(each['items'])}}}{chance}")
    lines += [_importance_text(each) for each in body.get("importance", [])]
    return "\n".join(lines)


def _count_text(answer: CutSets) -> str:
    certain = answer.exact or answer.ended == "order"
    zh, en = ("最小路集", "path sets") if answer.paths else ("最小割集", "cut sets")
    scope_zh, scope_en = _scope(answer)
    return spoken(
        zh=f"{zh}：{'' if certain else '至少 '}{answer.count:,} 个（{scope_zh}）",
        en=f"minimal {en}: {'' if certain else 'at least '}{answer.count:,} ({scope_en})",
    )


def _hull_text(gates: Sequence[str]) -> str:
    names = ", ".join(gates[:5]) + (" …" if len(gates) > 5 else "")
    return spoken(
        zh=f"注意：{names} 含有 not、xor 一类的运算，以上是其单调外壳的结果（概率为上界）",
        en=f"note: {names} holds not, xor or the like; this is about its monotone hull "
        "(whose probability is an upper bound)",
    )


def _scope(answer: CutSets) -> tuple[str, str]:
    if answer.exact:
        return "精确", "exact"
    zh, en = _ENDED[answer.ended or "time"]
    if answer.complete_to is None:
        return (
            f"{zh}，没有一阶是齐全的；请加大预算，或用 --max-order 限制阶数",
            f"{en}, nothing is complete; raise the budget, or set --max-order",
        )
    order = answer.complete_to
    return (
        f"{order} 阶以内精确，更高阶未计入：{zh}",
        f"exact up to order {order}; beyond it not counted: {en}",
    )


def _chance_text(answer: CutSets) -> str:
    if answer.probability is not None:
        chance = f"{answer.probability:.6g}"
        return spoken(zh=f"概率：{chance}（精确）", en=f"probability: {chance} (exact)")
    if answer.bounds is not None:
        low, high = (f"{each:.6g}" for each in answer.bounds)
        return spoken(
            zh=f"概率：在 {low} 与 {high} 之间", en=f"probability: between {low} and {high}"
        )
    return spoken(
        zh="概率：未知，有的配置项没有概率",
        en="probability: not known: some items have no probability",
    )


def _effort_text(answer: CutSets) -> str:
    seconds, nodes, name = f"{answer.seconds:.3f}", f"{answer.bdd_nodes:,}", answer.variable_order
    zh, en = f"用时 {seconds} 秒，{nodes} 个节点", f"{seconds} s, {nodes} nodes"
    if not name:
        return spoken(zh=zh, en=en)
    return spoken(zh=f"{zh}，变量顺序“{ORDER_NAMES_ZH[name]}”", en=f"{en}, order “{name}”")


def _importance_text(row: dict[str, Any]) -> str:
    rrw = "∞" if row["rrw"] is None else f"{row['rrw']:.4g}"
    birnbaum, criticality, vesely, raw = (
        f"{row[key]:.4g}" for key in ("birnbaum", "criticality", "fussell_vesely", "raw")
    )
    return spoken(
        zh=f"  {row['item']} 的重要度：Birnbaum {birnbaum}，关键性 {criticality}，"
        f"Fussell–Vesely {vesely}，RAW {raw}，RRW {rrw}",
        en=f"  {row['item']}: Birnbaum {birnbaum}, criticality {criticality}, "
        f"Fussell–Vesely {vesely}, RAW {raw}, RRW {rrw}",
    )


def whatif_text(body: dict[str, Any], hulls: Sequence[str] = ()) -> str:
    lines = []
    for each in body["down"]:
        lines.append(spoken(zh=f"{each['service']}：中断", en=f"{each['service']}: DOWN"))
        lines += [f"    {why}" for why in each["why"]]
    for each in body["switched"]:
        name, minutes = each["service"], f"{each['minutes']:g}"
        lines.append(
            spoken(
                zh=f"{name}：切换后恢复，需 {minutes} 分钟",
                en=f"{name}: up after a switch of {minutes} min",
            )
        )
        lines += map(_switch_text, each["switches"])
    lines += [spoken(zh=f"{name}：降级", en=f"{name}: degraded") for name in body["degraded"]]
    lines = lines or [spoken(zh="没有服务受影响。", en="No service is touched.")]
    return "\n".join([*lines, *([_hull_text(hulls)] if hulls else [])])


def _switch_text(switch: dict[str, Any]) -> str:
    at, to = _labels_zh(switch["at"], switch["to"])
    minutes = f"{switch['minutes']:g}"
    return spoken(
        zh=f"    {at}：切换到冷备 {to}（{minutes} 分钟）",
        en=f"    {switch['at']}: switch to {switch['to']} ({minutes} min)",
    )


def _labels_zh(*labels: str) -> list[str]:
    from wardround.dependability.explanations import label_term  # noqa: PLC0415  loaded on demand

    terms = map(label_term, labels)
    return [each if isinstance(each, str) else term(each.key, "zh", each.text) for each in terms]


def matrix_text(matrix: Matrix, limit: int) -> str:
    names = service_names(matrix)
    head = _padded(spoken(zh="配置项", en="item"), 30)
    lines = [f"{head} {'X':>4} {'M':>4} {'A':>4}  " + " ".join(names[:12])]
    for item, total in itertools.islice(matrix.critical_items(), limit):
        shown = " ".join(_padded(matrix.cell(item, n) or ".", _width(n)) for n in names[:12])
        counts = f"{total.single:>4} {total.manual:>4} {total.alternative:>4}"
        lines.append(f"{_padded(item, 30)} {counts}  {shown}".rstrip())
    lines += [
        spoken(
            zh=f"{name}：没有任何故障时也是中断的；请改正它的公式",
            en=f"{name}: down with nothing failed; correct its formula",
        )
        for name in matrix.broken
    ]
    if matrix.undecided:
        lines.append(
            spoken(
                zh=f"有 {matrix.undecided} 个 A 未经证实（也可能是空白）",
                en=f"{matrix.undecided} cells A are not proved (could be blank)",
            )
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
