import { auditEntries, exportHref } from "~/api/audit";
import { setQuery } from "~/frame/router";
import { Empty, Failed, Loading } from "~/ui/basics";
import { useResource } from "~/ui/useResource";
import { AuditFilters } from "./AuditFilters";
import { AuditTable } from "./AuditTable";
import { isFiltered, SIZE, toFilter } from "./filters";

const pageOf = (query: URLSearchParams) => Math.max(0, Math.floor(Number(query.get("page") ?? "1")) - 1 || 0);

/** How many entries there are nobody counts: there may be millions. */
function Pages({ page, count, more }: { page: number; count: number; more: boolean }) {
  if (page === 0 && !more) return null;
  const go = (to: number) => setQuery({ page: to ? String(to + 1) : null });
  return (
    <nav class="pager" aria-label="Pages">
      <span class="numbers">
        {page * SIZE + 1}–{page * SIZE + count}
      </span>
      <button type="button" class="button slim" disabled={page === 0} onClick={() => go(page - 1)}>
        Newer
      </button>
      <button type="button" class="button slim" disabled={!more} onClick={() => go(page + 1)}>
        Older
      </button>
    </nav>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No entry matches">Take away a filter to see more.</Empty>;
  return (
    <Empty title="Nothing has been done yet">Changes by people and programs appear here, and what was refused.</Empty>
  );
}

/** As JSON Lines: everything that the filters leave. */
export function ExportLink({ query }: { query: URLSearchParams }) {
  return (
    <a class="button" href={exportHref(toFilter(query))} download="audit.jsonl">
      Export as JSON Lines
    </a>
  );
}

export function AuditLog({ query }: { query: URLSearchParams }) {
  const page = pageOf(query);
  const { value, error, reload } = useResource(
    (signal) => auditEntries(toFilter(query), page * SIZE, SIZE + 1, signal),
    [query.toString()],
  );
  const shown = value?.slice(0, SIZE) ?? [];
  return (
    <>
      <AuditFilters query={query} />
      <div class="content" role="tabpanel" aria-labelledby="tab-audit">
        {error && <Failed what="the audit" error={error} again={reload} />}
        {!error && !value && <Loading what="the audit" />}
        {!error && value && (shown.length ? <AuditTable entries={shown} /> : <Nothing filtered={isFiltered(query)} />)}
      </div>
      {!error && value && <Pages page={page} count={shown.length} more={value.length > SIZE} />}
    </>
  );
}
