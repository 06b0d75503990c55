"""Cut a fault tree into modules: gates whose variables occur nowhere else.

A module behaves like one variable above it, so each is solved alone. Linear time: a gate is a
module when every visit to what lies below it happens between its own first entry and exit in one
depth-first walk (Dutuit and Rauzy 1996). Before that, the inputs of an AND or OR that are modules
or variables used once are gathered in a gate of their own, which is then a module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wardround.dependability.tree import OFTEN, Tree, at_any_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Part:
    """One module: `tree.variables[v]` is a variable of the whole tree (≥ 0) or, for a module below,
    −1 − its position in the list of parts. Parts stand after the parts they use.
    """

    tree: Tree


def parts_of(tree: Tree, look: Callable[[], None] = at_any_length) -> list[Part]:
    """The modules of a tree whose top is a gate; the last part holds the top. `look` is called
    again and again, and may raise.
    """
    found = _modules(tree, look)
    look()
    grouped = _grouped(tree, found)
    found = _modules(grouped, look)
    look()
    return list(_split(grouped, _worthwhile(grouped, found), look))


def _modules(tree: Tree, look: Callable[[], None]) -> set[int]:
    """Gates (−1 − g) that are modules."""
    first, last, left = _dates(tree, look)
    lowest: dict[int, int] = {}
    highest: dict[int, int] = {}
    found = set()
    for gate, inputs in enumerate(tree.inputs):
        if not gate % OFTEN:
            look()
        number = -1 - gate
        if number not in first:
            continue
        low = min(min(first[each], lowest.get(each, first[each])) for each in inputs)
        high = max(max(last[each], highest.get(each, last[each])) for each in inputs)
        lowest[number], highest[number] = low, high
        if first[number] < low and high < left[number]:
            found.add(number)
    return found


def _worthwhile(tree: Tree, modules: set[int]) -> set[int]:
    """Without the modules inside a larger part in which everything is used once: its diagram is as
    small as its list of variables, and long chains stay one part.
    """
    uses = _uses(tree)
    once: set[int] = set()
    for gate, inputs in enumerate(tree.inputs):
        simple = all(uses[each] == 1 and (each >= 0 or each in once) for each in inputs)
        votes = 1 < tree.fail[gate] < len(inputs)
        if simple and not votes:
            once.add(-1 - gate)
    inner = {
        each
        for gate, inputs in enumerate(tree.inputs)
        if -1 - gate in once
        for each in inputs
        if each < 0
    }
    return modules - inner


def _uses(tree: Tree) -> dict[int, int]:
    uses: dict[int, int] = {}
    for inputs in tree.inputs:
        for each in inputs:
            uses[each] = uses.get(each, 0) + 1
    return uses


def _dates(
    tree: Tree, look: Callable[[], None]
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """First and last visit of each node, and the exit from the first visit of each gate."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    left: dict[int, int] = {}
    stack = [(tree.top, False)]
    for clock in _ticks():
        if not stack:
            break
        if not clock % (8 * OFTEN):
            look()
        node, leaving = stack.pop()
        if leaving:
            left[node] = last[node] = clock
            continue
        last[node] = clock
        if node in first:
            continue
        first[node] = clock
        if node < 0:
            stack.append((node, True))
            stack.extend((each, False) for each in reversed(tree.inputs[-1 - node]))
    return first, last, left


def _ticks() -> Iterator[int]:
    clock = 0
    while True:
        clock += 1
        yield clock


def _grouped(tree: Tree, modules: set[int]) -> Tree:
    """The same tree with the independent inputs of each AND or OR gathered in one gate."""
    uses = _uses(tree)
    grouped = Tree(tree.variables)
    moved: dict[int, int] = {}
    for gate, given in enumerate(tree.inputs):
        fail = tree.fail[gate]
        alone = [each for each in given if uses[each] == 1 and (each >= 0 or each in modules)]
        rest = [each for each in given if uses[each] > 1 or (each < 0 and each not in modules)]
        inputs = [moved.get(each, each) for each in given]
        if fail in {1, len(given)} and len(alone) > 1 and rest:
            gathered = [moved.get(each, each) for each in alone]
            group = grouped.gate(1 if fail == 1 else len(alone), gathered)
            inputs = [*(moved.get(each, each) for each in rest), group]
            fail = 1 if fail == 1 else len(inputs)
        moved[-1 - gate] = grouped.gate(fail, inputs)
    grouped.tops = [moved.get(tree.top, tree.top)]
    return grouped


def _split(tree: Tree, modules: set[int], look: Callable[[], None]) -> Iterator[Part]:
    position: dict[int, int] = {}
    for number in sorted(modules, reverse=True):  # gates stand after their inputs
        look()
        members = _members(tree, number, modules)
        yield Part(_part(tree, members, position))
        position[number] = len(position)


def _members(tree: Tree, root: int, modules: set[int]) -> list[int]:
    """Gates of one module, inputs first, without the modules inside it."""
    seen = {root}
    stack = [root]
    while stack:
        for each in tree.inputs[-1 - stack.pop()]:
            if each < 0 and each not in seen and each not in modules:
                seen.add(each)
                stack.append(each)
    return sorted(seen, reverse=True)


def _part(tree: Tree, members: list[int], position: dict[int, int]) -> Tree:
    part = Tree([])
    names: dict[int, int] = {}
    for number in members:
        inputs = []
        for each in tree.inputs[-1 - number]:
            if each not in names:
                names[each] = len(part.variables)
                part.variables.append(each if each >= 0 else -1 - position[each])
            inputs.append(names[each])
        names[number] = part.gate(tree.fail[-1 - number], inputs)
    part.tops = [-len(part.fail)]
    return part
