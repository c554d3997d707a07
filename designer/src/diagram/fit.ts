import type Canvas from "diagram-js/lib/core/Canvas";

export interface Margin {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const NO_LARGER_THAN = 1;

/** Fits the diagram into what the margins leave free: `zoom("fit-viewport")` would slide it under the palette. */
export function fitInto(canvas: Canvas, margin: Margin): void {
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !inner.height || !outer.width || !outer.height) return;
  const width = outer.width - margin.left - margin.right;
  const height = outer.height - margin.top - margin.bottom;
  const scale = Math.min(width / inner.width, height / inner.height, NO_LARGER_THAN);
  canvas.viewbox({
    x: inner.x - (margin.left + (width - inner.width * scale) / 2) / scale,
    y: inner.y - (margin.top + (height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}
