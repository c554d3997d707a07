import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "bpmn-js-color-picker/colors/color-picker.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "~/styles/diagram.css";
import "~/styles/designer.css";
import "~/styles/templates.css";
import BpmnRenderer from "bpmn-js/lib/draw/BpmnRenderer";
import BpmnModeler from "bpmn-js/lib/Modeler";
import ColorPickerModule from "bpmn-js-color-picker";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import CamundaBehaviorsModule from "camunda-bpmn-js-behaviors/lib/camunda-platform";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import GridModule from "diagram-js-grid";
import MinimapModule from "diagram-js-minimap";
import { fontReady, makeOwnColourModule, THEME_COLOURS, THEME_TEXT } from "~/diagram/renderer";
import baton from "./baton.json";
import { KeyboardModule } from "./keyboard";
import { RepairModule } from "./problems/shapes";
import CopyPasteModule from "./tools/copyPaste";

export type Modeler = InstanceType<typeof BpmnModeler>;

/** The properties panel is larger than the modeler: it comes in a chunk of its own, loaded beside it. */
export async function createModeler(container: HTMLElement, properties: HTMLElement): Promise<Modeler> {
  const [panel] = await Promise.all([import("./properties"), fontReady()]);
  return new BpmnModeler({
    container,
    bpmnRenderer: THEME_COLOURS,
    textRenderer: THEME_TEXT,
    propertiesPanel: { parent: properties },
    moddleExtensions: { camunda, baton },
    gridSnapping: { active: true },
    additionalModules: [
      makeOwnColourModule(BpmnRenderer),
      ColorPickerModule,
      CreateAppendAnythingModule,
      CopyPasteModule,
      CamundaBehaviorsModule,
      GridModule,
      MinimapModule,
      KeyboardModule,
      RepairModule,
      ...panel.modules,
    ],
  });
}
