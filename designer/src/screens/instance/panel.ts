/** What the tabs of the details are given, and those of them that come in chunks of their own. */

import type { Header, InstanceEvent } from "~/api/types";
import type { ElementInfo } from "~/diagram/LivePane";
import type { View } from "~/live/view";

export interface PanelProps {
  instance: string;
  process: number;
  header: Header;
  view: View;
  events: readonly InstanceEvent[];
  /** False while the past is shown: it cannot be changed. */
  live: boolean;
  elements: ElementInfo[];
  selected: string | null;
  onSelect: (id: string | null) => void;
  onAt: (position: number | null) => void;
  onRollback: (element: string) => void;
  /** Begins a plan that moves a token; without it none can be moved. */
  onMove: ((token: number) => void) | undefined;
  name: (id: string) => string;
}

export const elementTab = () => import("./ElementTab").then((it) => it.ElementTab);
export const variablesTab = () => import("./VariablesTab").then((it) => it.VariablesTab);
export const ledgerTab = () => import("./LedgerTab").then((it) => it.LedgerTab);
export const incidentsTab = () => import("./IncidentsTab").then((it) => it.IncidentsTab);
export const comments = () => import("../comments/Comments").then((it) => it.Comments);
