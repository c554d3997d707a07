/** A template becomes your own diagram: with a key that no deployed process has. */

import { definitions } from "~/api/definitions";
import type { DraftFile } from "~/api/drafts";
import type { Template } from "./catalog";

/** The first of `key`, `key-2`, `key-3` … that is not among those taken, and its number. */
export function findFreeKey(key: string, taken: ReadonlySet<string>): { key: string; number: number } {
  let number = 1;
  while (taken.has(numbered(key, number))) number += 1;
  return { key: numbered(key, number), number };
}

const numbered = (key: string, number: number) => (number === 1 ? key : `${key}-${number}`);

/** The file with its process under another key; the number is part of its name, so that lists tell the two apart. */
export function renameProcess(xml: string, from: string, to: string, number: number): string {
  if (from === to) return xml;
  const renamed = xml.replaceAll(`"${from}"`, `"${to}"`);
  return renamed.replace(/(<bpmn:process [^>]*\bname="[^"]*)"/, `$1 ${number}"`);
}

export interface Copy {
  xml: string;
  files: DraftFile[];
}

/** What to begin with. Raises ApiError when the server does not say which keys are taken. */
export async function copyTemplate(template: Template): Promise<Copy> {
  const [file, files, deployed] = await Promise.all([
    template.load(),
    template.beside?.() ?? [],
    definitions({ latestVersion: true }),
  ]);
  const { key, number } = findFreeKey(template.key, new Set(deployed.map((it) => it.key)));
  return { xml: renameProcess(file.default, template.key, key, number), files };
}
