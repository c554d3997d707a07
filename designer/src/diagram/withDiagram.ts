import { layOut } from "~/api/models";

const SHAPE = /<(?:[\w.-]+:)?BPMNShape[\s>]/;
/** Nothing can be laid out of a process in which nothing is: a new diagram. */
const NODE = /<(?:[\w.-]+:)?(?:\w*[tT]ask|\w+Event|\w+Gateway|\w*[sS]ubProcess|transaction|callActivity)[\s/>]/;

/** What is shown of a file: the file itself, or with a diagram that the server makes if it has none. */
export const withDiagram = (xml: string, process?: string): Promise<string> =>
  SHAPE.test(xml) || !NODE.test(xml) ? Promise.resolve(xml) : layOut(xml, process);

/** What tasks without a process belong to where rights are for some processes only. */
const NO_PROCESS = "~task";

/** The process of a definition's id, which is `key:version:deployment`; null: of a task that belongs to none. */
export const processOf = (definition: string | null): string =>
  definition === null ? NO_PROCESS : definition.split(":").slice(0, -2).join(":");
