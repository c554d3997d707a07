/** What was drawn and not deployed yet survives a closed tab: one draft per diagram in this browser. */

export interface Draft {
  xml: string;
  at: string;
}

const PREFIX = "baton.draft.";

export function readDraft(name: string): Draft | null {
  const text = localStorage.getItem(PREFIX + name);
  return text ? (JSON.parse(text) as Draft) : null;
}

/** False when the browser's storage is full: the diagram is then only in this tab. */
export function writeDraft(name: string, xml: string): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ xml, at: new Date().toISOString() } satisfies Draft));
    return true;
  } catch {
    return false;
  }
}

export const dropDraft = (name: string) => localStorage.removeItem(PREFIX + name);
