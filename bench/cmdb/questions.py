"""What the lists of a made-up hospital are asked, in its own words, by its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One house's people, what is filled in of its items, and what is looked for."""

    department: str
    person: str
    filled: str
    """The statement that says who owns what, and what is said of it."""
    narrow: str
    wide: str
    """Conditions that grant little, and most of the house."""
    plain: Mapping[str, Mapping[str, str]]
    where: Mapping[str, str]
    searched: Mapping[str, str]


_OF_ITEMS = """
    FROM (SELECT id, type, name, substring(key FROM 2)::bigint AS n FROM cmdb_item
          WHERE key ~ '^i[0-9]+$') AS item
    WHERE cmdb_item.id = item.id AND item.type <> 'business-system'
"""
DENSE = Asked(
    department="科室",
    person="职员",
    filled=f"""
    UPDATE cmdb_item SET
        owner_id = (SELECT id FROM cmdb_item WHERE key = 'p' || (length(item.name) + item.n) % 400),
        attributes = CASE item.type
            WHEN 'host' THEN jsonb_build_object('cpu_cores', item.n % 64, 'serial', 'SN' || item.n,
                'warranty_ends_on', to_char(date '2024-01-01' + (item.n % 1500)::int, 'YYYY-MM-DD'))
            WHEN 'terminal' THEN jsonb_build_object('serial', 'PC' || item.n)
            WHEN 'database' THEN jsonb_build_object('engine',
                (ARRAY['oracle', 'mysql', 'dameng', 'iris'])[1 + item.n % 4])
            ELSE '{{}}' END
    {_OF_ITEMS}""",  # noqa: S608  # of ours
    narrow='type = host and owner.department = "科室 3"',
    wide='type != terminal and owner.department != "科室 3"',
    plain={
        "of a type and a condition": {"type": "host", "condition": "ok"},
        "by an attribute's filter": {"type": "database", "attribute.engine": "iris"},
        "words": {"q": "SN3400"},
        "words of half of all": {"q": "terminal"},
        "words that sound so": {"q": "zhiyuan"},
    },
    where={
        "by one attribute": "type = host and cpu_cores >= 60",
        "by the owner's department": 'type = host and owner.department = "科室 3"',
        "by a date": "type = host and days_until(warranty_ends_on) < 30",
        "by a system": '"business-system 3" in systems and type = virtual-machine',
        "by a word of the name": 'contains(name, "terminal 1999")',
        "of all types": 'serial = "SN34000" or engine = "达梦"',
    },
    searched={
        "a serial number": "SN3400",
        "half of all": "terminal",
        "a name and a number": "terminal 1999",
        "by sound": "zhiyuan 39",
        "by initials": "ks1",
        "two letters wrong": "termnial",
        "a wrong character": "职圆 39",
        "nothing": "放射科五楼",
    },
)
GROUP = Asked(
    department="Directorate",
    person="Member of staff",
    filled=f"""
    UPDATE cmdb_item SET
        owner_id = (SELECT id FROM cmdb_item WHERE key = 'p' || item.n % 400),
        attributes = cmdb_item.attributes || CASE item.type
            WHEN 'host' THEN jsonb_build_object('cpu_cores', item.n % 64, 'warranty_ends_on',
                to_char(date '2024-01-01' + (item.n % 1500)::int, 'YYYY-MM-DD'))
            WHEN 'database' THEN jsonb_build_object('engine',
                (ARRAY['oracle', 'mysql', 'iris'])[1 + item.n / 9 % 3])
            ELSE '{{}}' END
    {_OF_ITEMS} AND item.n % 9 = 0""",  # noqa: S608  # of ours
    narrow='type = switch and owner.department = "Directorate 3"',
    wide='not contains(name, "St Columba")',
    plain={
        "of a type and a condition": {"type": "switch", "condition": "ok"},
        "by an attribute's filter": {"type": "database", "attribute.engine": "iris"},
        "words": {"q": "GB00999"},
        "words of a part of all": {"q": "bedside"},
        "words of one hospital": {"q": "piran cottage"},
    },
    where={
        "by one attribute": "type = host and cpu_cores >= 60",
        "by the owner's department": 'type = terminal and owner.department = "Directorate 3"',
        "by a date": "type = host and days_until(warranty_ends_on) < 30",
        "by what is not filled in": "type = terminal and not is_set(serial)",
        "by a word of the name": 'contains(name, "theatre workstation 1999")',
        "of all types": 'serial = "GB0100000" or engine = "iris"',
    },
    searched={
        "a serial number": "GB00999",
        "a quarter of all": "bedside",
        "a name and a number": "workstation 1999",
        "two words of all hospitals": "general reception",
        "by initials": "scgh",
        "two letters wrong": "bedsdie",
        "a saint misspelt": "werberg",
        "nothing": "radiology fifth floor",
    },
)
ASKED_OF = {"dense": DENSE, "campus": DENSE, "group": GROUP}
"""A campus has the words of a dense house."""
