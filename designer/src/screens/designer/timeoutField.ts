import { isTextFieldEntryEdited, TextFieldEntry } from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";

const TIMED = ["bpmn:ServiceTask", "bpmn:SendTask", "bpmn:BusinessRuleTask"];

interface Shape {
  businessObject: { $type: string; get(name: string): string | undefined };
}

interface Group {
  id: string;
  [more: string]: unknown;
}

interface Modeling {
  updateProperties(element: Shape, properties: Record<string, string | undefined>): void;
}

/** `baton:timeout`, where a worker does the task. */
function Timeout({ element }: { element: Shape }) {
  const modeling = useService<Modeling>("modeling");
  const debounce = useService<(callback: () => void) => () => void>("debounceInput");
  return TextFieldEntry({
    element,
    id: "baton-timeout",
    label: "Timeout of an attempt",
    description: "An ISO 8601 duration such as PT10M, or an expression. Then the attempt has failed.",
    getValue: () => element.businessObject.get("baton:timeout") ?? "",
    setValue: (value: string | undefined) =>
      modeling.updateProperties(element, { "baton:timeout": value?.trim() || undefined }),
    debounce,
  });
}

/** Whether an attempt of a worker can be limited here; a timeout that is there already can always be taken away. */
export function isTimed({ businessObject }: Shape): boolean {
  if (!TIMED.includes(businessObject.$type)) return false;
  return businessObject.get("camunda:type") === "external" || Boolean(businessObject.get("baton:timeout"));
}

interface Panel {
  registerProvider(priority: number, provider: TimeoutProvider): void;
}

class TimeoutProvider {
  static $inject = ["propertiesPanel"];

  constructor(panel: Panel) {
    panel.registerProvider(400, this);
  }

  getGroups(element: Shape) {
    return (groups: Group[]) => {
      if (!isTimed(element)) return groups;
      const entry = { id: "baton-timeout", element, component: Timeout, isEdited: isTextFieldEntryEdited };
      const own = { id: "baton-worker", label: "Worker", entries: [entry] };
      const place = groups.findIndex((it) => it.id === "CamundaPlatform__Implementation") + 1;
      return place > 0 ? [...groups.slice(0, place), own, ...groups.slice(place)] : [...groups, own];
    };
  }
}

export const TimeoutModule = {
  __init__: ["timeoutProvider"],
  timeoutProvider: ["type", TimeoutProvider],
};
