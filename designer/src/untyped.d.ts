/** Libraries of bpmn.io that ship without types: we only pass their module objects on. */

declare module "bpmn-js-properties-panel" {
  import type { ModuleDeclaration } from "didi";
  export const BpmnPropertiesPanelModule: ModuleDeclaration;
  export const BpmnPropertiesProviderModule: ModuleDeclaration;
  export const CamundaPlatformPropertiesProviderModule: ModuleDeclaration;
  export function useService<T>(name: string): T;
}
declare module "@bpmn-io/properties-panel" {
  import type { ComponentChild } from "preact";
  export function TextFieldEntry(entry: Record<string, unknown>): ComponentChild;
  export function isTextFieldEntryEdited(node: HTMLElement): boolean;
}
declare module "bpmn-js-create-append-anything" {
  import type { ModuleDeclaration } from "didi";
  export const CreateAppendAnythingModule: ModuleDeclaration;
}
declare module "bpmn-js-color-picker" {
  import type { ModuleDeclaration } from "didi";

  const module: ModuleDeclaration;
  export default module;
}
declare module "bpmn-js-native-copy-paste" {
  import type { ModuleDeclaration } from "didi";

  const module: ModuleDeclaration;
  export default module;
}
declare module "camunda-bpmn-js-behaviors/lib/camunda-platform" {
  import type { ModuleDeclaration } from "didi";

  const module: ModuleDeclaration;
  export default module;
}
declare module "diagram-js-minimap" {
  import type { ModuleDeclaration } from "didi";

  const module: ModuleDeclaration;
  export default module;
}
declare module "diagram-js-grid" {
  import type { ModuleDeclaration } from "didi";

  const module: ModuleDeclaration;
  export default module;
}
declare module "bpmn-js-differ" {
  interface Changed {
    model: unknown;
    attrs: Record<string, { oldValue?: unknown; newValue?: unknown }>;
  }
  export interface Differences {
    _added: Record<string, unknown>;
    _removed: Record<string, unknown>;
    _layoutChanged: Record<string, unknown>;
    _changed: Record<string, Changed>;
  }
  export function diff(before: unknown, after: unknown): Differences;
}
declare module "dmn-js/lib/Modeler" {
  export interface DmnView {
    type: "drd" | "decisionTable" | "literalExpression" | "boxedExpression";
    element: { id: string; name?: string };
  }
  interface Changed {
    trigger?: string;
  }
  export default class DmnModeler {
    constructor(options: { container: HTMLElement; drd?: { drdRenderer: object } });
    importXML(xml: string): Promise<{ warnings: unknown[] }>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
    getViews(): DmnView[];
    open(view: DmnView): Promise<unknown>;
    on(event: "views.changed", listener: (event: { views: DmnView[]; activeView?: DmnView }) => void): void;
    getActiveViewer(): { on(event: string, listener: (event: Changed) => void): void } | undefined;
    destroy(): void;
  }
}
