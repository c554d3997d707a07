import { useState } from "preact/hooks";
import { resolveIncidents } from "~/api/incidents";
import type { Incident } from "~/api/types";
import { paths } from "~/frame/router";
import { ActionsHead, Ago } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { plural } from "~/ui/format";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { type Names, useNames } from "../useNames";
import { groupIncidents, type IncidentGroup } from "./groups";

const SHOWN = 10;

/** One instance is shown itself, several as a list. */
function addressOf(group: IncidentGroup): string {
  const [only, another] = group.incidents;
  if (only && !another) return `${paths.instance(only.processInstanceId)}?element=${encodeURIComponent(group.element)}`;
  const query = new URLSearchParams({
    state: "incident",
    definition: group.definitionKey,
    element: group.element,
    incident: group.message,
  });
  return `/instances?${query}`;
}

function Group({
  group,
  now,
  names,
  onRetried,
}: {
  group: IncidentGroup;
  now: number;
  names: Names;
  onRetried: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const count = group.incidents.length;
  const element = names(group.definitionId, group.element);
  const retry = () => {
    setBusy(true);
    resolveIncidents(group.incidents.map((it) => it.id))
      .then(() => {
        toast(`Retrying ${plural(count, "instance")} at ${element}`);
        onRetried();
      }, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <tr>
      <td class="at-1">
        <a class="name" href={addressOf(group)}>
          <State look="incident" word={element} />
        </a>
      </td>
      <td class="secondary" title={group.definitionKey}>
        {names(group.definitionId, group.definitionKey)}
      </td>
      <td class="at-2-all" title={group.message}>
        {group.message}
      </td>
      <td class="right numbers">{count}</td>
      <td class="secondary at-2-end">
        <Ago at={group.latest} now={now} />
      </td>
      <td class="right at-1-end">
        <span class="row-actions">
          <Deed
            needs="incident:update"
            whose={{ key: group.definitionKey }}
            class="button slim"
            label={`Retry ${count}: ${element}`}
            disabled={busy}
            onClick={retry}
          >
            Retry {count > 1 ? count : ""}
          </Deed>
          <a class="button slim" href={addressOf(group)} aria-label={`Show ${element}`}>
            Show
          </a>
        </span>
      </td>
    </tr>
  );
}

/** What needs a look, each cause once. */
export function Incidents({ list, now, onRetried }: { list: Incident[]; now: number; onRetried: () => void }) {
  const groups = groupIncidents(list);
  const shown = groups.slice(0, SHOWN);
  const names = useNames(shown.map((it) => it.definitionId));
  return (
    <section aria-labelledby="overview-incidents">
      <h2 id="overview-incidents" class="section-title">
        Needs a look
      </h2>
      <table class="table rows">
        <colgroup>
          <col style={{ width: "20%" }} />
          <col style={{ width: "16%" }} />
          <col />
          <col style={{ width: 90 }} />
          <col style={{ width: 110 }} />
          <col style={{ width: 150 }} />
        </colgroup>
        <thead>
          <tr>
            <th>Element</th>
            <th>Definition</th>
            <th>What happened</th>
            <th class="right">Instances</th>
            <th>Latest</th>
            <ActionsHead />
          </tr>
        </thead>
        <tbody>
          {shown.map((it) => (
            <Group
              key={`${it.definitionKey} ${it.element} ${it.message}`}
              group={it}
              now={now}
              names={names}
              onRetried={onRetried}
            />
          ))}
        </tbody>
      </table>
      {groups.length > SHOWN && (
        <p class="pager">
          <a href="/instances?state=incident">Show all {groups.length} kinds of incidents</a>
        </p>
      )}
    </section>
  );
}
