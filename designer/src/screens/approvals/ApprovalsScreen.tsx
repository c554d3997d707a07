import { approvalOf, approvals, countApprovals } from "~/api/approvals";
import type { Approval } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { navigate } from "~/frame/router";
import { may, useSession } from "~/frame/session";
import { Ago, Empty, Failed, Loading, useNow } from "~/ui/basics";
import { shortId } from "~/ui/format";
import { Pager } from "~/ui/Pager";
import { State } from "~/ui/state";
import { useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";
import { useNames } from "../useNames";
import { ApprovalPanel, UPDATE, whoseIsApproval } from "./ApprovalPanel";
import { DEEDS } from "./words";

/** Others ask and decide too: no stream tells of it. */
const REFRESH_MS = 5_000;
const SIZE = 50;
const YOU = { look: "active", word: "You may" } as const;
const OTHERS = { look: "waiting", word: "Another person" } as const;

interface Loaded {
  list: Approval[];
  total: number;
  /** The one that is open, also if another page has it. */
  open: Approval | undefined;
}

async function load(page: number, id: string | null, signal: AbortSignal): Promise<Loaded> {
  const [list, total] = await Promise.all([approvals(page * SIZE, SIZE, signal), countApprovals(signal)]);
  const listed = list.find((it) => it.processInstanceId === id);
  return {
    list,
    total,
    open: listed ?? (id && total > list.length ? await approvalOf(id, signal) : null) ?? undefined,
  };
}

const hrefOf = (id: string | null, page: number) =>
  `/approvals${id ? `/${encodeURIComponent(id)}` : ""}${page ? `?page=${page + 1}` : ""}`;

function Table({ list, id, page }: { list: Approval[]; id: string | null; page: number }) {
  const now = useNow();
  const names = useNames(list.map((it) => it.processDefinitionId));
  const session = useSession();
  const canDecide = (it: Approval) => !it.own && may(session, UPDATE, whoseIsApproval(it));
  return (
    <table class="table rows">
      <colgroup>
        <col />
        <col style={{ width: id ? "34%" : "18%" }} />
        {!id && <col style={{ width: "20%" }} />}
        {!id && <col style={{ width: 110 }} />}
        {!id && <col style={{ width: 140 }} />}
        <col style={{ width: 100 }} />
      </colgroup>
      <thead>
        <tr>
          <th>What</th>
          <th>Instance</th>
          {!id && <th>Process</th>}
          {!id && <th>Asked by</th>}
          {!id && <th>Who decides</th>}
          <th>Since</th>
        </tr>
      </thead>
      <tbody>
        {list.map((it) => (
          <tr key={it.processInstanceId} aria-current={it.processInstanceId === id ? "true" : undefined}>
            <td class="at-1">
              <a class="name" href={hrefOf(it.processInstanceId, page)}>
                {DEEDS[it.action]}
              </a>
            </td>
            <td class="at-1-end" title={it.processInstanceId}>
              {it.businessKey ?? shortId(it.processInstanceId)}
            </td>
            {!id && <td class="secondary">{names(it.processDefinitionId, whoseIsApproval(it).key)}</td>}
            {!id && <td class="at-2">{it.by}</td>}
            {!id && (
              <td class="at-2-all">
                <State {...(canDecide(it) ? YOU : OTHERS)} />
              </td>
            )}
            <td class="secondary at-2-end">
              <Ago at={it.at} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Nothing() {
  const session = useSession();
  const open = typeof session !== "string" && session.kind === "anybody";
  return (
    <Empty
      title="Nothing waits for a second person"
      action={
        <a class="button" href="/instances">
          Show the instances
        </a>
      }
    >
      {open
        ? "This server is open to everybody: where nobody signs in, nobody is asked."
        : "Going back, skipping and marking as undone wait here where the server or the process asks for a second person."}
    </Empty>
  );
}

/** What people have asked for and another person has to decide; `id`: the instance of the request that is open. */
export function ApprovalsScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const page = Math.max(0, (Number.parseInt(query.get("page") ?? "", 10) || 1) - 1);
  const { value, error, reload } = useResource((signal) => load(page, id, signal), [page, id], useTick(REFRESH_MS));
  const found = value?.list;
  const done = () => {
    navigate(hrefOf(null, page));
    reload();
  };
  return (
    <>
      <Bar crumbs={[{ label: "Overview", href: "/" }]} title="Approvals" />
      <div class="split">
        <div class="list-side">
          <div class="content">
            {error && !found && <Failed what="what waits" error={error} again={reload} />}
            {!error && !found && <Loading what="what waits" />}
            {value?.total === 0 && <Nothing />}
            {found?.length === 0 && value && value.total > 0 && (
              <Empty title="This page is empty by now">
                <a href={hrefOf(null, 0)}>Show the oldest</a>
              </Empty>
            )}
            {found && found.length > 0 && <Table list={found} id={id} page={page} />}
          </div>
          <Pager page={page} size={SIZE} total={value?.total ?? 0} back="Older" onward="Newer" />
        </div>
        {id && value && <ApprovalPanel key={id} of={value.open} list={hrefOf(null, page)} onDone={done} />}
      </div>
    </>
  );
}
