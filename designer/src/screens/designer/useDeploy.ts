import { useState } from "preact/hooks";
import { deploy } from "~/api/definitions";
import { ApiError } from "~/api/http";
import type { Definition } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { toast, toastError } from "~/ui/toast";
import { hasGeneratedId } from "./blank";
import { toXml } from "./files";
import type { Modeler } from "./modeler";
import { selectElement } from "./problems/problemMarks";
import type { Check } from "./problems/useCheck";
import { hasPools, isEmpty, nameProcess, processInfo } from "./process";
import type { Document } from "./useDocument";

export interface Deploy {
  busy: boolean;
  naming: boolean;
  begin: () => void;
  stopNaming: () => void;
  named: (parts: { id: string; name: string }) => void;
}

function refused(error: unknown, modeler: Modeler, check: Check): void {
  if (!(error instanceof ApiError) || !error.problems.length) {
    toastError(error);
    return;
  }
  check.show(error.problems);
  const first = error.problems.find((it) => it.element && it.severity === "error");
  if (first?.element) selectElement(modeler, first.element);
  toast("Not deployed: the problems are listed below the diagram.", true);
}

export function useDeploy(modeler: Modeler | null, document: Document, check: Check): Deploy {
  const [busy, setBusy] = useState(false);
  const [naming, setNaming] = useState(false);

  const send = async () => {
    const info = modeler && processInfo(modeler);
    if (!modeler || !info) return;
    setBusy(true);
    try {
      const answer = await deploy(info.id, await toXml(modeler));
      const made: Definition | undefined = Object.values(answer.deployedProcessDefinitions ?? {}).find(
        (it) => it.key === info.id,
      );
      if (!made) return toast("Deployed, but the diagram holds no executable process.", true);
      document.deployed(made);
      navigate(paths.designer(made.id), { replace: true });
      if (answer.problems) check.show(answer.problems);
      toast(`Deployed ${made.name ?? made.key}, version ${made.version}`);
    } catch (error) {
      refused(error, modeler, check);
    } finally {
      setBusy(false);
    }
  };

  const begin = () => {
    const info = modeler && processInfo(modeler);
    if (!modeler || !info || busy) return;
    if (isEmpty(modeler)) return toast("There is nothing to deploy yet: draw a start event first.", true);
    if (!info.name && hasGeneratedId(info.id) && !hasPools(modeler)) setNaming(true);
    else void send();
  };

  const named = (parts: { id: string; name: string }) => {
    setNaming(false);
    if (modeler) nameProcess(modeler, parts);
    void send();
  };
  return { busy, naming, begin, stopNaming: () => setNaming(false), named };
}
