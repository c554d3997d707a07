/** Chooses an element template and fills it in. A chunk of its own. */

import { useState } from "preact/hooks";
import type { DraftFile } from "~/api/drafts";
import { Dialog } from "~/ui/Dialog";
import { kindOf } from "../files/kinds";
import type { Modeler } from "../modeler";
import { get, nameShape } from "../problems/shapes";
import { applyTemplate } from "./apply";
import { CATALOG } from "./catalog";
import { appliesTo, type ElementTemplate, listVisible, type Property, parseTemplates, presetOf } from "./template";

const ownTemplates = (files: readonly DraftFile[]) =>
  files.filter((it) => kindOf(it) === "template").flatMap((it) => parseTemplates(it.content));

function Choices({
  templates,
  onPick,
}: {
  templates: readonly ElementTemplate[];
  onPick: (it: ElementTemplate) => void;
}) {
  if (!templates.length)
    return (
      <p class="secondary">
        No template applies to it. Element templates of Camunda Modeler (JSON) can be dropped on the designer.
      </p>
    );
  return (
    <div class="templates">
      <ul aria-label="Element templates">
        {templates.map((it) => (
          <li key={it.id}>
            <button type="button" class="template" onClick={() => onPick(it)}>
              <b>{it.name}</b>
              <span class="secondary">{it.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface InputProps {
  id: string;
  property: Property;
  text: string;
  onText: (text: string) => void;
}

function Input({ id, property, text, onText }: InputProps) {
  const { type, constraints = {}, choices = [] } = property;
  const pattern = typeof constraints.pattern === "string" ? { value: constraints.pattern } : constraints.pattern;
  const hint = property.description ? `${id}-hint` : undefined;
  const common = { id, required: constraints.notEmpty === true, "aria-describedby": hint };
  const typed = (event: Event) => onText((event.currentTarget as HTMLInputElement).value);
  if (type === "Dropdown" || type === "Boolean") {
    const options = type === "Boolean" ? ["true", "false"].map((value) => ({ name: value, value })) : choices;
    return (
      <select class="select" {...common} value={text} onChange={typed}>
        {options.map((it) => (
          <option key={it.value} value={it.value}>
            {it.name}
          </option>
        ))}
      </select>
    );
  }
  if (type === "Text") return <textarea class="textarea prose low" {...common} value={text} onInput={typed} />;
  return (
    <input
      class="input"
      {...common}
      pattern={type === "Number" ? "-?\\d+(\\.\\d+)?|[$#]\\{.*\\}" : pattern?.value}
      title={pattern?.message}
      value={text}
      onInput={typed}
      autocomplete="off"
    />
  );
}

interface FormProps {
  template: ElementTemplate;
  onApply: (values: ReadonlyMap<number, string>) => void;
  onBack: () => void;
}

function Form({ template, onApply, onBack }: FormProps) {
  const visible = listVisible(template);
  const [values, setValues] = useState<ReadonlyMap<number, string>>(
    () => new Map(visible.map(([at, it]) => [at, presetOf(it)])),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    onApply(values);
  };
  return (
    <form class="plain" onSubmit={submit}>
      <p class="secondary">{template.description}</p>
      {visible.map(([at, it]) => (
        <div class="field" key={at}>
          <label for={`template-${at}`}>
            {it.label}
            {it.constraints?.notEmpty ? " *" : ""}
          </label>
          <Input
            id={`template-${at}`}
            property={it}
            text={values.get(at) ?? ""}
            onText={(text) => setValues(new Map(values).set(at, text))}
          />
          {it.description && (
            <span class="hint" id={`template-${at}-hint`}>
              {it.description}
            </span>
          )}
        </div>
      ))}
      <footer>
        <button type="button" class="button" onClick={onBack}>
          Back
        </button>
        <button type="submit" class="button primary">
          Apply
        </button>
      </footer>
    </form>
  );
}

interface Props {
  modeler: Modeler;
  element: string;
  files: readonly DraftFile[];
  onClose: () => void;
}

export function ElementTemplateDialog({ modeler, element, files, onClose }: Props) {
  const [chosen, setChosen] = useState<ElementTemplate | null>(null);
  const shape = get(modeler, element);
  const templates = [...ownTemplates(files), ...CATALOG].filter(appliesTo(shape?.type ?? ""));
  const apply = (template: ElementTemplate) => (values: ReadonlyMap<number, string>) => {
    applyTemplate(modeler, element, template, values);
    onClose();
  };
  const title = chosen ? chosen.name : `Template for ${shape ? nameShape(shape) : element}`;
  return (
    <Dialog title={title} onClose={onClose}>
      {chosen ? (
        <Form template={chosen} onApply={apply(chosen)} onBack={() => setChosen(null)} />
      ) : (
        <Choices templates={templates} onPick={setChosen} />
      )}
    </Dialog>
  );
}
