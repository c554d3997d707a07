/** The scenarios of a diagram: kept beside its draft in this browser, else as they were deployed with it. */

import { useEffect, useState } from "preact/hooks";
import { filesOfDeployment } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { toastError } from "~/ui/toast";
import { parseScenario, type Scenario } from "./simulate/scenario";
import type { Scenarios } from "./simulate/useScenarios";

const PREFIX = "baton.scenarios.";
const ENDING = ".scenario.json";
const NEW = "new";

async function read(origin: Definition | null): Promise<Scenario[]> {
  const text = localStorage.getItem(PREFIX + (origin?.key ?? NEW));
  if (text) return JSON.parse(text) as Scenario[];
  if (!origin?.deploymentId) return [];
  const found = (await filesOfDeployment(origin.deploymentId, ENDING)).map(parseScenario);
  return found.filter((it) => it.process === origin.key);
}

export function useScenarios(origin: Definition | null): Scenarios {
  const [all, setAll] = useState<readonly Scenario[]>([]);
  const name = origin?.key ?? NEW;
  useEffect(() => {
    let alive = true;
    read(origin).then((it) => alive && setAll(it), toastError);
    return () => {
      alive = false;
    };
  }, [origin?.id]);
  const become = (next: Scenario[]) => {
    localStorage.setItem(PREFIX + name, JSON.stringify(next));
    setAll(next);
  };
  return {
    all,
    save: (scenario) => become([...all.filter((it) => it.name !== scenario.name), scenario]),
    remove: (gone) => become(all.filter((it) => it.name !== gone)),
  };
}
