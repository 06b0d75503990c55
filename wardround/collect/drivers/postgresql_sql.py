"""The statements of the PostgreSQL driver; every one runs with the role `pg_monitor`.

`guard(version)` chooses among texts by `server_version_num`, newest first.
"""

from __future__ import annotations

from collections.abc import Sequence

INSTANCE = """
select current_setting('server_version_num')::int as version,
       extract(epoch from clock_timestamp() - pg_postmaster_start_time()) as uptime,
       extract(epoch from clock_timestamp()) as server_time,
       pg_is_in_recovery() as standby,
       current_setting('max_connections')::int as most,
       (select sum(numbackends) from pg_stat_database) as backends,
       (select count(*) from pg_prepared_xacts) as prepared
"""

SESSIONS = """
select coalesce(state, 'unknown') as state, count(*) as sessions,
       max(extract(epoch from clock_timestamp() - xact_start)) as oldest_transaction,
       max(extract(epoch from clock_timestamp() - query_start))
           filter (where state = 'active') as longest_statement,
       count(*) filter (where wait_event_type = 'Lock') as waiting
from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()
group by 1
"""

RUNNING = """
select pid, usename as user, datname as database, application_name as application,
       coalesce(host(client_addr), 'local') as client, state,
       coalesce(wait_event_type || ': ' || wait_event, '') as wait,
       extract(epoch from clock_timestamp() - xact_start) as transaction_s,
       extract(epoch from clock_timestamp() - query_start) as statement_s,
       cardinality(pg_blocking_pids(pid)) as blocked_by, left(query, 2000) as query
from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid() and state <> 'idle'
order by xact_start nulls last limit 100
"""

DATABASES = """
select d.datname, s.numbackends, s.xact_commit, s.xact_rollback, s.blks_read, s.blks_hit,
       s.tup_returned, s.tup_fetched, s.tup_inserted, s.tup_updated, s.tup_deleted,
       s.conflicts, s.temp_files, s.temp_bytes, s.deadlocks,
       s.blk_read_time / 1000.0 as read_seconds, s.blk_write_time / 1000.0 as write_seconds,
       age(d.datfrozenxid) as frozen_age
from pg_stat_database s join pg_database d on d.oid = s.datid
where not d.datistemplate
"""

LOCKS = """
select mode, count(*) as held, count(*) filter (where not granted) as waiting
from pg_locks where pid <> pg_backend_pid() group by mode
"""

# Who waits for whom: a root that blocks and waits for nobody, then its waiters, depth first.
LOCK_TREE = """
with recursive waits as (
    select pid, unnest(pg_blocking_pids(pid)) as blocker
    from pg_stat_activity where wait_event_type = 'Lock'
), tree as (
    select distinct blocker as pid, null::int as parent, array[blocker] as path, 0 as level
    from waits where blocker not in (select pid from waits)
    union all
    select w.pid, w.blocker, t.path || w.pid, t.level + 1
    from waits w join tree t on w.blocker = t.pid where w.pid <> all (t.path)
)
select t.level, t.parent, t.pid, a.usename as user, a.datname as database,
       a.application_name as application, a.state,
       coalesce(a.wait_event_type || ': ' || a.wait_event, '') as wait,
       extract(epoch from clock_timestamp() - a.xact_start) as transaction_s,
       left(a.query, 2000) as query
from tree t join pg_stat_activity a using (pid) order by t.path limit 200
"""

SIZES = """
select datname, pg_database_size(oid) as bytes from pg_database
where datallowconn and has_database_privilege(oid, 'connect')
"""

TABLESPACES = "select spcname, pg_tablespace_size(oid) as bytes from pg_tablespace"

WAL = """
select wal_records, wal_fpi, wal_bytes::float8 as wal_bytes, wal_buffers_full from pg_stat_wal
"""

ARCHIVER = "select archived_count, failed_count from pg_stat_archiver"

CHECKPOINTS_17 = """
select num_timed as timed, num_requested as requested, write_time / 1000.0 as write_seconds,
       sync_time / 1000.0 as sync_seconds, buffers_written as checkpoint_buffers
from pg_stat_checkpointer
"""
CHECKPOINTS_15 = """
select checkpoints_timed as timed, checkpoints_req as requested,
       checkpoint_write_time / 1000.0 as write_seconds,
       checkpoint_sync_time / 1000.0 as sync_seconds, buffers_checkpoint as checkpoint_buffers
from pg_stat_bgwriter
"""
BGWRITER = "select buffers_clean, maxwritten_clean, buffers_alloc from pg_stat_bgwriter"

REPLICATION = """
select application_name, coalesce(host(client_addr), 'local') as client, state,
       pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 as lag_bytes,
       extract(epoch from replay_lag) as lag_seconds
from pg_stat_replication
"""
SLOTS = """
select slot_name, active,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as retained_bytes
from pg_replication_slots
"""
STANDBY = """
select case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
            else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end
       as lag_seconds
"""

CHECKPOINTS = ((170000, CHECKPOINTS_17), (0, CHECKPOINTS_15))


def guard(texts: Sequence[tuple[int, str]], version: int) -> str:
    """The text for a server of this version."""
    return next(text for least, text in texts if version >= least)
