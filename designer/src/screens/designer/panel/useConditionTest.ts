import type EventBus from "diagram-js/lib/core/EventBus";
import { useEffect, useState } from "preact/hooks";
import type { Modeler } from "../modeler";
import type { Condition } from "./conditionTest";
import { TEST_CONDITION } from "./provider";

/** The condition that the panel was asked to test; null when none is. */
export function useConditionTest(modeler: Modeler | null): { condition: Condition | null; end: () => void } {
  const [condition, setCondition] = useState<Condition | null>(null);
  useEffect(() => {
    const bus = modeler?.get<EventBus>("eventBus");
    const listen = (event: unknown) => setCondition((event as { condition: Condition }).condition);
    bus?.on(TEST_CONDITION, listen);
    return () => bus?.off(TEST_CONDITION, listen);
  }, [modeler]);
  return { condition, end: () => setCondition(null) };
}
