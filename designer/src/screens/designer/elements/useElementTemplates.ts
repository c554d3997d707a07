import type EventBus from "diagram-js/lib/core/EventBus";
import { useEffect, useState } from "preact/hooks";
import type { Modeler } from "../modeler";
import { USE_TEMPLATE } from "../panel/templateGroup";

/** The element for which a template is asked; null when none is. */
export function useElementTemplates(modeler: Modeler | null): { element: string | null; end: () => void } {
  const [element, setElement] = useState<string | null>(null);
  useEffect(() => {
    const bus = modeler?.get<EventBus>("eventBus");
    const listen = (event: unknown) => setElement((event as { element: string }).element);
    bus?.on(USE_TEMPLATE, listen);
    return () => bus?.off(USE_TEMPLATE, listen);
  }, [modeler]);
  return { element, end: () => setElement(null) };
}
