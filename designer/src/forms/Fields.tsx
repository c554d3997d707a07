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
  if (field.type === "json")
    return <textarea class="textarea" {...common} value={text} onInput={typed} spellcheck={false} />;
  const type = field.type === "number" ? "number" : field.type === "date" ? "date" : "text";
  return (
    <input
      class="input"
      type={type}
      step={type === "number" ? "any" : undefined}
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
        </div>
      ))}
    </>
  );
}
