/** The diagram in the designer as a document: where it came from, whether it differs from that, its draft. */

import { useEffect, useRef, useState } from "preact/hooks";
import { definition, definitionXml } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { withDiagram } from "~/diagram/withDiagram";
import { listProcesses } from "~/forms/formData";
import { navigate, setGuard } from "~/frame/router";
import { plural } from "~/ui/format";
import { toast } from "~/ui/toast";
import { blankDiagram } from "./blank";
import { type Draft, dropDraft, readDraft, writeDraft } from "./drafts";
import { toXml } from "./files";
import type { Modeler } from "./modeler";
import { fitModeler } from "./useModeler";

const NEW = "new";
const DRAFT_MS = 800;

export interface Document {
  origin: Definition | null;
  dirty: boolean;
  draft: Draft | null;
  error: Error | null;
  ready: number;
  open: (xml: string) => Promise<void>;
  restore: () => void;
  discardDraft: () => void;
  deployed: (definition: Definition) => void;
}

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

export function useDocument(modeler: Modeler | null, id: string | null, changes: number): Document {
  const [origin, setOrigin] = useState<Definition | null>(null);
  const [dirty, setDirty] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [ready, setReady] = useState(0);
  const opened = useRef<string | null | undefined>(undefined);
  const seen = useRef(0);
  const saving = useRef(0);
  const name = origin?.key ?? NEW;

  const settle = (isDirty: boolean) => {
    setDirty(isDirty);
    setReady((it) => it + 1);
  };

  useEffect(() => {
    if (!modeler || opened.current === id) return;
    opened.current = id;
    setError(null);
    const open = async () => {
      const [xml, from] = id ? await Promise.all([definitionXml(id), definition(id)]) : [blankDiagram(), null];
      await show(modeler, xml, from?.key);
      setOrigin(from);
      const known = readDraft(from?.key ?? NEW);
      setDraft(known && known.xml !== xml ? known : null);
      settle(false);
    };
    open().catch(setError);
  }, [modeler, id]);

  useEffect(() => {
    if (!modeler || changes === seen.current) return;
    seen.current = changes;
    setDirty(true);
    saving.current = window.setTimeout(() => void toXml(modeler).then((xml) => writeDraft(name, xml)), DRAFT_MS);
    return () => window.clearTimeout(saving.current);
  }, [modeler, changes]);

  useEffect(() => {
    if (!dirty) return;
    setGuard(() => window.confirm("Leave this diagram? It is not deployed. A draft of it stays in this browser."));
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", unload);
    return () => {
      setGuard(null);
      window.removeEventListener("beforeunload", unload);
    };
  }, [dirty]);

  const replace = async (xml: string, from: Definition | null) => {
    if (!modeler) return;
    await show(modeler, xml);
    setDraft(null);
    settle(true);
    writeDraft(from?.key ?? NEW, xml);
  };
  /** A file: a new version of what is shown if it is of the same process, else a diagram of its own. */
  const open = async (xml: string) => {
    const from = origin && listProcesses(xml).includes(origin.key) ? origin : null;
    await replace(xml, from);
    if (from || !origin) return;
    setGuard(null);
    setOrigin(null);
    opened.current = null;
    navigate("/designer");
  };
  return {
    origin,
    dirty,
    draft,
    error,
    ready,
    open,
    restore: () => draft && void replace(draft.xml, origin).catch(setError),
    discardDraft: () => {
      dropDraft(name);
      setDraft(null);
    },
    deployed: (it) => {
      window.clearTimeout(saving.current);
      setGuard(null);
      dropDraft(name);
      dropDraft(it.key);
      opened.current = it.id;
      setOrigin(it);
      setDirty(false);
      setDraft(null);
    },
  };
}
