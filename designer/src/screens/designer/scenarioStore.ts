/** The scenarios of a diagram: kept beside its draft in this browser. */

import { useEffect, useState } from "preact/hooks";
import type { Scenario } from "./simulate/scenario";
import type { Scenarios } from "./simulate/useScenarios";

const PREFIX = "baton.scenarios.";

function read(name: string): Scenario[] {
  const text = localStorage.getItem(PREFIX + name);
  return text ? (JSON.parse(text) as Scenario[]) : [];
}

export function useScenarios(name: string): Scenarios {
  const [all, setAll] = useState<readonly Scenario[]>([]);
  useEffect(() => setAll(read(name)), [name]);
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
