/**
 * Moves the canvas with the mouse, as the library's module does, but as one picture: at each step of that one the whole
 * diagram is laid out and painted again. It is drawn where it belongs when it is let go.
 */

import type Canvas from "diagram-js/lib/core/Canvas";
import type EventBus from "diagram-js/lib/core/EventBus";

const NEAR = 15;
/** After what drags elements. */
const LATE = 500;

function moveCanvas(bus: EventBus, canvas: Canvas): void {
  const press = (pressed: unknown): true | undefined => {
    const { originalEvent: begun } = pressed as { originalEvent: MouseEvent };
    if (begun.button > 1 || begun.ctrlKey || begun.shiftKey || begun.altKey) return;
    const container = canvas.getContainer();
    const style = container.querySelector<SVGElement>(":scope > svg")?.style;
    if (!style) return;
    let [dx, dy, moved] = [0, 0, false];
    const move = (event: MouseEvent): void => {
      [dx, dy] = [event.clientX - begun.clientX, event.clientY - begun.clientY];
      if (!moved && Math.hypot(dx, dy) > NEAR) {
        moved = true;
        container.classList.add("is-moved");
        bus.fire("canvas.viewbox.changing");
      }
      if (moved) style.transform = `translate(${dx}px, ${dy}px)`;
      // Nothing is selected as text.
      event.preventDefault();
    };
    const forget = (): void => {
      document.removeEventListener("mousemove", move);
      document.removeEventListener("mouseup", stop);
      bus.off("diagram.destroy", forget);
    };
    const stop = (): void => {
      forget();
      if (!moved) return;
      container.classList.remove("is-moved");
      style.transform = "";
      canvas.scroll({ dx, dy });
    };
    document.addEventListener("mousemove", move);
    document.addEventListener("mouseup", stop);
    bus.on("diagram.destroy", forget);
    return true;
  };
  bus.on("canvas.focus.changed", ({ focused }: { focused: boolean }) =>
    focused ? bus.on("element.mousedown", LATE, press) : bus.off("element.mousedown", press),
  );
}
moveCanvas.$inject = ["eventBus", "canvas"];

export const movingModule = { __init__: ["moveCanvas"], moveCanvas: ["factory", moveCanvas] };
