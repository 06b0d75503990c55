"""Data of earlier versions into today's form, bit by bit in the background.

Nothing waits for it: questions read both forms. Every step may be cut short or done twice: roll-ups
carried over twice are the same rows, and what is carried over is dropped only after that.
"""

from __future__ import annotations

from wardround.history import statements
from wardround.history.engine import Engine

_TABLES = (("samples_5m", "rolled_5m", 3600), ("samples_1h", "rolled_1h", 86_400))
"""From, to, and the seconds of time carried in one statement."""
_PARTITIONS = """
SELECT partition_id, toUnixTimestamp(min(min_time)), toUnixTimestamp(max(max_time))
FROM system.parts
WHERE active AND database = currentDatabase() AND table = {table:String}
GROUP BY partition_id ORDER BY partition_id DESC LIMIT 1
"""
_OLD_SAMPLES = """
SELECT partition_id
FROM
(
    SELECT partition_id, name, groupArray(column) AS columns
    FROM system.parts_columns
    WHERE active AND database = currentDatabase() AND table = 'samples'
    GROUP BY partition_id, name
)
WHERE NOT has(columns, 'scale')
GROUP BY partition_id ORDER BY partition_id LIMIT 1
"""
_POWERS = "[1., 10., 100., 1000., 10000., 100000., 1000000.]"
_FEWEST = f"""(toInt8(arrayFirstIndex(
    p -> abs(value) * p < 9007199254740992
        AND reinterpretAsInt64(toInt64(round(value * p)) / p) = reinterpretAsInt64(value),
    {_POWERS})) - 1)"""
_BUSY = """
SELECT count() FROM system.mutations
WHERE database = currentDatabase() AND table = 'samples' AND NOT is_done
"""


def carry_over(store: Engine, *, on_cluster: str) -> bool:
    """Carry one partition over; False when nothing of earlier versions is left to carry."""
    for old, new, span in _TABLES:
        found = store.rows(_PARTITIONS, {"table": old})
        if found:
            _carry_rollups(store, (old, new), found[0], span)
            store.command(f"ALTER TABLE {old} {on_cluster} DROP PARTITION ID '{found[0][0]}'")
            return True
    return _shorten_samples(store, on_cluster)


def _carry_rollups(
    store: Engine, tables: tuple[str, str], partition: tuple[str, int, int], span: int
) -> None:
    _, first, last = partition
    for begin in range(first // span * span, last + 1, span):
        words = {"old": tables[0], "new": tables[1], "begin": str(begin), "end": str(begin + span)}
        store.command(statements.sql("carry_rollups", words))


def _shorten_samples(store: Engine, on_cluster: str) -> bool:
    """Have the engine write one day's samples anew as decimals; it goes on after a restart."""
    if store.rows(_BUSY)[0][0]:
        return True
    found = store.rows(_OLD_SAMPLES)
    if not found:
        return False
    words = {"on_cluster": on_cluster, "partition": found[0][0]}
    words |= {"fewest": _FEWEST, "powers": _POWERS}
    store.command(statements.sql("carry_samples", words))
    return True
