/** The columns of the list of instances: which there are, and which are shown. Pure but for what the browser remembers. */

export const COLUMNS = [
  { id: "state", label: "State", sort: "state", width: "172px" },
  { id: "key", label: "Business key", sort: "businessKey", width: "20%" },
  { id: "definition", label: "Definition", sort: "definitionKey", width: "20%" },
  { id: "where", label: "Where it is", sort: null, width: "auto" },
  { id: "started", label: "Started", sort: "startedAt", width: "110px" },
  { id: "ended", label: "Ended", sort: "endedAt", width: "110px" },
  { id: "duration", label: "Duration", sort: null, width: "110px" },
  { id: "incidents", label: "Incidents", sort: "incidents", width: "100px" },
  { id: "id", label: "Id", sort: "id", width: "100px" },
] as const;
export type ColumnId = (typeof COLUMNS)[number]["id"];

export const USUAL: readonly ColumnId[] = ["state", "key", "definition", "where", "started", "duration"];
/** Without it a row leads nowhere. */
export const NEEDED: ColumnId = "key";
const STORED = "baton.instances.columns";

const isColumn = (text: string): text is ColumnId => COLUMNS.some((it) => it.id === text);

/** The columns that a text names, in the table's own order; null if it names none. */
export function readColumns(text: string | null): ColumnId[] | null {
  const named = (text ?? "").split(",").filter(isColumn);
  if (!named.length) return null;
  return COLUMNS.map((it) => it.id).filter((id) => id === NEEDED || named.includes(id));
}

/** The address goes before what this browser remembers. */
export const chooseColumns = (address: string | null): readonly ColumnId[] =>
  readColumns(address) ?? readColumns(localStorage.getItem(STORED)) ?? USUAL;

export function toggleColumn(shown: readonly ColumnId[], id: ColumnId): string {
  const next = shown.includes(id) ? shown.filter((it) => it !== id) : [...shown, id];
  return (readColumns(next.join()) ?? USUAL).join();
}

export const rememberColumns = (text: string) => localStorage.setItem(STORED, text);
