import { setQuery } from "~/frame/router";

interface Props {
  /** What the API sorts by. */
  id: string;
  label: string;
  right?: boolean;
  /** Which order the first click gives. */
  first?: "asc" | "desc";
  sortBy: string;
  sortOrder: string;
}

const ARIA = { asc: "ascending", desc: "descending" } as const;
const OTHER = { asc: "desc", desc: "asc" } as const;

/** The head of a column that sorts a list; the address says by which. */
export function SortHead({ id, label, right, first = "desc", sortBy, sortOrder }: Props) {
  const order = sortBy === id ? (sortOrder === "asc" ? "asc" : "desc") : null;
  const sort = () => setQuery({ sort: id, order: order ? OTHER[order] : first, page: null });
  return (
    <th class={right ? "right" : ""} aria-sort={order ? ARIA[order] : "none"}>
      <button type="button" onClick={sort}>
        {label}
        {order && (order === "asc" ? " ↑" : " ↓")}
      </button>
    </th>
  );
}
