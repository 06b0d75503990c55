/** The shapes that the API answers with. */
export interface Ref { id: string; name: string }
export interface ItemRef extends Ref { type?: string | null; key?: string; type_label?: string | null; layer?: string | null }
export interface Page<T> { items: T[]; next: string | null; total?: number | null }

export type Colour = "black" | "red" | "yellow" | "green" | "grey" | "none";
export type Condition = "ok" | "warning" | "critical" | "down" | "unknown" | "maintenance";
export type Severity = "info" | "warning" | "critical" | "disaster";
export type Category = "new" | "working" | "waiting" | "resolved" | "closed";

export interface SessionOut {
  account: { id: string; user_name: string; display_name: string; language: string; theme: string; email?: string; phone?: string };
  permissions: string[];
  second_factor: boolean;
  must_change_password: boolean;
  idle_minutes: number | null;
  ends_at: string | null;
  time_zone?: string;
}

export interface Clock {
  name: string; label: string; colour: Colour; started_at: string;
  yellow_at: string | null; red_at: string | null; due_at: string | null;
  paused: boolean; pause_reason: string | null; remaining_s: number | null; target_s: number;
  stopped_at: string | null; met: boolean | null;
}

export interface TicketRow {
  id: string; number: string; type: string; type_label: string; title: string;
  state: string; state_label: string; category: Category; open: boolean;
  colour: Colour; due_at: string | null; level: string | number | null;
  impact: string | null; urgency: string | null; importance: string | null;
  assignee: Ref | null; item: ItemRef | null; systems: Ref[]; alert: string | null;
  opened_at: string; resolved_at: string | null; closed_at: string | null; updated_at: string;
  version: number; clocks: Clock[];
}

export type FieldType =
  | "text" | "number" | "boolean" | "date" | "datetime" | "choice" | "address" | "network" | "email"
  | "phone" | "url" | "reference" | "secret" | "longtext";
export interface Choice { value: string; label: string }
export interface Field {
  name: string; label: string; type: FieldType; required?: boolean; choices?: Choice[] | null;
  unit?: string | null; to?: string | readonly string[] | null; help?: string | null; list?: boolean;
}
export interface FormField extends Field { value: unknown; access: "edit" | "read" }
export interface Transition {
  name: string; label: string; to: string; requires: string[]; comment?: boolean; allowed: boolean; why_not: string | null;
}
export interface TimelineEntry {
  id: number; at: string; kind: "opened" | "state" | "assigned" | "comment" | "alert" | "field" | "clock";
  actor: Ref | null; text: string; data: Record<string, unknown> | null;
}
export interface Ticket extends TicketRow {
  description: string; fields: Record<string, unknown>; form: FormField[];
  transitions: Transition[]; timeline: TimelineEntry[];
}
export interface TicketType {
  name: string; label: string; fields: Field[];
  states: { name: string; label: string; category: Category }[]; transitions: Transition[];
}

export interface InformationBoard extends Page<TicketRow> { counts: Partial<Record<Colour, number>>; as_of: string }
export interface StatusRow {
  item: ItemRef; condition: Condition; since: string | null;
  alerts: { id: string; severity: Severity; summary: string; started_at: string }[];
  tickets: { id: string; number: string; state_label: string; colour: Colour; assignee: Ref | null }[];
  systems: Ref[];
}
export interface StatusBoard extends Page<StatusRow> { counts: Partial<Record<Condition, number>>; as_of: string }
export interface SystemRow {
  id: string; name: string; importance: "A" | "B" | "C" | null; condition: Condition; since: string | null;
  open_alerts: number; open_tickets: number; worst_colour: Colour; parts: number; parts_abnormal: number;
}
export interface SystemsBoard extends Page<SystemRow> { as_of?: string }

export interface Item {
  id: string; key: string; type: string; type_label: string; layer: string; layer_label: string;
  name: string; importance: "A" | "B" | "C" | null; condition: Condition; condition_since: string | null;
  owner: Ref | null; vendor: Ref | null; systems: Ref[]; attributes: Record<string, unknown>;
  updated_at: string; version: number;
}
export interface ItemChange { id: number; at: string; actor: Ref | null; field: string; old: unknown; new: unknown }
export interface Relation {
  id: string; kind: string; kind_label: string; source: ItemRef; target: ItemRef;
  group: string | null; need: number | null; standby: "hot" | "cold" | null; switch_minutes: number | null;
}
export interface ItemType { name: string; label: string; layer: string; layer_label: string; icon: string | null; abstract?: boolean; attributes: Field[] }
export interface RelationKind { name: string; label: string; reverse_label: string; carries_impact: string }
export interface Layer { name: string; label: string; order: number }
export interface Definition { kind: string; name: string; label: string; version: string | number; pack: string; text?: string | null }
export interface Pack { name: string; label: string; version: string; pack?: string; definitions?: number }

export interface Target {
  id: string; name: string; item: ItemRef; template: string; driver: string; address: string | null;
  interval_s: number; timeout_s: number; enabled: boolean; state: "up" | "down" | "unknown" | "paused";
  reason: string | null; reason_text: string | null; last_at: string | null; last_seconds: number | null;
  last_samples: number | null; collector: string | null;
}
export interface Panel {
  name: string; label: string; unit: string | null; kind: "line" | "area" | "stacked";
  metrics: { metric: string; label?: string | null; aggregate?: string | null; by?: string | string[] | null }[];
}
export interface MonitorTemplate {
  name: string; label: string; driver: string; panels: Panel[];
  metrics: { name: string; label: string; unit: string | null; kind: string }[];
  tables: { name: string; label: string; columns: TableColumn[] }[];
}
export interface TableColumn { name: string; label: string; unit: string | null }
export interface ItemTable { name: string; label: string; at: string; columns: TableColumn[]; rows: Record<string, unknown>[] }
export interface Sample {
  metric: string; item: string; labels: Record<string, string>; unit: string | null;
  points: [number, number | null][];
}
export interface AlertRule {
  name: string; label: string; severity: Severity; expr: string; recover: string | null; for_s: number;
  keep_firing_for_s: number; template: string | null; enabled: boolean;
}
export interface Alert {
  id: string; rule: string; rule_label: string; severity: Severity; item: ItemRef;
  labels: Record<string, string>; summary: string; value: number | null; unit: string | null;
  state: "open" | "resolved"; started_at: string; ended_at: string | null; last_at: string | null; systems: Ref[];
}

export interface SavedView { id: string; page: string; name: string; query: string; shared: boolean }
export interface RoleScope { everything: boolean; systems: string[]; organisations: string[] }
export interface Account {
  id: string; user_name: string; display_name: string; email: string; phone: string; active: boolean;
  roles: { role: string; scope: RoleScope }[]; locked_until: string | null; last_seen_at: string | null;
  second_factor?: boolean | null; must_change_password?: boolean | null;
}
export interface Role { id: string; name: string; label: string; permissions: string[]; built_in: boolean; label_zh?: string; label_en?: string }
export interface Permission { key: string; label: string; room: string }
export interface Token {
  id: string; name: string; permissions: string[] | null; expires_at: string | null;
  created_at?: string; last_used_at?: string | null; token?: string;
}
export interface AuditRecord {
  id: string; at: string; actor: Ref | null; action: string; subject_kind: string; subject_id: string;
  detail: Record<string, unknown>; sealed: boolean;
}
