import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "~/styles/diagram.css";
import BaseViewer from "bpmn-js/lib/BaseViewer";
import CoreModule from "bpmn-js/lib/core";
import BpmnRenderer from "bpmn-js/lib/draw/BpmnRenderer";
import DrilldownModule from "bpmn-js/lib/features/drilldown";
import OutlineProvider from "bpmn-js/lib/features/outline/OutlineProvider";
import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type EventBus from "diagram-js/lib/core/EventBus";
import Keyboard from "diagram-js/lib/features/keyboard/Keyboard";
import Outline from "diagram-js/lib/features/outline/Outline";
import OverlaysModule from "diagram-js/lib/features/overlays";
import SelectionModule from "diagram-js/lib/features/selection";
import TranslateModule from "diagram-js/lib/i18n/translate";
import KeyboardMove from "diagram-js/lib/navigation/keyboard-move/KeyboardMove";
import ZoomScrollModule from "diagram-js/lib/navigation/zoomscroll";
import type { ModuleDeclaration } from "didi";
import { fitInto } from "./fit";
import { movingModule } from "./moving";
import { makeOwnColourModule, THEME_COLOURS, THEME_TEXT } from "./renderer";

export type Viewer = InstanceType<typeof BaseViewer>;

const MARGIN = { left: 48, top: 40, right: 48, bottom: 56 };

/** Without the frame around several selected elements: here a page shows one. */
const outlineModule: ModuleDeclaration = {
  __init__: ["outline", "outlineProvider"],
  outline: ["type", Outline],
  outlineProvider: ["type", OutlineProvider],
};

/** Without the keys of commands, of which a viewer has none. */
const keyboardModule: ModuleDeclaration = {
  __init__: ["keyboard", "keyboardMove"],
  keyboard: ["type", Keyboard],
  keyboardMove: ["type", KeyboardMove],
};

/** What the library's viewer is made of, without what keeps a selection in sight: the page does so itself. */
const MODULES = [
  CoreModule,
  DrilldownModule,
  OverlaysModule,
  SelectionModule,
  TranslateModule,
  keyboardModule,
  movingModule,
  ZoomScrollModule,
  outlineModule,
];

export function createViewer(container: HTMLElement): Viewer {
  return new BaseViewer({
    container,
    bpmnRenderer: THEME_COLOURS,
    textRenderer: THEME_TEXT,
    modules: [...MODULES, makeOwnColourModule(BpmnRenderer)],
  });
}

export const canvasOf = (viewer: Viewer) => viewer.get<Canvas>("canvas");
export const registryOf = (viewer: Viewer) => viewer.get<ElementRegistry>("elementRegistry");
export const busOf = (viewer: Viewer) => viewer.get<EventBus>("eventBus");
export const fitViewer = (viewer: Viewer) => fitInto(canvasOf(viewer), MARGIN);
