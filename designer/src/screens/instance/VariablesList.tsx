/** Variables with type, when and by what each was changed: found, read as a tree, copied. */

import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { InstanceEvent, Variable, Variables } from "~/api/types";
import { plain, show } from "~/forms/variables";
import { type VariableChange, variableChanges } from "~/live/variableChanges";
import type { View } from "~/live/view";
import { copy } from "~/ui/copy";
import { absolute, clock } from "~/ui/format";
import { JsonTree } from "~/ui/JsonTree";
import type { PanelProps } from "./panel";

type Changes = ReadonlyMap<string, readonly VariableChange[]>;
const NONE: Changes = new Map();

/** Who or what set it, as far as the history tells. */
function sayCause({ element, by }: VariableChange, name: (id: string) => string): string {
  if (element && by) return `${name(element)}, ${by}`;
  return element ? name(element) : (by ?? "somebody");
}

export const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

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

interface LineProps extends Pick<PanelProps, "name" | "onAt"> {
  id: string;
  variable: Variable;
  changes: readonly VariableChange[];
  /** Set by the very event that is shown. */
  fresh: boolean;
  button: ComponentChildren;
}

/** One line; opened it shows the whole value, what can be done with it, and how it came to be. */
function Line({ id, variable, changes, fresh, name, onAt, button }: LineProps) {
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
          <span class="secondary small clip changed" title={absolute(last.at)}>
            {clock(last.at)} by {sayCause(last, name)}
          </span>
        )}
      </summary>
      {open && (
        <div class="inside">
          <JsonTree name={id} value={plain(variable)} />
          <div class="row">
            {button}
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
  variables: Variables;
  changes: Changes;
  wanted: string;
  position: number;
  /** What can be done with one beside copying it. */
  buttonOf?: ((name: string) => ComponentChildren) | undefined;
}

function Scope({ variables, changes, wanted, position, buttonOf, ...rest }: ScopeProps) {
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
            button={buttonOf?.(id)}
            {...rest}
          />
        );
      })}
    </div>
  );
}

const SEARCHED = 5;

interface Props extends Pick<PanelProps, "process" | "name" | "onAt">, Pick<ScopeProps, "buttonOf"> {
  view: View;
  events: readonly InstanceEvent[];
  /** What is said when there are none. */
  none: string;
}

/** The variables of a process, then those of what is inside it. Only the former can be changed. */
export function VariablesList({ process, view, events, none, name, onAt, buttonOf }: Props) {
  const [search, setSearch] = useState("");
  const changes = useMemo(() => variableChanges(events, view.position), [events, view.position]);
  const own = view.variables.get(process) ?? {};
  const scopes = [...view.variables].filter(
    ([token, set]) => token !== process && view.tokens.get(token)?.process === process && Object.keys(set).length > 0,
  );
  const count = scopes.reduce((sum, [, set]) => sum + Object.keys(set).length, Object.keys(own).length);
  const common = { wanted: search.toLowerCase(), position: view.position, name, onAt };
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
        <Scope variables={own} changes={changes.get(process) ?? NONE} buttonOf={buttonOf} {...common} />
      ) : (
        <p class="secondary">{none}</p>
      )}
      {scopes.map(([token, variables]) => (
        <section key={token}>
          <h2 class="small-title">Only in {name(view.tokens.get(token)?.element ?? "")}</h2>
          <Scope variables={variables} changes={changes.get(token) ?? NONE} {...common} />
        </section>
      ))}
    </>
  );
}
