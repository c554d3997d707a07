/** Buttons of the panel that open what an element names: its form, its decision. */

import type EventBus from "diagram-js/lib/core/EventBus";
import { createElement } from "preact";
import { foreignNote } from "~/forms/load";

export const FORM_GROUP = "CamundaPlatform__Form";
export const WORK_GROUP = "CamundaPlatform__Implementation";

/** Fired with what is to be opened. */
export const OPEN_FILE = "baton.openFile";

export interface Wanted {
  kind: "form" | "decision";
  /** What the element names; empty when it names none yet. */
  reference: string;
  element: FileShape;
}

export interface FileShape {
  id: string;
  businessObject: { $type: string; name?: string; get(name: string): string | undefined };
}

interface Entry {
  id: string;
  component: () => ReturnType<typeof createElement>;
  [more: string]: unknown;
}

function makeButton(id: string, label: string, onClick: () => void): Entry {
  const button = createElement("button", { type: "button", class: "button slim", onClick }, label);
  return { id, component: () => createElement("div", { class: "bio-properties-panel-entry" }, button) };
}

function makeNote(id: string, text: string): Entry {
  const note = createElement("p", { class: "note small", role: "note" }, text);
  return { id, component: () => createElement("div", { class: "bio-properties-panel-entry" }, note) };
}

const isFile = (key: string) => key.startsWith("camunda-forms:deployment:");

function makeFormEntries(element: FileShape, events: EventBus): Entry[] {
  const reference = element.businessObject.get("camunda:formRef") ?? "";
  const key = element.businessObject.get("camunda:formKey") ?? "";
  if (key && !isFile(key)) return [makeNote("baton-foreign-form", foreignNote(key))];
  const named = reference || key;
  const open = () => events.fire(OPEN_FILE, { kind: "form", reference: named, element } satisfies Wanted);
  return [makeButton("baton-open-form", named ? "Open the form" : "Draw a form", open)];
}

function makeDecisionEntries(element: FileShape, events: EventBus): Entry[] {
  const { businessObject } = element;
  if (businessObject.$type !== "bpmn:BusinessRuleTask") return [];
  const isDoneOtherwise = businessObject.get("camunda:type") || businessObject.get("camunda:expression");
  const reference = businessObject.get("camunda:decisionRef") ?? "";
  if (isDoneOtherwise && !reference) return [];
  const open = () => events.fire(OPEN_FILE, { kind: "decision", reference, element } satisfies Wanted);
  return [makeButton("baton-open-decision", reference ? "Open the decision" : "Draw a decision", open)];
}

export function makeFileEntries(group: string, element: FileShape, events: EventBus): Entry[] {
  if (group === FORM_GROUP) return makeFormEntries(element, events);
  return group === WORK_GROUP ? makeDecisionEntries(element, events) : [];
}
