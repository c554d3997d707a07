import { whoseIs } from "~/frame/session";
import { IncidentCard } from "./IncidentCard";
import type { PanelProps } from "./panel";

export function IncidentsTab({ instance, header, view, live, events, onSelect, name }: PanelProps) {
  const list = [...view.incidents.values()];
  if (!list.length)
    return <p class="secondary">No incidents. A step that cannot continue is listed here, so that you can retry it.</p>;
  return (
    <>
      {list.map((it) => (
        <IncidentCard
          key={it.id}
          instance={instance}
          incident={it}
          events={events}
          variables={view.variables.get(0) ?? {}}
          live={live}
          whose={whoseIs(header)}
          name={name}
          onSelect={onSelect}
        />
      ))}
    </>
  );
}
