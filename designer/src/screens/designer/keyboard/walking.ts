/** `J`, `K` and `Shift J`: from element to element along the flows, as on the diagram of an instance. */

import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type Selection from "diagram-js/lib/features/selection/Selection";
import { type Place, type Step, walk } from "~/diagram/walk";

export interface Keyboard {
  addListener(listener: (context: { keyEvent: KeyboardEvent }) => boolean | undefined): void;
  isCmd(event: KeyboardEvent): boolean;
}

interface Drawn {
  parent?: unknown;
  waypoints?: unknown;
}

const isPlace = (it: Place & Drawn) =>
  Boolean(it.parent) && !it.waypoints && !/^label$|Participant|Lane|Annotation|Data|Group/.test(it.type);

const STEPS: Record<string, Step> = { j: "onward", k: "back", J: "branch" };

export class KeyboardWalking {
  static $inject = ["keyboard", "elementRegistry", "selection", "canvas"];

  constructor(keyboard: Keyboard, registry: ElementRegistry, selection: Selection, canvas: Canvas) {
    keyboard.addListener(({ keyEvent }) => {
      const step = STEPS[keyEvent.key];
      if (!step || keyEvent.altKey || keyboard.isCmd(keyEvent)) return undefined;
      const places = (registry.getAll() as unknown as (Place & Drawn)[]).filter(isPlace);
      const next = walk(places, selection.get()[0] as unknown as Place | undefined, step);
      if (!next) return undefined;
      selection.select(next as never);
      canvas.scrollToElement(next as never, 120);
      return true;
    });
  }
}
