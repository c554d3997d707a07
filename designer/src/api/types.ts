export interface Problem {
  rule: string;
  severity: "error" | "warning";
  message: string;
  element?: string | null;
  line?: number | null;
}

export interface Definition {
  id: string;
  key: string;
  name: string | null;
  version: number;
  deploymentId: string;
  suspended: boolean;
  description?: string | null;
  resource?: string | null;
}

export interface Deployment {
  id: string;
  name: string | null;
  deploymentTime: string;
}

export interface DefinitionStatistics {
  id: string;
  instances: number;
  incidents?: { incidentType: string; incidentCount: number }[];
}

export interface Variable {
  value: unknown;
  type?: string | null;
  valueInfo?: Record<string, unknown> | null;
}

export type Variables = Record<string, Variable>;

export type InstanceState = "active" | "suspended" | "completed" | "terminated" | "cancelled" | "compensated";

export interface Header {
  id: string;
  definitionId: string;
  definitionKey: string;
  businessKey: string | null;
  state: InstanceState;
  startedAt: string;
  endedAt: string | null;
  startElement: string | null;
  endElement: string | null;
  reason: string | null;
  tokens: Record<string, number>;
  incidents: number;
  undoing: boolean;
  position: number;
}

export interface InstanceEvent {
  position: number;
  at: string;
  type: string;
  element: string | null;
  token: number | null;
  data: Record<string, unknown>;
}

export interface TokenRow {
  number: number;
  parent: number | null;
  element: string;
  kind?: string | null;
  state: string;
  enteredAt?: string | null;
  definitionId?: string | null;
  undoes?: number | null;
}

export type LedgerState = "undoable" | "undoing" | "undone" | "failed" | "skipped" | "discarded" | "kept";

export interface LedgerEntry {
  seq: number;
  element: string;
  token: number;
  scope: number;
  completedAt: string;
  handler: string | null;
  innerScope?: number | null;
  definitionId?: string | null;
  state: LedgerState;
  undoneAt?: string | null;
  undoneBy?: string | null;
}

export interface Incident {
  id: string;
  incidentType: string;
  incidentMessage: string | null;
  activityId: string;
  incidentTimestamp: string;
  configuration?: string | null;
  processInstanceId: string;
  processDefinitionId?: string | null;
}

export interface AwaitedRow {
  id: string;
  token: number;
  element: string;
  kind: string;
  name: string | null;
  due: string | null;
  workerId: string | null;
}
export interface Snapshot {
  position: number;
  at: string;
  header: Header;
  tokens: TokenRow[];
  variables: Record<string, Variables>;
  ledger: LedgerEntry[];
  incidents: Incident[];
  awaited: AwaitedRow[];
  elements: Record<string, { entered: number; completed: number; cancelled: number }>;
  flows: Record<string, number>;
  history: { from: number; complete: boolean; events: InstanceEvent[] };
}

export interface UserTask {
  id: string;
  name: string | null;
  assignee: string | null;
  created: string;
  due: string | null;
  priority: number;
  processInstanceId: string;
  processDefinitionId: string;
  taskDefinitionKey: string;
  suspended?: boolean;
}

export interface Subscription {
  id: string;
  eventType: string;
  eventName: string;
  activityId: string;
  processInstanceId: string;
}

export interface PlanStep {
  seq: number;
  element: string;
  handler: string | null;
}
