"""`python -m bench.cmdb.documents`: words looked for in 2,000 documents of 20,000 characters.

Through the API, for who sees everything and who sees what a condition is true of; beside it the
same words as a plain `LIKE` over the same texts, in the same run. The goal is a p95 of 100 ms.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.cmdb.own_database import own_database, prepare

DOCUMENTS, CHARACTERS, ASKED, GOAL_MS = 2_000, 20_000, 25, 100
_WORDS = """
系统 信息 网络 应急 预案 交换机 服务器 数据库 护士站 分诊 挂号 检验 影像 放射 药房 住院 门诊
病区 值班 备份 恢复 切换 巡检 机房 光纤 端口 接口 医嘱 处方 收费 医保 工程师 供应商 合同 保修
升级 补丁 日志 告警 PACS HIS LIS EMR Oracle server backup network switch restart 10.1.2.3 VLAN
""".split()  # noqa: SIM905  # read as a text is
_ASKED = {
    "two characters of all": "应急",
    "two characters of few": "肺结",
    "a longer word of all": "交换机",
    "a longer word of few": "直肠肿瘤切除",
    "letters of all": "network",
    "a number of one": "DOC01234",
    "three words": "应急 oracle DOC01234",
    "nothing": "放射科五楼",
}
_RARE = ("肺结节随访", "直肠肿瘤切除")


def main() -> None:
    with own_database():
        prepare()
        began = time.perf_counter()
        size = fill()
        print(f"{DOCUMENTS:,} documents kept in {time.perf_counter() - began:.0f} s; index {size}")
        from tests.hospital import client_of  # noqa: PLC0415  # Django is set up now
        from wardround.kernel.types import Scope  # noqa: PLC0415

        half = Scope(where=frozenset({'contains(name, "7")'}))
        for called, client in (
            ("everything", client_of("all", "administrator", language="zh-hans")),
            ("a condition", client_of("half", "reader", scope=half, language="zh-hans")),
        ):
            for title, q in _ASKED.items():
                tell(f"{called}: {title}", lambda q=q, client=client: _search(client, q))
        for title, q in _ASKED.items():
            tell(f"plain LIKE: {title}", lambda q=q: _plain(q))


def fill() -> str:
    """Documents as they stand after their files were read; how large what is looked up became."""
    from django.db import connection  # noqa: PLC0415

    from wardround.cmdb import actions  # noqa: PLC0415
    from wardround.cmdb.documents import grams, texts  # noqa: PLC0415
    from wardround.cmdb.documents.models import (  # noqa: PLC0415
        Content,
        ContentText,
        DocumentVersion,
    )
    from wardround.cmdb.types import ItemEntry, ItemsDefinition  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.ids import new_id  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    platform, at, chance = system_actor("platform"), clock.now(), random.Random(7)  # noqa: S311
    names = [f"doc-{number}" for number in range(DOCUMENTS)]
    entries = tuple(
        ItemEntry(key=key, type="document", name=f"文档 {number}")
        for number, key in enumerate(names)
    )
    actions.import_items(platform, [ItemsDefinition(name="bench", items=entries)], at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cmdb_item WHERE type = 'document' ORDER BY name")
        items = [row[0] for row in cursor.fetchall()]
    for number, item in enumerate(items):
        shown = texts.tidy(written(chance, number))
        content = Content.objects.create(
            id=new_id(), sha256=f"{number:064d}", size=len(shown) * 3, media_type="text/plain",
            stored_at=at, state="read", characters=len(shown),
        )  # fmt: skip
        folded = grams.folded(shown)
        ContentText.objects.create(
            content=content, shown=shown, folded=folded, grams=grams.of(folded)
        )
        DocumentVersion.objects.create(
            id=new_id(), item=item, number=1, current=True, content=content, file_name="a.txt",
            at=at, actor_id=platform.id, actor_name="bench",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cmdb_content_text")
        cursor.execute("SELECT pg_size_pretty(pg_relation_size('cmdb_content_text_grams'))")
        return str(cursor.fetchone()[0])


def written(chance: random.Random, number: int) -> str:
    """Words that all have among characters as they come, some that few have, one of its own."""
    pieces, length = [f"文件编号 DOC{number:05d}。"], 0
    if number % 100 == 0:
        pieces += _RARE
    while length < CHARACTERS:
        filling = "".join(chr(0x4E00 + int(chance.paretovariate(0.6)) % 3500) for _ in range(4))
        pieces += [chance.choice(_WORDS), filling, "，"]
        length += len(pieces[-3]) + 5
    return "".join(pieces)


def _search(client: Any, q: str) -> int:
    answer = client.get("/search", q=q, scope="documents")
    if answer.status != 200:
        sys.exit(f"{q}: {answer.body}")
    return sum(int(group["total"]) for group in answer.body["groups"])


def _plain(q: str) -> int:
    from django.db import connection  # noqa: PLC0415

    said = " AND ".join("folded LIKE %s" for _ in q.split())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM cmdb_content_text WHERE {said}",  # noqa: S608  # of ours
            [f"%{word.casefold()}%" for word in q.split()],
        )
        return int(cursor.fetchone()[0])


def tell(title: str, ask: Callable[[], int]) -> None:
    found, spans = ask(), []
    for _round in range(ASKED):
        began = time.perf_counter()
        ask()
        spans.append((time.perf_counter() - began) * 1000)
    spans.sort()
    p95 = spans[int(len(spans) * 0.95)]
    over = "" if p95 <= GOAL_MS or title.startswith("plain") else "   over the goal"
    print(f"{title:44} {found:6,} found   p50 {statistics.median(spans):7.1f}   p95 {p95:7.1f}"
          f" ms{over}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
