import { layOut } from "~/api/definitions";

const SHAPE = /<(?:[\w.-]+:)?BPMNShape[\s>]/;

/** What is shown of a file: the file itself, or with a diagram that the server makes if it has none. */
export const withDiagram = (xml: string, process?: string): Promise<string> =>
  SHAPE.test(xml) ? Promise.resolve(xml) : layOut(xml, process);

/** The process of a definition's id, which is `key:version:deployment`. */
export const processOf = (definition: string): string => definition.split(":").slice(0, -2).join(":");
