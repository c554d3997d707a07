import { useState } from "preact/hooks";
import { deploy } from "~/api/deploying";
import { ApiError } from "~/api/http";
import type { Definition } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { toast, toastError } from "~/ui/toast";
import { hasGeneratedId } from "../blank";
import { toXml } from "../files";
import type { Modeler } from "../modeler";
import { selectElement } from "../problems/problemMarks";
import type { Check } from "../problems/useCheck";
import { hasPools, isEmpty, nameProcess, processInfo } from "../process";
import { toFiles } from "../simulate/scenario";
import type { Document } from "../useDocument";
import type { Parts } from "./DeploySheet";

/** What the sheet shows. */
export interface Sheet {
  xml: string;
  processId: string;
  title: string;
  naming: boolean;
}

export interface Deploy {
  busy: boolean;
  sheet: Sheet | null;
  begin: () => void;
  close: () => void;
  deploy: (parts: Parts | null, next: Next) => void;
  /** The new version, whose predecessors' instances are to be migrated. */
  migrating: Definition | null;
  endMigrating: () => void;
}

interface Next {
  starts: boolean;
  migrates: boolean;
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

/** Scenarios lie beside the file that they are about, also when it is deployed. */
const filesOf = (document: Document, process: string) => [...document.files, ...toFiles(document.scenarios, process)];

export function useDeploy(modeler: Modeler | null, document: Document, check: Check, onStart: () => void): Deploy {
  const [busy, setBusy] = useState(false);
  const [sheet, setSheet] = useState<Sheet | null>(null);

  const [migrating, setMigrating] = useState<Definition | null>(null);

  const send = async ({ starts, migrates }: Next) => {
    const info = modeler && processInfo(modeler);
    if (!modeler || !info) return;
    setBusy(true);
    try {
      const answer = await deploy(info.id, await toXml(modeler), filesOf(document, info.id));
      const made: Definition | undefined = Object.values(answer.deployedProcessDefinitions ?? {}).find(
        (it) => it.key === info.id,
      );
      if (!made) return toast("Deployed, but the diagram holds no executable process.", true);
      document.deployed(made);
      navigate(paths.designer(made.id), { replace: true });
      if (answer.problems) check.show(answer.problems);
      toast(`Deployed ${made.name ?? made.key}, version ${made.version}`);
      if (migrates) setMigrating(made);
      else if (starts) onStart();
    } catch (error) {
      refused(error, modeler, check);
    } finally {
      setBusy(false);
      setSheet(null);
    }
  };

  const begin = async () => {
    const info = modeler && processInfo(modeler);
    if (!modeler || !info || busy) return;
    if (isEmpty(modeler)) return toast("There is nothing to deploy yet: draw a start event first.", true);
    const naming = !info.name && hasGeneratedId(info.id) && !hasPools(modeler);
    setSheet({ xml: await toXml(modeler), processId: info.id, title: info.name || "the process", naming });
  };

  return {
    busy,
    sheet,
    begin: () => void begin().catch(toastError),
    close: () => setSheet(null),
    deploy: (parts, next) => {
      if (modeler && parts) nameProcess(modeler, parts);
      void send(next);
    },
    migrating,
    endMigrating: () => setMigrating(null),
  };
}
