import { setQuery } from "~/frame/router";

interface Props {
  /** From 0 on. */
  page: number;
  size: number;
  total: number;
  back?: string;
  onward?: string;
}

/** Leads through the pages of a list; the address says which is shown. Nothing where there is only one. */
export function Pager({ page, size, total, back = "Back", onward = "More" }: Props) {
  if (total <= size) return null;
  const last = Math.max(0, Math.ceil(total / size) - 1);
  const go = (to: number) => setQuery({ page: to ? String(to + 1) : null });
  return (
    <nav class="pager" aria-label="Pages">
      <span class="numbers">
        {page * size + 1}–{Math.min(total, (page + 1) * size)} of {total.toLocaleString("en")}
      </span>
      <button type="button" class="button slim" disabled={page === 0} onClick={() => go(page - 1)}>
        {back}
      </button>
      <button type="button" class="button slim" disabled={page >= last} onClick={() => go(page + 1)}>
        {onward}
      </button>
    </nav>
  );
}
