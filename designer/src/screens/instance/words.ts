/** What an event says, in one short line. Pure. */

import type { InstanceEvent, Variables } from "~/api/types";
import { show } from "~/forms/variables";
import { absolute } from "~/ui/format";

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));

const TITLES: Record<string, string> = {
  InstanceStarted: "Started",
  InstanceEnded: "Ended",
  InstanceSuspended: "Suspended",
  InstanceMigrated: "Migrated to another version",
  InstanceResumed: "Resumed",
  ElementEntered: "Entered",
  ElementCompleted: "Completed",
  ElementCancelled: "Cancelled",
  FlowTaken: "Flow taken",
  TokenMerged: "Joined",
  VariablesChanged: "Variables",
  ExternalTaskCreated: "Work offered",
  ExternalTaskCompleted: "Work done",
  ExternalTaskFailed: "Work failed",
  UserTaskCreated: "Task for a person",
  UserTaskChanged: "Task changed",
  UserTaskCompleted: "Task completed",
  TimerSet: "Timer set",
  TimerFired: "Timer fired",
  TimerCancelled: "Timer cancelled",
  SubscriptionOpened: "Waits for",
  MessageReceived: "Message received",
  SignalReceived: "Signal received",
  ConditionMet: "Condition met",
  DecisionEvaluated: "Decided",
  Triggered: "Told to go on",
  MessageSent: "Message sent",
  SignalSent: "Signal sent",
  ErrorThrown: "Error",
  EscalationThrown: "Escalation",
  IncidentOpened: "Incident",
  IncidentResolved: "Incident resolved",
  CompensationRecorded: "Can be undone",
  CompensationStarted: "Undoing begins",
  UndoStarted: "Undoing",
  UndoCompleted: "Undone",
  UndoFailed: "Undoing failed",
  UndoSkipped: "Undoing skipped",
  UndoDiscarded: "Can no longer be undone",
  CompensationCompleted: "Undoing complete",
  RolledBack: "Rolled back",
};

export const title = (type: string) => TITLES[type] ?? type;

export function tone(type: string): "" | "undo" | "bad" {
  if (/^(Undo(Started|Completed|Skipped)|Compensation(Started|Completed)|RolledBack)/.test(type)) return "undo";
  return /^(ErrorThrown|IncidentOpened|ExternalTaskFailed|UndoFailed)/.test(type) ? "bad" : "";
}

function variables(data: Record<string, unknown>): string {
  const set = Object.entries((data.set ?? {}) as Variables).map(([name, it]) => `${name} = ${show(it)}`);
  const removed = ((data.removed ?? []) as string[]).map((name) => `${name} removed`);
  return [...set, ...removed].join(", ");
}

export function detail(event: InstanceEvent, name: (id: string) => string): string {
  const { data } = event;
  switch (event.type) {
    case "InstanceStarted":
      return text(data.businessKey);
    case "InstanceEnded":
      return [text(data.state), text(data.reason)].filter(Boolean).join(": ");
    case "VariablesChanged":
      return variables(data);
    case "FlowTaken":
      return text(data.flow);
    case "ExternalTaskCreated":
      return text(data.topic);
    case "ExternalTaskCompleted":
      return text(data.worker);
    case "ExternalTaskFailed":
      return `${text(data.message)}${data.retries === undefined ? "" : `, ${text(data.retries)} retries left`}`;
    case "UserTaskCreated":
      return text(data.assignee);
    case "TimerSet":
      return data.due ? `due ${absolute(new Date(data.due as string | number).toISOString())}` : "";
    case "SubscriptionOpened":
      return `${text(data.kind)} ${text(data.name)}`;
    case "MessageReceived":
    case "SignalReceived":
    case "MessageSent":
    case "SignalSent":
      return text(data.name);
    case "ErrorThrown":
    case "EscalationThrown":
      return [text(data.code), text(data.message), data.caughtBy ? `caught by ${name(text(data.caughtBy))}` : ""]
        .filter(Boolean)
        .join(" · ");
    case "IncidentOpened":
      return text(data.message);
    case "CompensationRecorded":
      return data.handler ? `by ${name(text(data.handler))}` : "";
    case "CompensationStarted":
      return `${(data.plan as unknown[] | undefined)?.length ?? 0} to undo`;
    case "UndoStarted":
      return data.handler && data.handler !== event.element ? `with ${name(text(data.handler))}` : "";
    case "UndoFailed":
      return text(data.message);
    case "RolledBack":
      return `to ${name(text(data.to))}`;
    default:
      return "";
  }
}
