/** Files that somebody picks or drops: one diagram is opened, everything else lies beside it. */

import type { DraftFile } from "~/api/drafts";
import { parseSchema } from "~/forms/schema/schema";
import { parseTemplates } from "../elements/template";
import { parseScenario, type Scenario } from "../simulate/scenario";
import { kindOf } from "./kinds";

const MOST_BYTES = 10_000_000;

export interface Brought {
  /** The diagram to open; null when none is among the files. */
  bpmn: string | null;
  files: DraftFile[];
  scenarios: Scenario[];
}

/** The readers of bpmn.io repair what they can without a message. What the engine refuses is refused here as well. */
function checkXml(text: string): void {
  const document = new DOMParser().parseFromString(text, "application/xml");
  const wrong = document.querySelector("parsererror")?.textContent;
  if (wrong) {
    const found = /error on line (\d+) at column (\d+): (.*)/.exec(wrong);
    throw new Error(
      found
        ? `this is not well-formed XML: line ${found[1]}, column ${found[2]}: ${found[3]}`
        : "this is not well-formed XML.",
    );
  }
  if (document.doctype)
    throw new Error("it has a DOCTYPE, which Baton never reads. Remove it, then open the file again.");
}

function sortIn(file: DraftFile, brought: Brought): void {
  const kind = kindOf(file);
  if (kind === null)
    throw new Error(
      "expected a process (.bpmn), a decision (.dmn), a form (.form), a script, a scenario or element templates.",
    );
  if (kind === "process" && brought.bpmn === null) brought.bpmn = file.content;
  else if (kind === "scenario") brought.scenarios.push(parseScenario(file.content));
  else
    brought.files.push(kind === "decision" ? { ...file, name: file.name.replace(/(?<!\.dmn)\.xml$/, ".dmn") } : file);
}

async function read(file: File): Promise<DraftFile> {
  if (file.size > MOST_BYTES) throw new Error("it is larger than 10 MB: this is hardly a diagram.");
  const content = await file.text();
  if (/\.(bpmn|dmn|xml)$/.test(file.name)) checkXml(content);
  if (file.name.endsWith(".form")) parseSchema(content);
  const brought = { name: file.name, content };
  if (kindOf(brought) === "template") parseTemplates(content);
  return brought;
}

/** Throws with the name of the first file that is wrong, and why; then none is taken. */
export async function readFiles(files: readonly File[]): Promise<Brought> {
  const brought: Brought = { bpmn: null, files: [], scenarios: [] };
  for (const file of files) {
    try {
      sortIn(await read(file), brought);
    } catch (error) {
      throw new Error(`${file.name} could not be opened: ${(error as Error).message}`);
    }
  }
  return brought;
}
