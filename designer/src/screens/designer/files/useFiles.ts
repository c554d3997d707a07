import type Modeling from "bpmn-js/lib/features/modeling/Modeling";
import type EventBus from "diagram-js/lib/core/EventBus";
import { useEffect, useRef, useState } from "preact/hooks";
import { latestDecision } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import { findFormFile } from "~/forms/draftForm";
import { blankSchema, writeSchema } from "~/forms/schema/schema";
import { toastError } from "~/ui/toast";
import { keyFromName } from "../blank";
import type { Modeler } from "../modeler";
import { type FileShape, OPEN_FILE, type Wanted } from "../panel/fileEntries";
import type { Document } from "../useDocument";
import { blankDecision } from "./blankDecision";
import { findDecisionFile, freeName, type Kind, kindOf, replaceFiles } from "./kinds";

export interface Files {
  /** The file that is edited; null while the process is. */
  editing: DraftFile | null;
  edit: (name: string) => void;
  done: () => void;
  write: (file: DraftFile) => void;
  remove: (name: string) => void;
  add: (kind: "form" | "decision", name: string) => void;
}

const ENDINGS = { form: ".form", decision: ".dmn" };

export const isEditable = (kind: Kind | null): kind is "form" | "decision" => kind === "form" || kind === "decision";

/** An empty file whose form or decision has this id. */
function makeBlank(kind: "form" | "decision", id: string, title: string): DraftFile {
  const content = kind === "form" ? writeSchema(blankSchema(id)) : blankDecision(id, title);
  return { name: id + ENDINGS[kind], content };
}

/** An id that no file has yet, made from what people call it. */
function freeId(files: readonly DraftFile[], kind: "form" | "decision", title: string): string {
  const ending = ENDINGS[kind];
  return freeName(files, keyFromName(title), ending).slice(0, -ending.length);
}

const BINDING = "deployment";

/** What an element then says of its new form or decision. */
const attributesOf = (kind: "form" | "decision", id: string): Record<string, string> =>
  kind === "form"
    ? { "camunda:formRef": id, "camunda:formRefBinding": BINDING }
    : {
        "camunda:decisionRef": id,
        "camunda:decisionRefBinding": BINDING,
        "camunda:mapDecisionResult": "singleEntry",
        "camunda:resultVariable": "decision",
      };

function update(modeler: Modeler, element: FileShape, kind: "form" | "decision", id: string): void {
  const known = kind === "form" ? [] : ["camunda:mapDecisionResult", "camunda:resultVariable"];
  const next = Object.entries(attributesOf(kind, id)).filter(
    ([name]) => !known.includes(name) || !element.businessObject.get(name),
  );
  modeler.get<Modeling>("modeling").updateProperties(element as never, Object.fromEntries(next));
}

/** The file that an element names: beside the diagram, else as it is deployed, else a blank one. */
async function findOrMake(files: readonly DraftFile[], { kind, reference }: Wanted): Promise<DraftFile> {
  const found = kind === "form" ? findFormFile(files, reference) : findDecisionFile(files, reference);
  if (found) return found;
  const id = reference.replace(/^.*:/, "").replace(/\.form$/, "");
  const deployed = kind === "decision" ? await latestDecision(id) : null;
  return deployed ? { name: `${id}.dmn`, content: deployed } : makeBlank(kind, id, id);
}

/** What lies beside the diagram, and which of it is edited. */
export function useFiles(modeler: Modeler | null, document: Document): Files {
  const [name, setName] = useState<string | null>(null);
  const current = useRef(document);
  current.current = document;
  const write = (file: DraftFile) => current.current.setFiles(replaceFiles(current.current.files, [file]));
  const openWanted = async (wanted: Wanted) => {
    if (!modeler) return;
    const { files } = current.current;
    const { element, kind, reference } = wanted;
    const title = element.businessObject.name || kind;
    const file = reference
      ? await findOrMake(files, wanted)
      : makeBlank(kind, freeId(files, kind, title), title.replace(/\s+/g, " "));
    if (!files.includes(file)) write(file);
    if (!reference) update(modeler, element, kind, file.name.slice(0, -ENDINGS[kind].length));
    setName(file.name);
  };
  useEffect(() => {
    const bus = modeler?.get<EventBus>("eventBus");
    const listen = (event: unknown) => void openWanted(event as Wanted).catch(toastError);
    bus?.on(OPEN_FILE, listen);
    return () => bus?.off(OPEN_FILE, listen);
  }, [modeler]);
  const editing = document.files.find((it) => it.name === name && isEditable(kindOf(it))) ?? null;
  return {
    editing,
    edit: setName,
    done: () => setName(null),
    write,
    remove: (gone) => document.setFiles(document.files.filter((it) => it.name !== gone)),
    add: (kind, title) => {
      const file = makeBlank(kind, freeId(document.files, kind, title), title);
      write(file);
      setName(file.name);
    },
  };
}
