import type { DraftFile } from "./drafts";
import { change } from "./http";
import type { Conversion } from "./types";

/** A file of another engine, made to run here; the server keeps nothing of it. */
export const convert = (bpmn: string, resources: DraftFile[]) =>
  change<Conversion>("POST", "/conversion", { bpmn, resources });

/** Workers to fill in, one function for each topic. */
export const writeStubs = (bpmn: string, stubs: "python" | "java" | "javascript") =>
  change<Conversion>("POST", "/conversion", { bpmn, stubs });
