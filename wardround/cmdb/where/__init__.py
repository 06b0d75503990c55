"""Items by an expression: `type = server and memory_gb >= 64 and owner.department = "信息科"`.

One language for lists, permissions and rules: `compiled` gives the condition in SQL that is true of
exactly the items of which `Evaluation` finds it true, and of no item through one that the reader
may not know.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from wardround.cmdb.items import Condition
from wardround.cmdb.where.compiling import Compiling
from wardround.cmdb.where.names import Names
from wardround.cmdb.where.reading import read
from wardround.kernel.reach import Reach
from wardround.kernel.wording import label_of
from wardround.schema import queries as schema

__all__ = ["compiled", "names"]


def compiled(
    expression: str, names: Names, reach: Reach, at: datetime, *, at_once: bool = False
) -> Q:
    """The condition on items. Raises ExpressionError with the place of what is not right.

    Args:
        expression: as somebody wrote it.
        names: what it may use.
        reach: of whoever wrote it: what leads out of it is missing.
        at: the moment from which days are counted.
        at_once: what is asked of few other items is looked up now, as many queries as it takes: for
            what is asked again and again in one request.

    """
    plain = read(expression, names)
    return Compiling(expression, names, reach, at, at_once).truth(plain.root)


def names() -> Names:
    """Every name, by the definitions there are now."""
    return schema.derived("cmdb.where-names", _names)


def _names() -> Names:
    conditions = {each: label_of(each) for each in Condition}
    return Names.of(schema.remembered_item_types(), schema.layers(), conditions)
