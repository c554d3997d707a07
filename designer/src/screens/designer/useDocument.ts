/** The diagram in the designer as a document: where it came from, whether it differs from that, its draft on the server. */

import { useEffect, useRef, useState } from "preact/hooks";
import { definition } from "~/api/definitions";
import { filesOfDeployment } from "~/api/deploying";
import { createDraft, type DraftBody, type DraftFile, drafts, draft as fetchDraft } from "~/api/drafts";
import { definitionXml } from "~/api/models";
import type { Definition, Draft } from "~/api/types";
import { withDiagram } from "~/diagram/withDiagram";
import { listProcesses } from "~/forms/formData";
import { navigate, paths, setGuard } from "~/frame/router";
import { useSession, whyNot } from "~/frame/session";
import { plural } from "~/ui/format";
import { toast, toastError } from "~/ui/toast";
import { blankDiagram } from "./blank";
import { migrateLocalDrafts } from "./drafts";
import { toXml } from "./files";
import { keepRelated, kindOf, replaceFiles } from "./files/kinds";
import type { Modeler } from "./modeler";
import { isEmpty, processInfo } from "./process";
import { fromFiles, replaceScenarios, type Scenario, toFiles } from "./simulate/scenario";
import { fitModeler } from "./useModeler";
import { type SavingState, useSaving } from "./useSaving";

const DRAFT = "draft/";

export interface Beside {
  files: readonly DraftFile[];
  scenarios: readonly Scenario[];
}

const NOTHING: Beside = { files: [], scenarios: [] };

export interface Document {
  origin: Definition | null;
  /** Whether it differs from what is deployed. */
  dirty: boolean;
  error: Error | null;
  ready: number;
  draft: Draft | null;
  saving: SavingState;
  /** Why a save was refused. */
  refused: string | null;
  /** Drafts that one may go on with instead. */
  offers: readonly Draft[];
  scenarios: readonly Scenario[];
  setScenarios: (scenarios: readonly Scenario[]) => void;
  /** Forms, decisions and whatever else is deployed with the diagram. */
  files: readonly DraftFile[];
  setFiles: (files: readonly DraftFile[]) => void;
  open: (xml: string, beside?: Beside) => Promise<void>;
  deployed: (definition: Definition) => void;
  /** After a conflict: what the others have saved, or what is here as a draft of its own. */
  takeTheirs: () => void;
  saveCopy: () => void;
  showVersion: (version: number) => Promise<void>;
}

interface Opened {
  xml: string;
  origin: Definition | null;
  draft: Draft | null;
  scenarios: Scenario[];
  files: DraftFile[];
  offers: Draft[];
}

/** Scenarios have a list of their own. */
const withoutScenarios = (files: readonly DraftFile[]) => files.filter((it) => kindOf(it) !== "scenario");

/** The import's warnings are objects with a message, though typed as texts. */
const messageOf = (warning: unknown): string =>
  typeof warning === "object" && warning !== null && "message" in warning
    ? String(warning.message)
    : String(warning ?? "");

async function show(modeler: Modeler, xml: string, process?: string): Promise<void> {
  const { warnings } = await modeler.importXML(await withDiagram(xml, process));
  fitModeler(modeler);
  if (warnings.length)
    toast(
      `Opened, but ${plural(warnings.length, "part")} could not be read: ${messageOf(warnings[0])}`.slice(0, 300),
      true,
    );
}

async function openDraft(id: string): Promise<Opened> {
  const found = await fetchDraft(id);
  const from = found.draft.processDefinitionId;
  // What it was begun from may have been deleted since: the draft is then one of its own.
  const origin = from ? await definition(from).catch(() => null) : null;
  const { bpmn: xml, draft, files } = found;
  return { xml, origin, draft, scenarios: fromFiles(files), files: withoutScenarios(files), offers: [] };
}

async function openDefinition(id: string): Promise<Opened> {
  const [xml, origin] = await Promise.all([definitionXml(id), definition(id)]);
  const stored = origin.deploymentId ? await filesOfDeployment(origin.deploymentId) : [];
  const scenarios = fromFiles(stored).filter((it) => it.process === origin.key);
  const files = keepRelated(
    xml,
    withoutScenarios(stored).filter((it) => it.name !== origin.resource),
  );
  return { xml, origin, draft: null, scenarios, files, offers: await drafts(origin.key) };
}

async function openAny(id: string | null): Promise<Opened> {
  await migrateLocalDrafts().catch(toastError);
  if (id?.startsWith(DRAFT)) return openDraft(id.slice(DRAFT.length));
  if (id) return openDefinition(id);
  return { xml: blankDiagram(), origin: null, draft: null, scenarios: [], files: [], offers: await drafts() };
}

