/** Brings changed headers into a page of the list. Pure. */

import type { InstanceFilter } from "~/api/instances";
import type { Header } from "~/api/types";

interface Page {
  filter: InstanceFilter;
  sortBy: string;
  sortOrder: string;
  first: number;
  size: number;
}

/** Many times what a page shows: an answer that does not come must not fill the memory. */
const MOST_TOLD = 1_000;

const differs = (wanted: boolean | undefined, is: boolean) => wanted !== undefined && wanted !== is;

/** Whether a header alone says if it matches: variables and incidents are known to the server only. */
export const isTold = (filter: InstanceFilter): boolean =>
  !(filter.variables || filter.incidentMessageLike || filter.startedAfter || filter.startedBefore);

export function matches(header: Header, filter: InstanceFilter): boolean {
  if (filter.state && !filter.state.split(",").includes(header.state)) return false;
  if (filter.processDefinitionKey && header.definitionKey !== filter.processDefinitionKey) return false;
  if (filter.processDefinitionId && header.definitionId !== filter.processDefinitionId) return false;
  if (filter.activityId && !(filter.activityId in header.tokens)) return false;
  if (differs(filter.withIncident, header.incidents > 0)) return false;
  if (differs(filter.waiting, header.waiting !== null) || differs(filter.undone, header.undone)) return false;
  const like = filter.businessKeyLike?.replaceAll("%", "").toLowerCase();
  return !like || (header.businessKey ?? "").toLowerCase().includes(like);
}

/** A page as it was read, and what the stream has told since it was asked for: an answer may be older than that. */
export class Told {
  private headers = new Map<string, Header>();

  /** A page is asked for from now on: what came before is in its answer. */
  begin(): void {
    this.headers.clear();
  }

  add(changed: readonly Header[]): void {
    for (const header of changed) {
      const known = this.headers.get(header.id);
      if (known && known.position > header.position) continue;
      this.headers.delete(header.id);
      this.headers.set(header.id, header);
    }
    for (const id of [...this.headers.keys()].slice(0, -MOST_TOLD)) this.headers.delete(id);
  }

  bringInto(found: Header[], page: Page): Header[] {
    return merge(found, [...this.headers.values()], page);
  }
}

export function merge(rows: Header[], changed: readonly Header[], page: Page): Header[] {
  const next = new Map(rows.map((it) => [it.id, it]));
  const newest = page.first === 0 && page.sortBy === "startedAt" && page.sortOrder === "desc";
  const added: Header[] = [];
  for (const header of changed) {
    const old = next.get(header.id);
    if (old && old.position > header.position) continue;
    if (old) {
      if (matches(header, page.filter)) next.set(header.id, header);
      else next.delete(header.id);
    } else if (newest && matches(header, page.filter) && belongs(header, rows, page.size)) added.push(header);
  }
  added.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  return added.length
    ? [...added, ...next.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, page.size)
    : [...next.values()];
}

/** An instance that is not on this page but older than its last row belongs to a later page. */
function belongs(header: Header, rows: readonly Header[], size: number): boolean {
  const last = rows.at(-1);
  return rows.length < size || last === undefined || header.startedAt >= last.startedAt;
}
