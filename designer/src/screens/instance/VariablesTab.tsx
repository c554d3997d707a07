import { useMemo, useState } from "preact/hooks";
import type { Variable, Variables } from "~/api/types";
import { plain, show } from "~/forms/variables";
import { type Whose, whoseIs } from "~/frame/session";
import { type VariableChange, variableChanges } from "~/live/variableChanges";
import { copy } from "~/ui/copy";
import { Deed } from "~/ui/Deed";
import { clock } from "~/ui/format";
import { JsonTree } from "~/ui/JsonTree";
import type { PanelProps } from "./panel";
import { type Editing, VariableDialog } from "./VariableDialog";

type Changes = ReadonlyMap<string, readonly VariableChange[]>;
const NONE: Changes = new Map();

/** Who or what set it, as far as the history tells. */
function sayCause({ element, by }: VariableChange, name: (id: string) => string): string {
  if (element && by) return `${name(element)}, ${by}`;
  return element ? name(element) : (by ?? "somebody");
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function Past({ changes, name, onAt }: { changes: readonly VariableChange[] } & Pick<PanelProps, "name" | "onAt">) {
  return (
    <ol class="past" aria-label="Its history">
      {changes.toReversed().map((it) => (
        <li key={it.position}>
          <button type="button" class="linkish numbers" title="Show that moment" onClick={() => onAt(it.position)}>
            {clock(it.at)}
          </button>
          <span class="mono clip">{it.value ? show(it.value) : "removed"}</span>
          <span class="secondary clip">{sayCause(it, name)}</span>
        </li>
      ))}
    </ol>
  );
}

interface Changing {
  needs: string;
  whose: Whose;
}

interface LineProps extends Pick<PanelProps, "name" | "onAt"> {
  changing: Changing;
  id: string;
  variable: Variable;
  changes: readonly VariableChange[];
  /** Set by the very event that is shown. */
  fresh: boolean;
  onEdit?: (() => void) | undefined;
}

/** One line; opened it shows the whole value, what can be done with it, and how it came to be. */
function Line({ id, variable, changes, fresh, name, onAt, onEdit, changing }: LineProps) {
  const last = changes.at(-1);
  const [open, setOpen] = useState(false);
  return (
    <details
      class={`variable ${fresh ? "is-fresh" : ""}`}
      data-variable={id}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="mono clip name" title={id}>
          {id}
        </span>
        <span class="mono clip value">{show(variable)}</span>
        <span class="secondary small clip">{variable.type}</span>
        {last && (
          <span class="secondary small clip changed">
            {clock(last.at)} by {sayCause(last, name)}
          </span>
        )}
      </summary>
      {open && (
        <div class="inside">
          <JsonTree name={id} value={plain(variable)} />
          <div class="row">
            {onEdit && (
              <Deed {...changing} class="button slim" label={`Change ${id}`} onClick={onEdit}>
                Change…
              </Deed>
            )}
            <button
              type="button"
              class="button slim"
              aria-label={`Copy ${id}`}
              onClick={() => void copy(asText(plain(variable)), id)}
            >
              Copy
            </button>
          </div>
          <Past changes={changes} name={name} onAt={onAt} />
        </div>
      )}
    </details>
  );
}

interface ScopeProps extends Pick<PanelProps, "name" | "onAt"> {
  changing: Changing;
  variables: Variables;
  changes: Changes;
  wanted: string;
  position: number;
  onEdit?: ((name: string) => void) | undefined;
}

function Scope({ variables, changes, wanted, position, onEdit, ...rest }: ScopeProps) {
  const found = Object.entries(variables)
    .filter(([id, it]) => `${id} ${show(it)}`.toLowerCase().includes(wanted))
    .sort(([a], [b]) => a.localeCompare(b));
  if (!found.length) return <p class="secondary">No variable has this in its name or value.</p>;
  return (
    <div class="variables">
      {found.map(([id, variable]) => {
        const own = changes.get(id) ?? [];
        return (
          <Line
            key={id}
            id={id}
            variable={variable}
            changes={own}
            fresh={own.at(-1)?.position === position}
            onEdit={onEdit && (() => onEdit(id))}
            {...rest}
          />
        );
      })}
    </div>
  );
}

const SEARCHED = 5;

export function VariablesTab({ instance, header, process, view, events, live, name, onAt }: PanelProps) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [search, setSearch] = useState("");
  const changes = useMemo(() => variableChanges(events, view.position), [events, view.position]);
  const running = live && process === 0 && (view.state === "active" || view.state === "suspended");
  const own = view.variables.get(process) ?? {};
  const edit = (it: string) => {
    const variable = own[it];
    if (variable) setEditing({ name: it, text: asText(plain(variable)), isNew: false });
  };
  const scopes = [...view.variables].filter(
    ([token, set]) => token !== process && view.tokens.get(token)?.process === process && Object.keys(set).length > 0,
  );
  const count = scopes.reduce((sum, [, set]) => sum + Object.keys(set).length, Object.keys(own).length);
  const changing = { needs: "process-instance:update", whose: whoseIs(header) };
  const common = { changing, wanted: search.toLowerCase(), position: view.position, name, onAt };
  return (
    <>
      {count > SEARCHED && (
        <input
          class="input"
          type="search"
          placeholder="Name or value"
          aria-label="Find a variable by name or value"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {Object.keys(own).length > 0 ? (
        <Scope variables={own} changes={changes.get(process) ?? NONE} onEdit={running ? edit : undefined} {...common} />
      ) : (
        <p class="secondary">The instance has no variables.</p>
      )}
      {scopes.map(([token, variables]) => (
        <section key={token}>
          <h2 class="small-title">Only in {name(view.tokens.get(token)?.element ?? "")}</h2>
          <Scope variables={variables} changes={changes.get(token) ?? NONE} {...common} />
        </section>
      ))}
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
