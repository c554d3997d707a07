import { IncidentCard } from "./IncidentCard";
import type { PanelProps } from "./SidePanel";

export function IncidentsTab({ instance, view, live, events, onSelect, name }: PanelProps) {
  const list = [...view.incidents.values()];
  if (!list.length)
    return (
      <p class="secondary">
        No incidents. When a step fails for good it stays where it is, and is listed here to be retried.
      </p>
    );
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
          name={name}
          onSelect={onSelect}
        />
      ))}
    </>
  );
}
