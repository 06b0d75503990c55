"""The SQL of alerts that works on many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

ONE_AT_A_TIME = """SELECT pg_advisory_xact_lock(7306901)"""
"""Raising and resolving go one after the other: two that touch the same item must not both
compute its condition without seeing the other's alert."""

RAISE = """
    INSERT INTO alerts_alert
        (id, fingerprint, rule, rule_label_zh, rule_label_en, severity, availability, item_id,
         item_name, target_id, labels, summary_zh, summary_en, value, unit, systems,
         started_at, last_at, end_reason)
    SELECT given.id, fingerprint, rule, rule_label_zh, rule_label_en, severity, availability,
         item_id, item_name, target_id, labels, summary_zh, summary_en, value, unit,
         ARRAY(SELECT jsonb_array_elements_text(systems)::uuid),
         started_at, started_at, ''
    FROM unnest(
        %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[],
        %s::uuid[], %s::text[], %s::uuid[], %s::jsonb[], %s::text[], %s::text[], %s::float8[],
        %s::text[], %s::jsonb[], %s::timestamptz[]
    ) AS given (id, fingerprint, rule, rule_label_zh, rule_label_en, severity, availability,
        item_id, item_name, target_id, labels, summary_zh, summary_en, value, unit, systems,
        started_at)
    ON CONFLICT (fingerprint) WHERE ended_at IS NULL DO NOTHING
    RETURNING id
"""

RESOLVE = """
    UPDATE alerts_alert AS alert
    SET ended_at = greatest(given.at, alert.started_at),
        last_at = greatest(given.at, alert.last_at),
        end_reason = given.reason
    FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS given (fingerprint, reason, at)
    WHERE alert.fingerprint = given.fingerprint AND alert.ended_at IS NULL
    RETURNING alert.id, alert.item_id, alert.ended_at, alert.end_reason
"""

SEEN = """
    UPDATE alerts_alert AS alert
    SET last_at = greatest(given.at, alert.last_at), value = given.value
    FROM unnest(%s::uuid[], %s::float8[], %s::timestamptz[]) AS given (fingerprint, value, at)
    WHERE alert.fingerprint = given.fingerprint AND alert.ended_at IS NULL
    RETURNING alert.fingerprint
"""

CLOSED_BEFORE = """
    SELECT newest.fingerprint, newest.target_id
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (fingerprint, at)
    CROSS JOIN LATERAL (
        SELECT fingerprint, target_id, ended_at, end_reason FROM alerts_alert
        WHERE fingerprint = given.fingerprint ORDER BY started_at DESC, id DESC LIMIT 1
    ) AS newest
    WHERE newest.end_reason = %s AND newest.ended_at < given.at
"""
"""Of troubles that are seen and not open, those that a person had closed before they were seen."""

WORST_OPEN = """
    SELECT item_id, bool_or(availability OR severity = 'disaster'),
           bool_or(severity = 'critical'), bool_or(severity = 'warning')
    FROM alerts_alert
    WHERE ended_at IS NULL AND item_id = ANY(%s) AND rule <> %s
    GROUP BY item_id
"""


def run(statement: str, parameters: Sequence[Any] = ()) -> None:
    """Run a statement that answers nothing of interest."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and give its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
