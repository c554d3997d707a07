import { useLayoutEffect, useRef } from "preact/hooks";
import { approve, refuse } from "~/api/approvals";
import type { Approval } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { shortId } from "~/ui/format";
import { JsonTree } from "~/ui/JsonTree";
import { toast, toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";
import { useNames } from "../useNames";
import { DEEDS, readAsked, sentenceOf } from "./words";

export const UPDATE = "process-instance:update";
export const whoseIsApproval = (it: Approval) => ({
  key: it.processDefinitionId.split(":")[0] ?? "",
  tenantId: it.tenantId,
});

function Body({ of }: { of: Approval }) {
  const now = useNow();
  const names = useNames([of.processDefinitionId]);
  const name = (id: string) => names(of.processDefinitionId, id);
  const { value, error, reload } = useResource(() => readAsked(of), [of.processInstanceId, of.at]);
  const given = of.order.variables as Record<string, unknown> | undefined;
  const element = value?.element ?? null;
  return (
    <div class="panel-body">
      <dl class="facts task-facts">
        <div>
          <dt>Process</dt>
          <dd>{name(whoseIsApproval(of).key)}</dd>
        </div>
        <div>
          <dt>Instance</dt>
          <dd>
            <a
              href={`${paths.instance(of.processInstanceId)}${element ? `?element=${encodeURIComponent(element)}` : ""}`}
              title={of.processInstanceId}
            >
              {of.businessKey ?? shortId(of.processInstanceId)}
            </a>
          </dd>
        </div>
        <div>
          <dt>Asked by</dt>
          <dd>{of.own ? `${of.by} (you)` : of.by}</dd>
        </div>
        <div>
          <dt>Asked</dt>
          <dd>
            <Ago at={of.at} now={now} />
          </dd>
        </div>
      </dl>
      {error && !value && <Failed what="what it is about" error={error} again={reload} />}
      {!error && !value && <Loading what="what it is about" />}
      {value && <p>{sentenceOf(of, element ? name(element) : "an element that is no longer there")}</p>}
      {value?.steps && (
        <section>
          <h3>What would be undone now</h3>
          {value.steps.length === 0 && <p class="secondary">Nothing: no activity since then has an undo handler.</p>}
          <ol>
            {value.steps.map((it) => (
              <li key={it.seq}>
                {names(it.definitionId ?? of.processDefinitionId, it.element)}
                {it.handler && (
                  <span class="secondary"> by {names(it.definitionId ?? of.processDefinitionId, it.handler)}</span>
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      {given && Object.keys(given).length > 0 && <JsonTree name="Variables given with it" value={given} />}
    </div>
  );
}

interface Props {
  of: Approval | undefined;
  /** Where the list is. */
  list: string;
  onDone: () => void;
}

/** One request: what would happen, and the decision. */
export function ApprovalPanel({ of, list, onDone }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), [of?.processInstanceId]);
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) navigate(list);
  };
  const decide = (deed: (id: string) => Promise<void>, said: string) =>
    of &&
    void deed(of.processInstanceId)
      .then(() => toast(said), toastError)
      .finally(onDone);
  return (
    <aside class="panel task-panel" aria-label="Request" onKeyDown={leave}>
      <header class="task-head">
        <a class="back" href={list}>
          ‹ All requests
        </a>
        {of && (
          <div class="row">
            <h2 class="grow clip" tabIndex={-1} ref={heading}>
              {DEEDS[of.action]}
            </h2>
            <Deed
              needs={UPDATE}
              whose={whoseIsApproval(of)}
              class="button"
              onClick={() => decide(refuse, of.own ? "Withdrawn" : "Refused: nothing was done")}
            >
              {of.own ? "Withdraw" : "Refuse"}
            </Deed>
            {!of.own && (
              <Deed
                needs={UPDATE}
                whose={whoseIsApproval(of)}
                class="button primary"
                onClick={() => decide(approve, "Approved, and done")}
              >
                Approve
              </Deed>
            )}
          </div>
        )}
      </header>
      {of ? (
        <Body key={of.processInstanceId + of.at} of={of} />
      ) : (
        <p class="secondary panel-body">
          This request does not wait any more: it was decided, withdrawn, or its instance is gone.
        </p>
      )}
    </aside>
  );
}
