/** Keys of the page around the canvas, which has its own while it has the focus. */

import type CommandStack from "diagram-js/lib/command/CommandStack";
import type Canvas from "diagram-js/lib/core/Canvas";
import type Selection from "diagram-js/lib/features/selection/Selection";
import { isTyping, useDocumentKeys } from "~/frame/keys";
import type { Modeler } from "../modeler";
import { fitModeler } from "../useModeler";

interface Acts {
  deploy: () => void;
  /** Over to the simulation, or back. */
  simulate: () => void;
  openPanel: () => void;
}

/** What works with Ctrl, wherever the focus is; undo and redo only where the canvas would not do it itself. */
function findCommand(
  event: KeyboardEvent,
  modeler: Modeler | null,
  { deploy, simulate }: Acts,
): (() => void) | undefined {
  const stack = modeler?.get<CommandStack>("commandStack");
  const outside = !isTyping(event.target) && !(event.target as Element).closest(".djs-container");
  const key = event.shiftKey && event.key.toLowerCase() === "z" ? "y" : event.key;
  const changes = { z: () => stack?.undo(), y: () => stack?.redo() };
  const always = { s: deploy, Enter: simulate, "0": () => modeler && fitModeler(modeler) };
  return { ...always, ...(outside ? changes : {}) }[key];
}

const firstIn = (place: string) =>
  document.querySelector<HTMLElement>(`${place} :is(button, input, textarea, select):not([disabled])`);

/** Enter goes from the selected element to its properties, Esc back. */
function findMove(event: KeyboardEvent, modeler: Modeler | null, { openPanel }: Acts): (() => void) | undefined {
  const target = event.target as Element;
  if (!modeler) return undefined;
  const onCanvas = target.tagName === "svg" && target.closest(".djs-container");
  if (event.key === "Enter" && onCanvas && modeler.get<Selection>("selection").get().length === 1)
    return () => {
      openPanel();
      requestAnimationFrame(() => firstIn(".properties .bio-properties-panel-scroll-container")?.focus());
    };
  if (event.key === "Escape" && target.closest(".properties")) return () => modeler.get<Canvas>("canvas").focus();
  return undefined;
}

export function useKeys(modeler: Modeler | null, acts: Acts): void {
  useDocumentKeys(
    (event) => {
      if (document.querySelector("dialog[open]")) return;
      const run = event.ctrlKey || event.metaKey ? findCommand(event, modeler, acts) : findMove(event, modeler, acts);
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    { capture: true },
  );
}
