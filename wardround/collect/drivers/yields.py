"""What our own drivers can read, group by group: metrics by the labels of their series, tables by
their columns.

A template that declares anything else of such a driver, or in another group, would wait for it for
ever. Tests hold this to what the drivers add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Yields = Mapping[str, tuple[str, ...]]
"""By metric the labels of its series, or by table its columns."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a driver reads in one group."""

    metrics: Yields
    tables: Yields


def _reads(metrics: Mapping[str, str], **tables: str) -> Reads:
    """From `{labels: metrics}` and columns by table, each a text of words."""
    found = {
        metric: tuple(labels.split())
        for labels, several in metrics.items()
        for metric in several.split()
    }
    columns = {name: tuple(several.split()) for name, several in tables.items()}
    return Reads(MappingProxyType(found), MappingProxyType(columns))


MACHINE = {
    "facts": _reads(
        {},
        machine="""
            hostname system kernel architecture processor cores memory serial manufacturer model
        """,
    ),
    "system": _reads(
        {
            "": """
                node_load1 node_load5 node_load15 node_memory_total_bytes
                node_memory_available_bytes node_memory_used_ratio node_swap_total_bytes
                node_swap_free_bytes node_swap_used_ratio node_uptime_seconds node_time_seconds
                node_processes node_cpu_count node_cpu_busy_ratio
            """,
            "mode": "node_cpu_seconds_total node_cpu_mode_ratio",
        }
    ),
    "disks": _reads(
        {
            "device": """
                node_disk_read_bytes_total node_disk_written_bytes_total
                node_disk_reads_completed_total node_disk_writes_completed_total
                node_disk_io_time_seconds_total node_disk_busy_ratio
            """,
            "mountpoint device": """
                node_filesystem_size_bytes node_filesystem_free_bytes node_filesystem_used_ratio
                node_filesystem_files node_filesystem_files_free node_filesystem_files_used_ratio
            """,
        }
    ),
    "network": _reads(
        {
            "device": """
                node_network_receive_bytes_total node_network_transmit_bytes_total
                node_network_receive_packets_total node_network_transmit_packets_total
                node_network_receive_errors_total node_network_transmit_errors_total
                node_network_receive_drops_total node_network_transmit_drops_total
                node_network_up node_network_speed_bytes
            """,
        }
    ),
    "processes": _reads(
        {"name": "process_up process_count process_resident_bytes process_cpu_ratio"},
        processes="""
            pid parent name user status cpu resident memory threads cpu_seconds started_at command
        """,
    ),
    "services": _reads({"name": "service_up"}, services="name state sub_state description"),
}

