/** The group of the panel from which an element template is used. */

import type EventBus from "diagram-js/lib/core/EventBus";
import { createElement } from "preact";

/** Fired with the id of the element. */
export const USE_TEMPLATE = "baton.useTemplate";

const TYPES = ["Task", "ServiceTask", "SendTask", "ReceiveTask", "UserTask", "BusinessRuleTask", "ScriptTask"];
/** Elements of other types have no template in the catalogue; a draft may bring some. */
const OPEN = ["Task", "ServiceTask", "SendTask", "ReceiveTask"];

interface Shape {
  id: string;
  businessObject: { $type: string };
}

export function makeTemplateGroup(element: Shape, events: EventBus) {
  const type = element.businessObject.$type.replace("bpmn:", "");
  if (!TYPES.includes(type)) return null;
  const onClick = () => events.fire(USE_TEMPLATE, { element: element.id });
  const button = createElement("button", { type: "button", class: "button slim", onClick }, "Use a template…");
  const component = () => createElement("div", { class: "bio-properties-panel-entry" }, button);
  return {
    id: "baton-template",
    label: "Template",
    shouldOpen: OPEN.includes(type),
    entries: [{ id: "baton-use-template", component }],
  };
}
