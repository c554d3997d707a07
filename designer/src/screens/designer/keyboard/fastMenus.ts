/**
 * The library's menus take a key for what they have drawn: an arrow or Enter that comes before the next frame, or before the
 * finger has left the last letter, would be lost or mean another entry. A key that opens a menu would be lost as long as the
 * buttons beside the element are not drawn. Here everything is up to date after every single event.
 */

import { options } from "@bpmn-io/diagram-js-ui";
import type Canvas from "diagram-js/lib/core/Canvas";
import type EventBus from "diagram-js/lib/core/EventBus";
import type ContextPad from "diagram-js/lib/features/context-pad/ContextPad";

export class FastMenus {
  static $inject = ["eventBus", "canvas", "contextPad"];

  constructor(events: EventBus, canvas: Canvas, buttons: ContextPad) {
    settleAtOnce(events);
    searchWhatIsTyped(canvas.getContainer());
    takeKeysAtOnce(buttons);
    returnFocusAtOnce(canvas);
  }
}

/** What follows from a state is done before the next event comes, not after the next frame. */
function settleAtOnce(events: EventBus): void {
  const { requestAnimationFrame } = options;
  events.on("popupMenu.open", () => {
    options.requestAnimationFrame = queueMicrotask;
  });
  events.on("popupMenu.close", () => {
    options.requestAnimationFrame = requestAnimationFrame;
  });
}

/** The library searches when a key comes up. */
function searchWhatIsTyped(container: HTMLElement): void {
  container.addEventListener("input", ({ target }) => {
    const inMenu = (target as Element).closest(".djs-popup");
    if (inMenu) target?.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  });
}

/** An element that has just been selected or named has its buttons, but they are shown a moment later. */
function takeKeysAtOnce(buttons: ContextPad): void {
  const trigger = buttons.triggerEntry;
  buttons.triggerEntry = (...how) => {
    if (buttons.isOpen() && !buttons.isShown()) buttons.show();
    return trigger.apply(buttons, how);
  };
}

/** Closed by a key, a menu or a name gives the focus back to the canvas before the next key; by a click, as the library does it. */
function returnFocusAtOnce(canvas: Canvas): void {
  let key: KeyboardEvent | undefined;
  const note = (event: KeyboardEvent) => {
    key = event;
  };
  canvas.getContainer().addEventListener("keydown", note, { capture: true });
  const later = canvas.restoreFocus;
  canvas.restoreFocus = () => {
    const isHandled = key && key.eventPhase !== Event.NONE;
    if (isHandled && document.activeElement === document.body) canvas.focus();
    later.call(canvas);
  };
}