POSTGRESQL = {
    "instance": _reads(
        {
            "": """
                pg_version pg_uptime_seconds pg_time_seconds pg_is_standby pg_max_connections
                pg_connections pg_connections_used_ratio pg_prepared_transactions
                pg_oldest_prepared_seconds
            """,
        }
    ),
    "sessions": _reads(
        {
            "": """
                pg_oldest_transaction_seconds pg_longest_statement_seconds
                pg_sessions_waiting_for_locks pg_sessions_blocked
            """,
            "state": "pg_stat_activity_count",
        },
        sessions="""
            pid user database application client state wait transaction_s statement_s blocked_by
            query
        """,
    ),
    "databases": _reads(
        {
            "datname": """
                pg_stat_database_numbackends pg_database_frozen_age pg_cache_hit_ratio
                pg_stat_database_xact_commit_total pg_stat_database_xact_rollback_total
                pg_stat_database_blks_read_total pg_stat_database_blks_hit_total
                pg_stat_database_tup_returned_total pg_stat_database_tup_fetched_total
                pg_stat_database_tup_inserted_total pg_stat_database_tup_updated_total
                pg_stat_database_tup_deleted_total pg_stat_database_conflicts_total
                pg_stat_database_temp_files_total pg_stat_database_temp_bytes_total
                pg_stat_database_deadlocks_total pg_stat_database_read_seconds_total
                pg_stat_database_write_seconds_total
            """,
        }
    ),
    "locks": _reads(
        {"mode": "pg_locks_count pg_locks_waiting"},
        locks="level parent pid user database application state wait transaction_s query",
    ),
    "sizes": _reads({"datname": "pg_database_size_bytes", "spcname": "pg_tablespace_size_bytes"}),
    "wal": _reads(
        {
            "": """
                pg_wal_records_total pg_wal_full_page_images_total pg_wal_bytes_total
                pg_wal_buffers_full_total pg_archived_total pg_archive_failed_total
                pg_checkpoints_timed_total pg_checkpoints_requested_total
                pg_checkpoint_write_seconds_total pg_checkpoint_sync_seconds_total
                pg_checkpoint_buffers_total pg_bgwriter_buffers_clean_total
                pg_bgwriter_stopped_total pg_buffers_allocated_total
            """,
        }
    ),
    "replication": _reads(
        {
            "": """
                pg_standby_lag_seconds pg_wal_receiver_up pg_wal_receiver_silence_seconds
                pg_wal_receiver_lag_bytes
            """,
            "application client": """
                pg_replication_streaming pg_replication_connections pg_replication_lag_bytes
                pg_replication_lag_seconds
            """,
            "slot": """
                pg_replication_slot_present pg_replication_slot_active pg_replication_slot_lost
                pg_replication_slot_retained_bytes
            """,
        },
        replication="""
            kind name client present fine state count most lag_bytes lag_s last_seen role
        """,
    ),
}

HISTORY = {
    "store": _reads(
        {
            "": """
                history_uptime_seconds history_rows history_bytes history_parts
                history_inserts_total history_inserted_rows_total history_inserted_bytes_total
                history_queries_total history_failed_queries_total history_queries_running
                history_merges_running history_waiting_rows history_waiting_seconds
                history_batches_total history_repeated_batches_total history_commits_total
                history_commit_seconds_total history_slowest_commit_seconds
                history_set_aside_rows history_takes history_mended_parts_total
                history_damaged_parts history_damaged_rows history_recent_bytes
                history_recent_series history_recent_seconds history_recent_full
                history_hot_series history_hot_bytes history_rollup_lag_seconds
                history_touched_windows history_merge_backlog_parts history_memory_bytes
                history_disk_free_bytes history_oldest_sample_age_seconds
                history_newest_sample_age_seconds
            """,
            "table": """
                history_table_rows history_table_bytes history_table_parts history_partition_parts
                history_bytes_per_row
            """,
        },
        history="name rows bytes parts most_parts oldest newest",
    )
}

WARDROUND = {
    "processes": _reads(
        {
            "role": """
                wardround_process_up wardround_process_cpu_seconds_total
                wardround_process_cpu_ratio wardround_process_resident_bytes
                wardround_process_open_files wardround_process_threads
                wardround_process_uptime_seconds
            """,
        },
        platform="role pid cpu resident open_files threads started_at",
    ),
    "database": _reads(
        {
            "queue status": "wardround_jobs",
            "": "wardround_oldest_job_seconds wardround_collectors_silent",
            "collector": """
                wardround_collector_targets wardround_collector_spool_bytes
                wardround_collector_samples_per_second wardround_collector_samples_total
                wardround_collector_delivered_total wardround_collector_dropped_total
                wardround_collector_spool_failures_total wardround_collector_history_takes
                wardround_collector_shards wardround_collector_stood_total
                wardround_collector_stood_recently wardround_collector_series
                wardround_collector_series_most wardround_collector_series_refused
                wardround_collector_targets_over_budget
                wardround_collector_listeners_dropped_total
                wardround_collector_listeners_waiting wardround_collector_detection_instances
                wardround_collector_detection_lost_total
                wardround_collector_detection_missed_total
                wardround_collector_detection_refused
            """,
            "collector reason": "wardround_collector_refused_total",
        }
    ),
    "folder": _reads({"": "wardround_data_free_bytes", "folder": "wardround_folder_bytes"}),
}
