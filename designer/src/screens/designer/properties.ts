import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  CamundaPlatformPropertiesProviderModule,
} from "bpmn-js-properties-panel";
import { BatonPanelModule } from "./panel/provider";
import { TimeoutModule } from "./timeoutField";

export const modules = [
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  CamundaPlatformPropertiesProviderModule,
  TimeoutModule,
  BatonPanelModule,
];
