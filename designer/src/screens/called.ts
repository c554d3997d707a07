/** From a call activity to the definition that it calls, and the way back, which the address contains. */

import { findLatest } from "~/api/deploying";
import type { Crumb } from "~/frame/Bar";
import { navigate } from "~/frame/router";
import { toastError } from "~/ui/toast";

const FROM = "from";

/** Makes the address of the page of an id. */
type PathOf = (id: string) => string;

/** The ids through whose call activities one has come here, the outermost first. */
export const wayOf = (query: URLSearchParams): string[] => query.getAll(FROM);

function addressOf(path: string, way: readonly string[]): string {
  const query = new URLSearchParams(way.map((it) => [FROM, it]));
  return path + (way.length ? `?${query}` : "");
}

/** A definition's id begins with its key; a draft has none. */
const label = (id: string) => (id.includes(":") ? id.slice(0, id.indexOf(":")) : "Draft");

export const crumbsOf = (way: readonly string[], path: PathOf): Crumb[] =>
  way.map((id, index) => ({ label: label(id), href: addressOf(path(id), way.slice(0, index)), isCaller: true }));

export function goBack(way: readonly string[], path: PathOf): void {
  const caller = way.at(-1);
  if (caller) navigate(addressOf(path(caller), way.slice(0, -1)));
}

async function findCalled(key: string | undefined): Promise<string> {
  if (!key) throw new Error("Which process is called is known only while an instance runs.");
  const found = await findLatest(key);
  if (!found) throw new Error(`No process with the key ${key} is deployed.`);
  return found.id;
}

/** Opens the latest version of what is called. */
export function openCalled(key: string | undefined, way: readonly string[], path: PathOf): void {
  void findCalled(key).then((id) => navigate(addressOf(path(id), way)), toastError);
}
