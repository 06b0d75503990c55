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
       (select count(*) from pg_prepared_xacts) as prepared,
       (select coalesce(max(extract(epoch from clock_timestamp() - prepared)), 0)
        from pg_prepared_xacts) as oldest_prepared
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

# Who waits for whom. The blocker 0 is a prepared transaction, which has no process.
WAITS = """
select pid, unnest(pg_blocking_pids(pid)) as blocker
from pg_stat_activity where wait_event_type = 'Lock'
"""

# Which prepared transaction holds what a session waits for. Its locks have no pid; they have one
# virtual transaction, by which the lock on its own id tells whose they all are. Conflicts are those
# of the manual's table of lock modes.
PREPARED_BLOCKERS = """
with modes (mode, conflicts) as (values
    ('AccessShareLock', array['AccessExclusiveLock']),
    ('RowShareLock', array['ExclusiveLock', 'AccessExclusiveLock']),
    ('RowExclusiveLock', array['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock']),
    ('ShareUpdateExclusiveLock', array['ShareUpdateExclusiveLock', 'ShareLock',
        'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']),
    ('ShareLock', array['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareRowExclusiveLock',
        'ExclusiveLock', 'AccessExclusiveLock']),
    ('ShareRowExclusiveLock', array['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
        'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']),
    ('ExclusiveLock', array['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
        'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']),
    ('AccessExclusiveLock', array['AccessShareLock', 'RowShareLock', 'RowExclusiveLock',
        'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock'])
)
select distinct wanted.pid, ready.gid
from pg_locks wanted
join modes on modes.mode = wanted.mode
join pg_locks held on held.granted and held.pid is null and held.mode = any (modes.conflicts)
    and held.locktype = wanted.locktype
    and held.database is not distinct from wanted.database
    and held.relation is not distinct from wanted.relation
    and held.page is not distinct from wanted.page
    and held.tuple is not distinct from wanted.tuple
    and held.virtualxid is not distinct from wanted.virtualxid
    and held.transactionid is not distinct from wanted.transactionid
    and held.classid is not distinct from wanted.classid
    and held.objid is not distinct from wanted.objid
    and held.objsubid is not distinct from wanted.objsubid
join pg_locks own on own.granted and own.pid is null and own.locktype = 'transactionid'
    and own.virtualtransaction = held.virtualtransaction
join pg_prepared_xacts ready on ready.transaction = own.transactionid
where not wanted.granted and wanted.pid is not null
"""

LOCK_SESSIONS = """
select pid, usename as user, datname as database, application_name as application,
       coalesce(state, backend_type) as state,
       coalesce(wait_event_type || ': ' || wait_event, '') as wait,
       extract(epoch from clock_timestamp() - xact_start) as transaction_s,
       left(query, 2000) as query
from pg_stat_activity
"""

PREPARED = """
select gid, owner as user, database, extract(epoch from clock_timestamp() - prepared)
       as transaction_s
from pg_prepared_xacts
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

# Whether it replays another's log, and whether it is told whose: the setting itself is a secret,
# and null for whoever may not know it.
ROLE = """
select pg_is_in_recovery() as standby,
       (select setting <> '' from pg_settings where name = 'primary_conninfo') as follows
"""
# A standby can have standbys and slots too; its own log ends where it has replayed to.
_HERE = "case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end"
REPLICATION = f"""
select application_name, coalesce(host(client_addr), 'local') as client, state,
       pg_wal_lsn_diff({_HERE}, replay_lsn)::float8 as lag_bytes,
       extract(epoch from replay_lag) as lag_seconds
from pg_stat_replication
"""  # noqa: S608  # our own words
SLOTS = f"""
select slot_name, active, temporary, wal_status,
       pg_wal_lsn_diff({_HERE}, restart_lsn)::float8 as retained_bytes
from pg_replication_slots
"""  # noqa: S608
RECEIVER = """
select status, extract(epoch from clock_timestamp() - last_msg_receipt_time) as silence,
       pg_wal_lsn_diff(latest_end_lsn, flushed_lsn)::float8 as behind_bytes
from pg_stat_wal_receiver
"""
# Everything received is replayed: that is no lag only while something is received.
STANDBY = """
select case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 and exists (select from pg_stat_wal_receiver) then 0
            else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end
       as lag_seconds
"""

CHECKPOINTS = ((170000, CHECKPOINTS_17), (0, CHECKPOINTS_15))


def guard(texts: Sequence[tuple[int, str]], version: int) -> str:
    """The text for a server of this version."""
    return next(text for least, text in texts if version >= least)
