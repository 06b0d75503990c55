"""`wardround up`: everything one machine needs, started in order, watched, stopped in order."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psycopg

from wardround.kernel.attempts import Backoff, Setbacks
from wardround.kernel.wording import Label, Wording
from wardround.site import doctor, key_mark, logs, settings
from wardround.site.errors import HistoryFailed, SiteError
from wardround.site.folder import DataFolder, FirstAccount
from wardround.site.keeper import Keeper
from wardround.site.postgres import EmbeddedPostgres

WARDROUND = [sys.executable, "-m", "wardround"]
_TICK = 0.2
_FRONT_PATIENCE = 120.0
_FRONT_FIRST = 15.0
"""Seconds in which the front end has the processor to itself and the stores: a person waits for it.
After that monitoring does not wait any longer."""
_LOGS_EVERY, _POSTGRES_LOGS = 60.0, 10
"""Seconds between two looks at the database's logs, and how many of them are kept."""
_DATABASE_PAUSES = Backoff(first=2.0, longest=10.0, steady=20.0)


@dataclass(frozen=True)
class Wishes:
    """What the caller of `wardround up` asked for."""

    port: int
    host: str
    demo: bool
    as_json: bool


class Supervisor:
    """The one process that everything else hangs on."""

    def __init__(self, folder: DataFolder, wishes: Wishes) -> None:
        self.folder = folder
        self.wishes = wishes
        self.environment: dict[str, str] = {}
        self.postgres: EmbeddedPostgres | None = None
        self.keepers: list[Keeper] = []
        self._stopping = False
        self._database_setbacks = Setbacks()
        self._logs_at = -float("inf")

    def run(self) -> int:
        """Start, watch until told to stop, stop. Raises `SiteError` when it cannot start."""
        for unknown in settings.unknown(os.environ):
            self.say(unknown)
        self.folder.prepare()
        self.folder.lock()
        doctor.refuse_what_cannot_work(self.folder, self.wishes.host, self.wishes.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        try:
            self._start()
            while not self._stopping:
                time.sleep(_TICK)
                self._watch()
        finally:
            self._stop()
        return 0

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def say(self, wording: Wording | Label) -> None:
        """Tell whoever started it; a terminal that was closed must not keep it from stopping."""
        with contextlib.suppress(OSError):
            print(wording, file=sys.stderr, flush=True)  # noqa: T201

    def _start(self) -> None:
        began = time.monotonic()
        account = self.folder.first_account("demo" if self.wishes.demo else "admin")
        # The history opens its folder while the database starts.
        history = os.environ.get("WARDROUND_HISTORY_URL") or self._start_history()
        database = os.environ.get("WARDROUND_DATABASE_URL") or self._start_postgres()
        self._look_at_key(database)
        self.environment = {
            "WARDROUND_DATA": str(self.folder.path),
            "WARDROUND_DATABASE_URL": database,
            "WARDROUND_HISTORY_URL": history,
            "WARDROUND_DEMO": "1" if self.wishes.demo else "",
            "WARDROUND_SIM_URL": f"http://127.0.0.1:{_free_port()}" if self.wishes.demo else "",
        }
        self.folder.remember(self.environment)
        # Whichever process comes first prepares the stores, and makes the account.
        secret = {"WARDROUND_FIRST_ACCOUNT": json.dumps(account.__dict__)}
        address = f"{self.wishes.host}:{self.wishes.port}"
        self.say(Wording("Starting the processes …"))
        self._keep("web", ["web", "--listen", address], extra=secret)
        answers = self._front_answers_within(_FRONT_FIRST)
        self._keep("work", ["work"], extra=secret)
        self._keep("collect", ["collect"], extra=secret)
        if self.wishes.demo:
            self._keep("sim", ["sim", "serve"])
        if not answers and not self._front_answers_within(_FRONT_PATIENCE - _FRONT_FIRST):
            raise _slow_front(self.folder.path / "log")
        self._tell_ready(account, time.monotonic() - began)

    def _look_at_key(self, database: str) -> None:
        """Before anything is started that would end at once, and be started again. A database that
        does not answer is told by who needs it.
        """
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(database, connect_timeout=5) as connection,
            connection.cursor() as cursor,
        ):
            lost = os.environ.get(key_mark.LOST) == "yes"
            key_mark.look(cursor, self.folder.key, lost=lost)

    def _start_postgres(self) -> str:
        self.say(Wording("Starting the database …"))
        self.postgres = EmbeddedPostgres(self.folder.path)
        self.postgres.start()
        return self.postgres.url

    def _start_history(self) -> str:
        port = _free_port()
        password = self.folder.history_password
        secret = {"WARDROUND_HISTORY_PASSWORD": password}
        self._keep("history", ["history", "--port", str(port)], extra=secret)
        return f"http://wardround:{password}@127.0.0.1:{port}/wardround"

    def _keep(
        self, name: str, arguments: list[str], *, extra: dict[str, str] | None = None
    ) -> None:
        environment = {**self.environment, **(extra or {}), "WARDROUND_ROLE": name}
        environment["WARDROUND_DATA"] = str(self.folder.path)
        log = self.folder.path / "log" / f"{name}.log"
        keeper = Keeper(
            name,
            [*WARDROUND, *arguments],
            environment,
            log,
            self.say,
            has_loop=name == "collect",
        )
        keeper.start()
        self.keepers.append(keeper)

    def _front_answers_within(self, seconds: float) -> bool:
        """Wait until the front end answers, at most so long; also True when told to stop."""
        deadline = time.monotonic() + seconds
        while not self._stopping and not self._front_answers():
            self._watch()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _front_answers(self) -> bool:
        host = "127.0.0.1" if self.wishes.host in {"0.0.0.0", ""} else self.wishes.host  # noqa: S104
        connection = http.client.HTTPConnection(host, self.wishes.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _tell_ready(self, account: FirstAccount, seconds: float) -> None:
        if self._stopping:
            return
        host = _shown_host(self.wishes.host)
        address = f"http://{host}:{self.wishes.port}"
        self._write_processes()  # before the line: who reads `ready` may ask for them at once
        print(f"ready {address}", flush=True)  # noqa: T201  # the contract's one line
        if self.wishes.as_json:
            return
        self.say(
            Wording(
                "\n  address  %(address)s\n  user     %(user)s\n  password %(password)s\n"
                "\n  %(seconds).1f s; Ctrl-C stops it.",
                {
                    "address": address,
                    "user": account.user_name,
                    "password": account.password,
                    "seconds": seconds,
                },
            )
        )

    def _watch(self) -> None:
        before = self._running()
        self._remove_old_logs()
        for keeper in self.keepers:
            keeper.watch()
        self._watch_postgres()
        if before != self._running():
            self._write_processes()

    def _remove_old_logs(self) -> None:
        if self.postgres is not None and time.monotonic() >= self._logs_at:
            self._logs_at = time.monotonic() + _LOGS_EVERY
            folder = self.postgres.cluster / "log"
            logs.remove_old(folder, "postgres-*.log", kept=_POSTGRES_LOGS)

    def _watch_postgres(self) -> None:
        """Start the database again when it ended; one that cannot start is left a while."""
        server, now = self.postgres, time.monotonic()
        if server is None or server.process is None or server.process.poll() is None:
            return
        if now < self._database_setbacks.until:
            return
        self.say(Wording("The database ended; starting it again …"))
        try:
            server.start()
        except SiteError as error:
            self._database_setbacks = _DATABASE_PAUSES.after(self._database_setbacks, at=now)
            self.say(error.wording)

    def _running(self) -> dict[str, int | None]:
        """Who runs as what."""
        running = {keeper.name: keeper.pid for keeper in self.keepers}
        running["up"] = os.getpid()
        if self.postgres and self.postgres.process:
            running["postgres"] = self.postgres.process.pid
        return running

    def _write_processes(self) -> None:
        """Leave who runs as what, for `wardround doctor` and for the platform's own monitoring."""
        running = self._running()
        file = self.folder.path / "processes.json"
        half = file.with_suffix(".new")
        half.write_text(json.dumps(running))
        half.replace(file)

    def _stop(self) -> None:
        """Stop the front first and the stores last, so that nothing writes into a closed store."""
        self.say(Wording("Stopping …"))
        stores = [keeper for keeper in self.keepers if keeper.name == "history"]
        others = [keeper for keeper in self.keepers if keeper.name != "history"]
        for group in (others, stores):
            for keeper in reversed(group):
                keeper.ask_to_stop()
            deadline = time.monotonic() + 15
            for keeper in reversed(group):
                keeper.wait_stopped(max(0.5, deadline - time.monotonic()))
        if self.postgres is not None:
            self.postgres.stop()
        (self.folder.path / "processes.json").unlink(missing_ok=True)
        self.say(Wording("Stopped."))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _shown_host(host: str) -> str:
    return socket.gethostname() if host in {"0.0.0.0", "::"} else host  # noqa: S104


def _slow_front(logs: Path) -> HistoryFailed:
    return HistoryFailed(
        Wording(
            "The front end was not ready within %(seconds)g s. See the logs in %(logs)s.",
            {"seconds": _FRONT_PATIENCE, "logs": logs},
        )
    )
