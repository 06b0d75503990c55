/** The shapes of the generated schema (`npm run gen`) under the names that the rooms here use. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Ref = Schemas["Ref"];
export type TypedRef = Schemas["TypedRef"];
export type Colour = Schemas["TicketRow"]["colour"];
export type Condition = Schemas["Condition"];
export type Severity = Schemas["Severity"];

export type SessionOut = Schemas["SessionOut"];

export type Clock = Schemas["ClockOut"];
export type TicketRow = Schemas["TicketRow"];
export type FormField = Schemas["FormFieldOut"];
export type Transition = Schemas["WayOut"];
export type TimelineEntry = Schemas["LineOut"];
export type Ticket = Schemas["TicketOut"];
export type RelatedMany = Schemas["RelationsBulkOut"];
export type TicketAct = Schemas["TicketActsIn"]["act"];
export type ActedOn = Schemas["TicketActsOut"];
export type OfferedActs = Schemas["OfferedOut"];
export type WayOfMany = Schemas["WayOfManyOut"];
export type TicketType = Schemas["TicketTypeOut"];

export type InformationBoard = Schemas["InformationOut"];
export type StatusRow = Schemas["NodeOut"];
export type StatusBoard = Schemas["StatusOut"];
export type SystemRow = Schemas["SystemOut"];

export type UnifiedView = Schemas["UnifiedOut"];
export type ZoneView = Schemas["ZoneViewOut"];
export type SystemInZone = Schemas["SystemInZoneOut"];
export type Where = Schemas["WhereOut"];
export type PicturePlaces = Schemas["PlacesOut"];
export type Picture = Schemas["Picture"];
export type FoundPlace = Schemas["FoundPlaceOut"];

export type Attribute = Schemas["AttributeOut"];
export type Item = Schemas["ItemOut"];
export type ItemType = Schemas["ItemTypeOut"];
export type AuditChain = Schemas["AuditChainOut"];
export type Import = Schemas["ImportOut"];
export type ImportLine = Schemas["ImportLineOut"];
export type ImportRow = Schemas["ImportRow"];
export type ItemSource = Schemas["SourceOut"];
export type ItemSources = Schemas["ItemSourcesOut"];
export type Seer = Schemas["SeerOut"];
export type BulkDone = Schemas["ItemsBulkOut"];
export type BulkRow = Schemas["ItemRowIn"];
export type Finding = Schemas["FindingOut"];
export type ItemCompared = Schemas["ItemComparedOut"];
export type SystemCompared = Schemas["SystemComparedOut"];
export type Binned = Schemas["BinnedOut"];
export type MergedItems = Schemas["MergedOut"];
export type Deleted = Schemas["DeletedOut"];
export type Restored = Schemas["RestoredOut"];
export type TakenBack = Schemas["TakenBackOut"];
export type Change = Schemas["ItemChangeOut"];
export type Relation = Schemas["RelationOut"];
export type ItemGraph = Schemas["GraphOut"];
export type ItemPaths = Schemas["PathsOut"];
export type GraphNode = Schemas["GraphNodeOut"];
export type GraphEdge = Schemas["GraphEdgeOut"];
export type Interface = Schemas["InterfaceOut"];
export type Party = Schemas["PartyOut"];
export type InterfaceMap = Schemas["InterfaceMapOut"];
export type MapParty = Schemas["MapPartyOut"];
export type MapWay = Schemas["MapWayOut"];
export type Network = Schemas["NetworkOut"];
export type NetworkDetail = Schemas["NetworkDetailOut"];
export type Address = Schemas["AddressOut"];
export type AddressCell = Schemas["AddressCellOut"];
export type AddressPlace = Schemas["AddressPlaceOut"];
export type AddressRange = Schemas["AddressRangeOut"];
export type AddressState = Schemas["AddressState"];
export type Circuit = Schemas["CircuitOut"];
export type NewRelation = Schemas["RelationIn"];
export type RelationKind = Schemas["RelationKindOut"];
export type Pack = Schemas["PackOut"];
export type WaitingUpdate = Schemas["WaitingOut"];
export type Definition = Schemas["DefinitionOut"];
export type DefinitionDifference = Schemas["DifferenceOut"];
export type DefinitionMistake = Schemas["ProblemOut"];

export type Target = Schemas["TargetOut"];
export type CheckResult = Schemas["CheckOut"];
export type Panel = Schemas["PanelOut"];
export type Rule = Schemas["RuleOut"];
export type RuleSwitch = Schemas["SwitchOut"];
export type MonitorTemplate = Schemas["TemplateOut"];
export type ItemTable = Schemas["TableOut"];
export type Sample = Schemas["SamplesOut"];
export type Alert = Schemas["AlertOut"];
export type AlertAct = Schemas["Act"];
export type AlertLine = Schemas["AlertLineOut"];

export type NewView = Schemas["ViewIn"];
export type RoleScope = Schemas["ScopeOut"];
export type Account = Schemas["AccountOut"];
export type Role = Schemas["RoleOut"];
export type Permission = Schemas["PermissionOut"];
export type Token = Schemas["TokenOut"];
export type AuditRecord = Schemas["AuditOut"];
export type TotpOffer = Schemas["TotpOut"];
export type WebhookRow = Schemas["ReceiverOut"];
export type DeliveryRow = Schemas["DeliveryRow"];
export type Delivery = Schemas["DeliveryOut"];
