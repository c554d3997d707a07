/** The process that a diagram is about: its root, or the first executable pool. */

import type Modeling from "bpmn-js/lib/features/modeling/Modeling";
import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type { Modeler } from "./modeler";

export interface ProcessInfo {
  id: string;
  name: string;
}

interface Business {
  $type: string;
  id: string;
  name?: string;
  isExecutable?: boolean;
}

interface Root {
  rootElements?: Business[];
}

export function processInfo(modeler: Modeler): ProcessInfo | null {
  const root = modeler.getDefinitions() as unknown as Root | undefined;
  const processes = root?.rootElements?.filter((it) => it.$type === "bpmn:Process") ?? [];
  const one = processes.find((it) => it.isExecutable) ?? processes[0];
  return one ? { id: one.id, name: one.name ?? "" } : null;
}

/** Names the process of a diagram without pools, whose root element is the process itself. */
export function nameProcess(modeler: Modeler, parts: { id: string; name: string }): void {
  const root = modeler.get<Canvas>("canvas").getRootElement();
  modeler.get<Modeling>("modeling").updateProperties(root as never, parts);
}

export const hasPools = (modeler: Modeler) =>
  modeler.get<Canvas>("canvas").getRootElement().id !== processInfo(modeler)?.id;

export const isEmpty = (modeler: Modeler) => modeler.get<ElementRegistry>("elementRegistry").getAll().length <= 1;
