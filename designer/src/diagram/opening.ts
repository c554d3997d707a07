/**
 * Opens what stands behind an element: of a collapsed subprocess its own plane of the diagram, of a call activity whatever
 * the page makes of it. By a double-click, by `O`, and back by `U` or the breadcrumb.
 */

import type Canvas from "diagram-js/lib/core/Canvas";
import type EventBus from "diagram-js/lib/core/EventBus";

export interface Call {
  element: string;
  /** The key of the process that is called; undefined when the diagram does not name one. */
  key: string | undefined;
}

interface Diagram {
  get<T>(name: string): T;
}

interface Openable {
  id: string;
  type: string;
  businessObject?: { calledElement?: string };
}

/** bpmn-js draws the inside of a collapsed subprocess on a plane of this id. */
const PLANE = "_plane";

/** A name that is an expression is known only while an instance runs. */
const keyOf = (element: Openable) => {
  const key = element.businessObject?.calledElement;
  return key && /^[\w.-]+$/.test(key) ? key : undefined;
};

/** Opens an element; false if nothing stands behind it. */
export function openElement(diagram: Diagram, element: Openable, onCall: (call: Call) => void): boolean {
  const canvas = diagram.get<Canvas>("canvas");
  const plane = element.type === "bpmn:SubProcess" && canvas.findRoot(element.id + PLANE);
  if (plane && plane !== canvas.getRootElement()) canvas.setRootElement(plane);
  else if (element.type === "bpmn:CallActivity") onCall({ element: element.id, key: keyOf(element) });
  else return false;
  return true;
}

/** Goes from the plane of a subprocess to that in which it stands; false on the outermost. */
export function closePlane(diagram: Diagram): boolean {
  const canvas = diagram.get<Canvas>("canvas");
  const root = canvas.getRootElement();
  if (!root.id.endsWith(PLANE)) return false;
  const around = canvas.findRoot(root.id.slice(0, -PLANE.length));
  if (around) canvas.setRootElement(around);
  return Boolean(around);
}

/** Before the editor of names, which a double-click would open otherwise. */
const FIRST = 2000;
/** After bpmn-js, which shows a plane that it has not shown before in its natural size. */
const LAST = 200;

/** Opens by double-click; `onFirst` is called when a plane is shown for the first time. */
export function enableOpening(diagram: Diagram, onCall: (call: Call) => void, onFirst: () => void): void {
  const bus = diagram.get<EventBus>("eventBus");
  const seen = new Set<string>();
  bus.on("element.dblclick", FIRST, ({ element }: { element: Openable }) =>
    openElement(diagram, element, onCall) ? true : undefined,
  );
  bus.on("root.set", LAST, ({ element }: { element: Openable }) => {
    if (!element.id.endsWith(PLANE) || seen.has(element.id)) return;
    seen.add(element.id);
    onFirst();
  });
  bus.on("diagram.clear", () => seen.clear());
}
