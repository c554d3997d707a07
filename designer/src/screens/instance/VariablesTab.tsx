import { useState } from "preact/hooks";
import { plain } from "~/forms/variables";
import { whoseIs } from "~/frame/session";
import { Deed } from "~/ui/Deed";
import type { PanelProps } from "./panel";
import { type Editing, VariableDialog } from "./VariableDialog";
import { asText, VariablesList } from "./VariablesList";

export function VariablesTab({ instance, header, process, view, events, live, name, onAt }: PanelProps) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const running = live && process === 0 && (view.state === "active" || view.state === "suspended");
  const own = view.variables.get(process) ?? {};
  const edit = (it: string) => {
    const variable = own[it];
    if (variable) setEditing({ name: it, text: asText(plain(variable)), isNew: false });
  };
  const changing = { needs: "process-instance:update", whose: whoseIs(header) };
  const buttonOf = (it: string) => (
    <Deed {...changing} class="button slim" label={`Change ${it}`} onClick={() => edit(it)}>
      Change…
    </Deed>
  );
  return (
    <>
      <VariablesList
        process={process}
        view={view}
        events={events}
        none="The instance has no variables."
        name={name}
        onAt={onAt}
        buttonOf={running ? buttonOf : undefined}
      />
      {running && (
        <div>
          <Deed {...changing} class="button" onClick={() => setEditing({ name: "", text: "", isNew: true })}>
            Add a variable
          </Deed>
        </div>
      )}
      {editing && <VariableDialog start={editing} instance={instance} onClose={() => setEditing(null)} />}
    </>
  );
}
