"""What is wrong with this installation, in plain words, and what to do about it."""

from __future__ import annotations

import errno
import http.client
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from wardround.kernel.language import spoken
from wardround.site.errors import DiskFull, PortTaken, SiteError
from wardround.site.folder import DataFolder
from wardround.site.owner import database_owner
from wardround.site.postgres import found_binaries

LEAST_FREE = 200 * 1024 * 1024
LITTLE_FREE = 2 * 1024 * 1024 * 1024
CLOCK_WARNS_AT = 0.5
CLOCK_FAILS_AT = 60.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `level` is ok, warning or fault."""

    name: str
    level: str
    zh: str
    en: str

    @property
    def text(self) -> str:
        return spoken(zh=self.zh, en=self.en)


def refuse_what_cannot_work(folder: DataFolder, host: str, port: int) -> None:
    """Before a start: raise the first thing that would make it fail, in plain words."""
    free = shutil.disk_usage(folder.path).free
    if free < LEAST_FREE:
        raise DiskFull(
            zh=f"{folder.path} 所在磁盘只剩 {free // 2**20} MB，至少需要 {LEAST_FREE // 2**20} MB。"
            "请清理磁盘，或用 --data 换一个目录。",
            en=f"Only {free // 2**20} MB are free at {folder.path}; at least"
            f" {LEAST_FREE // 2**20} MB are needed. Free some space, or choose another folder"
            " with --data.",
        )
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise _port_refused(host, port, error) from error


def _port_refused(host: str, port: int, error: OSError) -> PortTaken:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            zh=f"端口 {port} 已被别的程序占用。请停止它，或用 --port 换一个端口。",
            en=f"Port {port} is taken by another program. Stop it, or choose another with --port.",
        )
    return PortTaken(
        zh=f"无法在 {host}:{port} 上监听：{error.strerror}。请用 --port 换一个端口。",
        en=f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.",
    )


def examine(folder: DataFolder) -> list[Finding]:
    """Look at everything; needs nothing to be running and changes nothing."""
    findings = [_folder(folder), _running(folder), _postgres_programs()]
    if folder.path.is_dir():
        findings += [_disk(folder.path), _owner(folder.path)]
    environment = folder.environment()
    if folder.holder() is not None:
        findings += [_database(environment), _history(environment), *_processes(folder.path)]
    findings.append(_interface())
    findings.append(_clock(environment))
    return findings


def _ok(name: str, zh: str, en: str) -> Finding:
    return Finding(name, "ok", zh, en)


def _folder(folder: DataFolder) -> Finding:
    path = folder.path
    if not path.exists():
        return Finding(
            "folder", "warning", f"数据目录 {path} 还不存在，首次启动时会建立。",
            f"The data folder {path} does not exist yet; the first start makes it.",
        )  # fmt: skip
    if not os.access(path, os.W_OK):
        return Finding(
            "folder", "fault", f"数据目录 {path} 不可写。请检查属主，或用 --data 换一个目录。",
            f"The data folder {path} cannot be written. Check its owner, or choose another.",
        )  # fmt: skip
    return _ok("folder", f"数据目录 {path}", f"Data folder {path}")


def _running(folder: DataFolder) -> Finding:
    holder = folder.holder()
    if holder is None:
        return _ok("running", "平台没有在运行。", "The platform is not running.")
    return _ok("running", f"平台正在运行（进程 {holder}）。", f"It runs (process {holder}).")


def _postgres_programs() -> Finding:
    found = next(found_binaries(), None)
    if found is None:
        return Finding(
            "postgresql", "fault",
            "找不到 PostgreSQL 15 或更新的版本。请安装它，或设置 WARDROUND_DATABASE_URL。",
            "No PostgreSQL 15 or newer is here. Install one, or set WARDROUND_DATABASE_URL.",
        )  # fmt: skip
    text = f"PostgreSQL {found.major} ({found.folder})"
    return _ok("postgresql", text, text)


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    gigabytes = f"{free / 2**30:.1f} GB"
    level = "fault" if free < LEAST_FREE else "warning" if free < LITTLE_FREE else "ok"
    zh, en = f"磁盘剩余 {gigabytes}。", f"{gigabytes} are free on its disk."
    if level != "ok":
        zh, en = zh + "请尽快清理。", en + " Free some space soon."
    return Finding("disk", level, zh, en)


def _owner(path: Path) -> Finding:
    try:
        owner = database_owner()
    except SiteError as error:
        return Finding("owner", "fault", error.zh, error.en)
    cluster = path / "postgres"
    if cluster.exists() and cluster.stat().st_uid != owner.uid:
        return Finding(
            "owner", "fault",
            f"{cluster} 不属于 {owner.name}。请执行：chown -R {owner.name} {cluster}",
            f"{cluster} does not belong to {owner.name}. Run: chown -R {owner.name} {cluster}",
        )  # fmt: skip
    return _ok("owner", f"数据库用户 {owner.name}", f"The database runs as {owner.name}")


def _database(environment: dict[str, str]) -> Finding:
    url = environment.get("WARDROUND_DATABASE_URL", "")
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        words = str(error).strip().split("\n")[0]
        return Finding(
            "database",
            "fault",
            f"数据库没有应答：{words}",
            f"The database does not answer: {words}",
        )
    return _ok("database", "数据库有应答。", "The database answers.")


def _history(environment: dict[str, str]) -> Finding:
    place = urlsplit(environment.get("WARDROUND_HISTORY_URL", ""))
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=3)
    try:
        connection.request("GET", "/ping")
        connection.getresponse().read()
    except OSError as error:
        return Finding(
            "history", "fault", f"历史库没有应答：{error}", f"History does not answer: {error}"
        )
    finally:
        connection.close()
    return _ok("history", "历史库有应答。", "The history store answers.")


def _processes(path: Path) -> list[Finding]:
    try:
        running: dict[str, int | None] = json.loads((path / "processes.json").read_text())
    except (OSError, ValueError):
        return []
    dead = [name for name, pid in running.items() if not pid or not Path(f"/proc/{pid}").exists()]
    frozen = [name for name, pid in running.items() if pid and _is_stopped(pid)]
    found = [
        Finding(
            "process", "fault", f"进程 {name} 没有在运行，见 {path}/log/{name}.log",
            f"The process {name} is not running; see {path}/log/{name}.log",
        )
        for name in dead
    ]  # fmt: skip
    found += [
        Finding(
            "process", "fault", f"进程 {name}（{running[name]}）被冻结，可执行 kill -CONT 恢复。",
            f"The process {name} ({running[name]}) is frozen; kill -CONT wakes it.",
        )
        for name in frozen
    ]  # fmt: skip
    names = ", ".join(sorted(set(running) - set(dead) - set(frozen)))
    return [*found, _ok("process", f"正在运行：{names}", f"Running: {names}")]


def _is_stopped(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "T"


def _interface() -> Finding:
    page = Path(__file__).resolve().parent.parent / "web" / "static" / "index.html"
    if page.is_file():
        return _ok("interface", "界面已构建。", "The interface is built.")
    return Finding(
        "interface", "fault", "界面尚未构建：请执行 make ui。",
        "The interface is not built: run make ui.",
    )  # fmt: skip


def _clock(environment: dict[str, str]) -> Finding:
    """This clock against the database's machine; on one machine against the files it writes."""
    url = environment.get("WARDROUND_DATABASE_URL", "")
    offset = 0.0
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            before = time.time()
            row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
            offset = float(row[0]) - (before + time.time()) / 2 if row else 0.0
    except psycopg.Error:
        return _year()
    if abs(offset) < CLOCK_WARNS_AT:
        return _year()
    level = "fault" if abs(offset) >= CLOCK_FAILS_AT else "warning"
    return Finding(
        "clock", level, f"本机时钟与数据库相差 {offset:.1f} 秒。请检查 NTP。",
        f"This clock and the database's differ by {offset:.1f} s. Check NTP.",
    )  # fmt: skip


def _year() -> Finding:
    """A clock before this program was built is certainly wrong."""
    built = Path(__file__).stat().st_mtime
    if time.time() < built - 86_400:
        return Finding(
            "clock", "fault", "本机时钟早于本程序的安装时间，请校时。",
            "This clock is earlier than the day this program was installed; set it.",
        )  # fmt: skip
    return _ok("clock", "时钟正常。", "The clock looks right.")
