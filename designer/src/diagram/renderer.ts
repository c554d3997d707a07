/** Draws with colours of the theme, and mutes the colours that an author gave to an element when the theme is dark. */

import type { Element, Shape } from "bpmn-js/lib/model/Types";

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

/** As a module of a viewer or modeler, made of the renderer that it draws with otherwise. */
export function makeOwnColourModule(renderer: unknown): { __init__: string[]; ownColourRenderer: [string, unknown] } {
  // Its services are injected by name, so the constructor only passes them on.
  const Renderer = renderer as Base;

  class OwnColourRenderer extends Renderer {
    static $inject = ["config.bpmnRenderer", "eventBus", "styles", "pathMap", "canvas", "textRenderer"];

    constructor(...services: unknown[]) {
      super(...services, ABOVE_DEFAULT);
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
  return { __init__: ["ownColourRenderer"], ownColourRenderer: ["type", OwnColourRenderer] };
}

function ownColours(element: Element): Record<string, string> | null {
  const { di } = element as { di?: { get(name: string): string | undefined } };
  const fill = di?.get("color:background-color") ?? di?.get("bioc:fill");
  const stroke = di?.get("color:border-color") ?? di?.get("bioc:stroke");
  if (!fill && !stroke) return null;
  return {
    ...(fill ? { fill: `color-mix(in srgb, ${fill} var(--own-fill), var(--surface))` } : {}),
    ...(stroke ? { stroke: `color-mix(in srgb, ${stroke} var(--own-stroke), var(--text))` } : {}),
  };
}
