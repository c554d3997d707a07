/** Subprocesses and called processes open by a double-click or `O`, and `U` goes back. */

import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useRef } from "preact/hooks";
import { closePlane, enableOpening, openElement } from "~/diagram/opening";
import type { Keyboard } from "./keyboard/walking";
import type { Modeler } from "./modeler";
import { fitModeler } from "./useModeler";

interface Handlers {
  call: (key: string | undefined) => void;
  up: () => void;
}

export function useOpening(modeler: Modeler | null, handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (!modeler) return;
    const call = ({ key }: { key: string | undefined }) => latest.current.call(key);
    enableOpening(modeler, call, () => fitModeler(modeler));
    const keyboard = modeler.get<Keyboard>("keyboard");
    keyboard.addListener(({ keyEvent }) => {
      if (keyEvent.altKey || keyboard.isCmd(keyEvent)) return undefined;
      const [chosen] = modeler.get<Selection>("selection").get();
      if (keyEvent.key === "o" && chosen) return openElement(modeler, chosen as never, call) || undefined;
      if (keyEvent.key !== "u") return undefined;
      if (!closePlane(modeler)) latest.current.up();
      return true;
    });
  }, [modeler]);
}
