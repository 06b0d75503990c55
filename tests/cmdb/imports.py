"""Files as people send them, and what comes of them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.hospital import Answer, ApiClient, _answer
from wardround.cmdb import tasks

Rows = Sequence[Sequence[Any]]


def workbook(tables: Mapping[str, Rows]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sent(client: ApiClient, name: str, data: bytes, **form: Any) -> Answer:
    """The answer to an upload; nothing has been worked in yet."""
    fields = {key: json.dumps(value) if isinstance(value, dict) else value
              for key, value in form.items()}  # fmt: skip
    response = client._client.post(
        "/api/v1/imports",
        {"file": SimpleUploadedFile(name, data), **fields},
        headers=client._headers,
    )
    return _answer(response)


def worked(client: ApiClient, id_: str | UUID) -> Any:
    """What a worker makes of it."""
    tasks.import_file(import_id=str(id_))
    return client.get(f"/imports/{id_}").body


def imported(client: ApiClient, rows: Rows | Mapping[str, Rows], **form: Any) -> Any:
    """Send a workbook and have it worked in."""
    tables = rows if isinstance(rows, Mapping) else {"Sheet1": rows}
    answer = sent(client, "items.xlsx", workbook(tables), **form)
    assert answer.status == 201, answer.body
    return worked(client, answer.body["id"])


def lines(client: ApiClient, run: Any, **filters: Any) -> list[Any]:
    found: list[Any] = client.get(f"/imports/{run['id']}/rows", limit=500, **filters).body["items"]
    return found


def counts(run: Any) -> tuple[int, int, int, int]:
    assert run["state"] in ("done", "checked"), run
    return run["created"], run["changed"], run["unchanged"], run["refused"]
