import { MomentInput } from "~/ui/moment/MomentInput";
import type { FormField } from "./formData";

interface Props {
  fields: FormField[];
  texts: Record<string, string>;
  onText: (id: string, text: string) => void;
  disabled?: boolean;
}

function Input({
  field,
  text,
  onText,
  disabled,
}: {
  field: FormField;
  text: string;
  onText: (text: string) => void;
  disabled: boolean;
}) {
  const common = {
    id: `field-${field.id}`,
    name: field.id,
    required: field.required,
    disabled: disabled || field.readonly,
    "aria-describedby": field.hint ? `hint-${field.id}` : undefined,
  };
  const typed = (event: Event) => onText((event.currentTarget as HTMLInputElement).value);
  if (field.type === "boolean") {
    const ticked = (event: Event) => onText(String((event.currentTarget as HTMLInputElement).checked));
    return <input type="checkbox" {...common} required={false} checked={text === "true"} onChange={ticked} />;
  }
  if (field.type === "enum") {
    return (
      <select class="select" {...common} value={text} onChange={typed}>
        {!field.defaultValue && <option value="">Choose…</option>}
        {field.options.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </select>
    );
  }
  const length = { minLength: field.minLength, maxLength: field.maxLength };
  if (field.type === "json" || field.type === "text")
    return (
      <textarea
        class={`textarea ${field.type === "text" ? "prose" : ""}`}
        {...common}
        {...length}
        value={text}
        onInput={typed}
        spellcheck={field.type === "text"}
      />
    );
  if (field.type === "date") {
    const { "aria-describedby": describedBy, ...named } = common;
    return <MomentInput {...named} kind="date" value={text} onChange={onText} describedBy={describedBy} />;
  }
  const type = field.type === "number" ? "number" : "text";
  return (
    <input
      class="input"
      type={type}
      {...(type === "number" ? { step: field.whole ? 1 : "any", min: field.min, max: field.max } : length)}
      pattern={field.pattern}
      {...common}
      value={text}
      onInput={typed}
      autocomplete="off"
    />
  );
}

export function Fields({ fields, texts, onText, disabled = false }: Props) {
  return (
    <>
      {fields.map((field) => (
        <div class={`field ${field.type === "boolean" ? "inline" : ""}`} key={field.id}>
          <label for={`field-${field.id}`}>
            {field.label}
            {field.required ? " *" : ""}
          </label>
          <Input
            field={field}
            text={texts[field.id] ?? field.defaultValue}
            disabled={disabled}
            onText={(text) => onText(field.id, text)}
          />
          {field.hint && (
            <span class="hint" id={`hint-${field.id}`}>
              {field.hint}
            </span>
          )}
        </div>
      ))}
    </>
  );
}
