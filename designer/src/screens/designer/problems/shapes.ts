/** The modeler's services and elements, as far as repairs and names need them. */

import type CommandStack from "diagram-js/lib/command/CommandStack";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type { Modeler } from "../modeler";
import type { Named } from "./words";

export interface Business {
  $type: string;
  id: string;
  name?: string;
  get(name: string): unknown;
  eventDefinitions?: Business[];
}

export interface Shape {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  parent: Shape | null;
  host: Shape | null;
  waypoints?: { x: number; y: number }[];
  source?: Shape;
  target?: Shape;
  incoming: Shape[];
  outgoing: Shape[];
  attachers: Shape[];
  businessObject: Business;
}

export interface Modeling {
  updateProperties(shape: Shape, properties: Record<string, unknown>): void;
  updateModdleProperties(shape: Shape, moddle: unknown, properties: Record<string, unknown>): void;
  createShape(shape: unknown, place: { x: number; y: number }, parent: Shape, hints?: { attach?: boolean }): Shape;
  connect(from: Shape, to: Shape, attributes?: Record<string, unknown>): Shape;
  reconnectEnd(flow: Shape, to: Shape, dock: { x: number; y: number }): void;
  moveElements(shapes: Shape[], by: { x: number; y: number }): void;
  removeElements(shapes: Shape[]): void;
}

export const get = (modeler: Modeler, id: string) =>
  modeler.get<ElementRegistry>("elementRegistry").get(id) as unknown as Shape | undefined;

export const all = (modeler: Modeler) => modeler.get<ElementRegistry>("elementRegistry").getAll() as unknown as Shape[];

export const flowsOf = (shapes: readonly Shape[]) => shapes.filter((it) => it.type === "bpmn:SequenceFlow");

/** Several changes as one: undone by one Undo. */
export function asOneCommand(modeler: Modeler, run: () => void): void {
  modeler.get<CommandStack>("commandStack").execute("baton.repair", { run });
}

class RepairHandler {
  preExecute(context: { run: () => void }): void {
    context.run();
  }
}

class RepairCommands {
  static $inject = ["commandStack"];

  constructor(stack: CommandStack) {
    stack.registerHandler("baton.repair", RepairHandler as never);
  }
}

export const RepairModule = { __init__: ["batonRepair"], batonRepair: ["type", RepairCommands] };

const typeOf = ({ $type }: Business) => $type.replace("bpmn:", "");

const spaced = (type: string) => type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** What people call a shape: “Charge payment”, or “the exclusive gateway” as long as it has no name. */
export function nameShape({ businessObject }: Shape): string {
  const own = businessObject.name?.replace(/\s+/g, " ");
  return own ? `“${own}”` : `the ${spaced(typeOf(businessObject))}`;
}

/** Names elements as people do; a flow by what it joins. */
export function namedIn(modeler: Modeler): Named {
  const name = (id: string): string => {
    const shape = get(modeler, id);
    if (!shape) return id;
    const own = shape.businessObject.name?.replace(/\s+/g, " ");
    if (shape.waypoints && shape.source && shape.target)
      return `the flow ${own ? `“${own}” ` : ""}from ${name(shape.source.id)} to ${name(shape.target.id)}`;
    return nameShape(shape);
  };
  const type = (id: string) => {
    const shape = get(modeler, id);
    return shape ? typeOf(shape.businessObject) : "";
  };
  return { name, type };
}
