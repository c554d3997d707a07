/** Draws with colours of the theme, and mutes the colours that an author gave to an element when the theme is dark. */

import BpmnRenderer from "bpmn-js/lib/draw/BpmnRenderer";
import type { Element, Shape } from "bpmn-js/lib/model/Types";
import { getDi } from "bpmn-js/lib/util/ModelUtil";

export const THEME_COLOURS = {
  defaultFillColor: "var(--shape-fill)",
  defaultStrokeColor: "var(--shape-stroke)",
  defaultLabelColor: "var(--shape-label)",
};

/** The typeface of the page, also inside shapes; bpmn-js measures with it, so it must be loaded first. */
export const THEME_TEXT = {
  defaultStyle: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontSize: 12 },
  externalStyle: { fontSize: 10.5 },
};

export const fontReady = () =>
  document.fonts.load('12px "Inter Variable"').then(
    () => undefined,
    () => undefined,
  );

const ABOVE_DEFAULT = 1500;

type Base = new (
  ...services: unknown[]
) => {
  drawShape(parent: SVGElement, shape: Shape, attrs?: Record<string, unknown>): SVGElement;
  canRender(element: Element): boolean;
};

// The renderer's services are injected by name, so the constructor only hands them on.
const Renderer = BpmnRenderer as unknown as Base;

class OwnColourRenderer extends Renderer {
  static $inject = ["config.bpmnRenderer", "eventBus", "styles", "pathMap", "canvas", "textRenderer"];

  constructor(
    config: unknown,
    eventBus: unknown,
    styles: unknown,
    pathMap: unknown,
    canvas: unknown,
    textRenderer: unknown,
  ) {
    super(config, eventBus, styles, pathMap, canvas, textRenderer, ABOVE_DEFAULT);
  }

  override canRender(element: Element): boolean {
    return (
      super.canRender(element) &&
      !("waypoints" in element) &&
      !("labelTarget" in element && element.labelTarget) &&
      ownColours(element) !== null
    );
  }

  override drawShape(parent: SVGElement, shape: Shape, attrs: Record<string, unknown> = {}): SVGElement {
    return super.drawShape(parent, shape, { ...attrs, ...ownColours(shape) });
  }
}

function ownColours(element: Element): Record<string, string> | null {
  const di = getDi(element) as { get(name: string): string | undefined } | undefined;
  const fill = di?.get("color:background-color") ?? di?.get("bioc:fill");
  const stroke = di?.get("color:border-color") ?? di?.get("bioc:stroke");
  if (!fill && !stroke) return null;
  return {
    ...(fill ? { fill: `color-mix(in srgb, ${fill} var(--own-fill), var(--surface))` } : {}),
    ...(stroke ? { stroke: `color-mix(in srgb, ${stroke} var(--own-stroke), var(--text))` } : {}),
  };
}

export const ownColourModule = { __init__: ["ownColourRenderer"], ownColourRenderer: ["type", OwnColourRenderer] };
