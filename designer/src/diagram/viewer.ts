import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "~/styles/diagram.css";
import OutlineModule from "bpmn-js/lib/features/outline";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type EventBus from "diagram-js/lib/core/EventBus";
import { fitInto } from "./fit";
import { ownColourModule, THEME_COLOURS, THEME_TEXT } from "./renderer";

export type Viewer = InstanceType<typeof NavigatedViewer>;

const MARGIN = { left: 48, top: 40, right: 48, bottom: 56 };

export function createViewer(container: HTMLElement): Viewer {
  return new NavigatedViewer({
    container,
    bpmnRenderer: THEME_COLOURS,
    textRenderer: THEME_TEXT,
    additionalModules: [ownColourModule, OutlineModule],
  });
}

export const canvasOf = (viewer: Viewer) => viewer.get<Canvas>("canvas");
export const registryOf = (viewer: Viewer) => viewer.get<ElementRegistry>("elementRegistry");
export const busOf = (viewer: Viewer) => viewer.get<EventBus>("eventBus");
export const fitViewer = (viewer: Viewer) => fitInto(canvasOf(viewer), MARGIN);
