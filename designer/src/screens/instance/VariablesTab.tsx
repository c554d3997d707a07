import { useState } from "preact/hooks";
import { modifyVariables } from "~/api/instances";
import type { Variables } from "~/api/types";
import { plain, show, toVariable } from "~/forms/variables";
import { Dialog } from "~/ui/Dialog";
import { toast, toastError } from "~/ui/toast";
import type { PanelProps } from "./SidePanel";

interface Editing {
  name: string;
  text: string;
  isNew: boolean;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function Edit({ start, instance, onClose }: { start: Editing; instance: string; onClose: () => void }) {
  const [name, setName] = useState(start.name);
  const [text, setText] = useState(start.text);
  const save = (event: Event) => {
    event.preventDefault();
    modifyVariables(instance, { [name]: toVariable(parseValue(text)) }).then(() => {
      toast(`Set ${name}`);
      onClose();
    }, toastError);
  };
  const remove = () =>
    modifyVariables(instance, {}, [name]).then(() => {
      toast(`Removed ${name}`);
      onClose();
    }, toastError);
  return (
    <Dialog title={start.isNew ? "Add a variable" : `Change ${start.name}`} onClose={onClose}>
      <form class="plain" onSubmit={save}>
        {start.isNew && (
          <div class="field">
            <label for="variable-name">Name</label>
            <input
              id="variable-name"
              class="input"
              required
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </div>
        )}
        <div class="field">
          <label for="variable-value">Value</label>
          <textarea
            id="variable-value"
            class="textarea"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span class="hint">JSON, or plain text.</span>
        </div>
        <footer>
          {!start.isNew && (
            <button type="button" class="button danger" onClick={() => void remove()}>
              Remove
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Set {name || "it"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function Table({ variables, onEdit }: { variables: Variables; onEdit?: ((name: string) => void) | undefined }) {
  const names = Object.keys(variables).sort();
  return (
    <dl class="facts">
      {names.map((name) => {
        const variable = variables[name];
        if (!variable) return null;
        const text = show(variable);
        return (
          <div key={name}>
            <dt class="mono" title={name}>
              {name}
            </dt>
            <dd class="mono" title={variable.type ?? ""}>
              {onEdit ? (
                <button type="button" class="linkish mono" aria-label={`Change ${name}`} onClick={() => onEdit(name)}>
                  {text}
                </button>
              ) : (
                text
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

export function VariablesTab({ instance, process, view, live, name }: PanelProps) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const running = live && (view.state === "active" || view.state === "suspended");
  const own = view.variables.get(process) ?? {};
  const edit = (it: string) => {
    const variable = own[it];
    if (!variable) return;
    const value = plain(variable);
    setEditing({ name: it, text: typeof value === "string" ? value : JSON.stringify(value, null, 2), isNew: false });
  };
  const scopes = [...view.variables].filter(
    ([token, set]) => token !== process && view.tokens.get(token)?.process === process && Object.keys(set).length > 0,
  );
  return (
    <>
      {Object.keys(own).length > 0 ? (
        <Table variables={own} onEdit={running && process === 0 ? edit : undefined} />
      ) : (
        <p class="secondary">The instance has no variables.</p>
      )}
      {scopes.map(([token, variables]) => (
        <section key={token}>
          <h2 class="small-title">Only in {name(view.tokens.get(token)?.element ?? "")}</h2>
          <Table variables={variables} />
        </section>
      ))}
      {running && process === 0 && (
        <div>
          <button type="button" class="button" onClick={() => setEditing({ name: "", text: "", isNew: true })}>
            Add a variable
          </button>
        </div>
      )}
      {editing && <Edit start={editing} instance={instance} onClose={() => setEditing(null)} />}
    </>
  );
}
