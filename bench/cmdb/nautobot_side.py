"""What Nautobot takes for the same work, in its own environment: `nautobot_side.py ASKED.json`.

Run by `neighbour.py` with the Python that Nautobot is installed for; prints one line of JSON.
Everything goes through its own doors: the REST API in process with a token, and its CSV import job.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nautobot

nautobot.setup()

from django.contrib.auth import get_user_model  # noqa: E402  # Nautobot is set up now
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from nautobot.dcim.models import (  # noqa: E402
    Device,
    DeviceType,
    Location,
    LocationType,
    Manufacturer,
)
from nautobot.extras.models import Job, JobResult, ObjectChange, Role, Status  # noqa: E402
from nautobot.users.models import Token  # noqa: E402


def main(asked: dict[str, Any]) -> None:
    user, _made = get_user_model().objects.get_or_create(
        username="bench", defaults={"is_superuser": True, "is_active": True}
    )
    token, _made = Token.objects.get_or_create(user=user)
    client = Client(headers={"Authorization": f"Token {token.key}"})
    emptied()
    ids = grounded(asked)
    found = {"version": nautobot.__version__, "bulk": timed(lambda: bulk(client, asked, ids))}
    found["import"] = timed(lambda: imported(user, asked["csv"]))
    found["devices"] = Device.objects.count()
    found["history"] = ObjectChange.objects.filter(changed_object_type__model="device").count()
    where = f"?location={ids['location'][asked['filter']]}&limit=50"
    found["list"] = asked_often(client, [f"/api/dcim/devices/{where}"] * asked["asked"])
    some = Device.objects.order_by("name").values_list("pk", flat=True)[: asked["asked"]]
    found["item"] = asked_often(client, [f"/api/dcim/devices/{pk}/" for pk in some])
    client.force_login(user)
    found["list page"] = asked_often(client, [f"/dcim/devices/{where}"] * asked["asked"])
    found["item page"] = asked_often(client, [f"/dcim/devices/{pk}/" for pk in some])
    print(json.dumps(found))


def emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE dcim_device, extras_objectchange, extras_joblogentry CASCADE")


def grounded(asked: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Locations, roles, models: what devices refer to; their ids by name."""
    active, devices = Status.objects.get(name="Active"), ContentType.objects.get_for_model(Device)
    room, made = LocationType.objects.get_or_create(name="Room")
    if made:
        room.content_types.add(devices)
    ids: dict[str, dict[str, str]] = {"location": {}, "role": {}, "model": {}}
    for name in asked["locations"]:
        place, _made = Location.objects.get_or_create(
            name=name, defaults={"location_type": room, "status": active}
        )
        ids["location"][name] = str(place.pk)
    for name in asked["roles"]:
        role, _made = Role.objects.get_or_create(name=name)
        role.content_types.add(devices)
        ids["role"][name] = str(role.pk)
    for maker, model in asked["models"]:
        manufacturer, _made = Manufacturer.objects.get_or_create(name=maker)
        of, _made = DeviceType.objects.get_or_create(model=model, manufacturer=manufacturer)
        ids["model"][model] = str(of.pk)
    ids["status"] = {"Active": str(active.pk)}
    return ids


def bulk(client: Client, asked: dict[str, Any], ids: dict[str, dict[str, str]]) -> None:
    """Chunks of one call each, with references by id, which costs it least."""
    rows = [
        {
            "name": row["name"], "serial": row["serial"], "asset_tag": row["asset"],
            "device_type": ids["model"][row["model"]], "role": ids["role"][row["role"]],
            "location": ids["location"][row["location"]], "status": ids["status"]["Active"],
        }
        for row in asked["rows"]
    ]  # fmt: skip
    size = asked["chunk"]
    for begin in range(0, len(rows), size):
        answer = client.post(
            "/api/dcim/devices/", json.dumps(rows[begin : begin + size]), "application/json"
        )
        if answer.status_code != 201:
            sys.exit(f"{answer.status_code}: {answer.content[:2000]!r}")


def imported(user: Any, text: str) -> None:
    job = Job.objects.get(module_name="nautobot.core.jobs", job_class_name="ImportObjects")
    if not job.enabled:
        job.enabled = True
        job.validated_save()
    given = {"content_type": ContentType.objects.get_for_model(Device).pk, "csv_data": text}
    done = JobResult.execute_job(job, user, job_kwargs=given)
    done.refresh_from_db()
    if done.status != "SUCCESS":
        said = [str(line.message) for line in done.job_log_entries.order_by("-created")[:5]]
        sys.exit(f"{done.status}: {said}\n{done.traceback}")


def timed(act: Callable[[], object]) -> dict[str, float]:
    """Seconds, and how many of them on a processor of this process."""
    used, began = time.process_time(), time.perf_counter()
    act()
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}


def asked_often(client: Client, paths: list[str]) -> dict[str, float]:
    """Medians in milliseconds."""
    client.get(paths[0])
    spans, used = [], time.process_time()
    for path in paths:
        began = time.perf_counter()
        answer = client.get(path)
        spans.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            sys.exit(f"{path}: {answer.status_code}: {answer.content[:2000]!r}")
    cpu = (time.process_time() - used) * 1000 / len(paths)
    return {"p50": statistics.median(spans), "cpu": cpu, "bytes": len(answer.content)}


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
