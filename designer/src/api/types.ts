/** The API's shapes by the names that the designer uses; `openapi.d.ts` is made from the server's description. */
import type { components } from "./openapi";

type Schemas = components["schemas"];

export type Problem = Pick<Schemas["Problem"], "rule" | "severity" | "message"> & Partial<Schemas["Problem"]>;
export type Definition = Schemas["ProcessDefinition"];
export type Deployment = Schemas["Deployment"];
export type DefinitionStatistics = Schemas["DefinitionStatistics"];
export type Variable = Schemas["GivenVariable"];
export type Variables = Record<string, Variable>;
export type InstanceState = Schemas["InstanceState"];
export type Header = Schemas["InstanceHeader"];
export type InstanceEvent = Schemas["Event"];
export type TokenRow = Schemas["Token"];
export type LedgerState = Schemas["LedgerState"];
export type LedgerEntry = Schemas["LedgerEntry"];
export type Incident = Schemas["Incident"];
export type ExternalTask = Schemas["ExternalTask"];
export type AwaitedRow = Schemas["Awaited"];
export type Snapshot = Schemas["Snapshot"];
export type UserTask = Schemas["Task"];
export type GroupCount = Schemas["CandidateGroupCount"];
export type ThroughputPoint = Schemas["ThroughputPoint"];
export type TopicBacklog = Schemas["ShownTopicBacklog"];
export type ServerStatus = Schemas["ServerStatus"];
export type WatchdogReport = Schemas["WatchdogReport"];
export type Subscription = Schemas["EventSubscription"];
export type PlanStep = Schemas["PlanStep"];
export type Simulation = Schemas["SimulationAnswer"];
export type SimulationCommand = Pick<Schemas["SimulationCommand"], "type"> & Partial<Schemas["SimulationCommand"]>;
export type SimulatedExternalTask = Schemas["SimulatedExternalTask"];
export type SimulatedJob = Schemas["SimulatedJob"];
export type ModificationPreview = Schemas["ModificationPreview"];
export type DefinitionSample = Schemas["DefinitionSample"];
export type ElementStatistics = Schemas["ActivityStatistics"];
export type Draft = Schemas["Draft"];
export type DraftContent = Schemas["DraftContent"];
export type DraftVersion = Schemas["DraftVersion"];
