/**
 * The shapes that the API answers with, named as the rooms here use them. All come from the
 * generated schema (`npm run gen`); what is narrowed is said where it is.
 */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
/** The same shape with some members narrowed. */
type With<T, More> = Omit<T, keyof More> & More;

export type Ref = Schemas["Ref"];
export interface ItemRef extends Ref {
  key?: string;
  type?: string;
  layer?: string;
}
export interface Page<T> {
  items: T[];
  next?: string | null;
  total?: number | null;
}

export type Colour = Schemas["TicketRow"]["colour"];
export type Category = Schemas["TicketRow"]["category"];
export type Condition = Schemas["Condition"];
export type Severity = Schemas["Severity"];

export type SessionOut = Schemas["SessionOut"] & {
  /** The hospital's zone, where the server tells it. */
  time_zone?: string;
};

export type Clock = Schemas["ClockOut"];
export type TicketRow = Schemas["TicketRow"];
export type FieldType =
  | "text"
  | "number"
  | "boolean"
  | "date"
  | "datetime"
  | "choice"
  | "address"
  | "network"
  | "email"
  | "phone"
  | "url"
  | "reference"
  | "secret"
  | "longtext"
  | "list";
export type Choice = Schemas["ChoiceOut"];
/** What draws one control; attributes, ticket fields and parameters of templates all fit. */
export interface Field {
  name: string;
  label: string;
  type: FieldType;
  required?: boolean;
  choices?: readonly Choice[];
  unit?: string | null;
  to?: readonly string[];
  help?: string | null;
}
export type FormField = With<Schemas["FormFieldOut"], Field>;
export type Transition = Schemas["WayOut"];
export type TimelineEntry = Schemas["LineOut"];
export type Ticket = With<Schemas["TicketOut"], { form: FormField[] }>;
export type TicketType = With<Schemas["TicketTypeOut"], { fields: Field[] }>;

export type InformationBoard = Schemas["InformationOut"];
export type StatusRow = With<
  Schemas["NodeOut"],
  { alerts: With<Schemas["NodeAlertOut"], { severity: Severity }>[] }
>;
export type StatusBoard = With<
  Schemas["StatusOut"],
  { items: StatusRow[]; counts: Partial<Record<Condition, number>> }
>;
export type SystemRow = Schemas["SystemOut"];
export type SystemsBoard = Schemas["SystemsOut"];

export type Item = Schemas["ItemOut"];
export type ItemChange = Schemas["ChangeOut"];
export type Relation = Schemas["RelationOut"];
export type ItemType = With<Schemas["ItemTypeOut"], { attributes: Field[] }>;
export type RelationKind = Schemas["RelationKindOut"];
export type Layer = Schemas["LayerOut"];
export type Definition = Schemas["DefinitionRow"] & { text?: string };
export type Pack = Schemas["PackOut"];

export type Target = Schemas["TargetOut"];
export type CheckResult = Schemas["CheckOut"];
export type Panel = With<Schemas["PanelOut"], { kind: "line" | "area" | "stacked" }>;
export type MonitorTemplate = With<
  Schemas["TemplateOut"],
  { panels: Panel[]; parameters: With<Schemas["ParameterOut"], { type: FieldType }>[] }
>;
export type ItemTable = Schemas["TableOut"];
export type Collector = Schemas["CollectorOut"];
export type Sample = Schemas["SamplesOut"];
export type AlertRule = Schemas["RuleOut"];
export type Alert = Schemas["AlertOut"];

export type SavedView = Schemas["ViewOut"];
export type NewView = Schemas["ViewIn"];
export type RoleScope = Required<Schemas["ScopeShape"]>;
export type Account = Schemas["AccountOut"];
export type Role = Schemas["RoleOut"];
export type Permission = Schemas["PermissionOut"];
export type Token = Schemas["TokenOut"];
export type NewToken = Schemas["NewTokenOut"];
export type AuditRecord = Schemas["AuditOut"];
export type OwnSession = Schemas["OwnSessionOut"];
export type TotpOffer = Schemas["TotpOut"];