export function useDocument(modeler: Modeler | null, id: string | null, changes: number): Document {
  const [origin, setOrigin] = useState<Definition | null>(null);
  const [dirty, setDirty] = useState(false);
  const [offers, setOffers] = useState<readonly Draft[]>([]);
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  const [files, setFiles] = useState<readonly DraftFile[]>([]);
  const [error, setError] = useState<Error | null>(null);
  const [ready, setReady] = useState(0);
  const opened = useRef<string | null | undefined>(undefined);
  const seen = useRef(0);
  /** What was asked for last: an answer that comes when something else has been opened is late. */
  const asked = useRef(0);
  const beside = useRef<Beside>({ scenarios, files });
  beside.current = { scenarios, files };

  const read = async (): Promise<DraftBody> => {
    if (!modeler) throw new Error("There is no diagram to save.");
    const info = processInfo(modeler);
    const all = [...toFiles(beside.current.scenarios, info?.id ?? ""), ...beside.current.files];
    const bpmn = await toXml(modeler);
    return { name: info?.name || "New diagram", bpmn, files: all, ...(info ? { processDefinitionKey: info.id } : {}) };
  };
  const go = (draft: Draft) => {
    opened.current = DRAFT + draft.id;
    setGuard(null);
    navigate(paths.designer(DRAFT + draft.id) + window.location.search, { replace: true });
  };
  const saving = useSaving({
    mayNot: whyNot(useSession(), "draft:update"),
    read,
    definitionId: origin?.id,
    onCreated: (draft) => {
      setOffers([]);
      go(draft);
    },
  });
  const touch = () => {
    setDirty(true);
    saving.touch();
  };
  const settle = async (found: Opened) => {
    if (!modeler) return;
    await show(modeler, found.xml, found.origin?.key);
    saving.adopt(found.draft);
    setOrigin(found.origin);
    setScenarios(found.scenarios);
    setFiles(found.files);
    setOffers(found.offers);
    setDirty(found.draft !== null);
    setReady((it) => it + 1);
  };

  useEffect(() => {
    if (!modeler || opened.current === id) return;
    opened.current = id;
    setError(null);
    const turn = ++asked.current;
    openAny(id)
      .then((found) => (turn === asked.current ? settle(found) : undefined))
      .catch(setError);
  }, [modeler, id]);

  useEffect(() => {
    if (!modeler || changes === seen.current) return;
    seen.current = changes;
    touch();
  }, [modeler, changes]);

  const forget = () => {
    saving.adopt(null);
    setOrigin(null);
    setOffers([]);
    opened.current = null;
    setGuard(null);
    navigate("/designer");
  };
  /** A file: a new version of what is shown if it is of the same process, else a diagram of its own. */
  const open = async (xml: string, brought = NOTHING) => {
    if (!modeler) return;
    asked.current += 1;
    await saving.saveNow();
    const from = origin && listProcesses(xml).includes(origin.key) ? origin : null;
    // A drawing that has no address yet is one as well; forms and decisions alone wait for their diagram.
    const isOther = !from && (opened.current !== null || !isEmpty(modeler));
    await show(modeler, xml);
    if (isOther) forget();
    const { files: had, scenarios: tried } = isOther ? NOTHING : beside.current;
    setFiles(replaceFiles(had, brought.files));
    setScenarios(replaceScenarios(tried, brought.scenarios));
    setReady((it) => it + 1);
    touch();
  };
  const current = saving.draft;
  return {
    origin,
    dirty,
    error,
    ready,
    draft: current,
    saving: saving.state,
    refused: saving.message,
    offers,
    scenarios,
    setScenarios: (next) => {
      beside.current = { ...beside.current, scenarios: next };
      setScenarios(next);
      touch();
    },
    files,
    setFiles: (next) => {
      beside.current = { ...beside.current, files: next };
      setFiles(next);
      touch();
    },
    open,
    deployed: (it) => {
      saving.drop();
      setGuard(null);
      opened.current = it.id;
      setOrigin(it);
      setDirty(false);
      setOffers([]);
    },
    takeTheirs: () => current && void openDraft(current.id).then(settle).catch(setError),
    saveCopy: () =>
      void read()
        .then((body) => createDraft(body, origin?.id))
        .then((made) => {
          saving.adopt(made);
          go(made);
        })
        .catch(toastError),
    showVersion: async (version) => {
      if (!modeler || !current) return;
      const found = await fetchDraft(current.id, version);
      await show(modeler, found.bpmn);
      setScenarios(fromFiles(found.files));
      setFiles(withoutScenarios(found.files));
      setReady((it) => it + 1);
      touch();
    },
  };
}
