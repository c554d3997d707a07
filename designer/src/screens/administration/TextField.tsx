interface Props {
  id: string;
  label: string;
  value: string;
  onChange: (text: string) => void;
  hint?: string;
  type?: "text" | "email";
  required?: boolean;
}

export function TextField({ id, label, value, onChange, hint, type = "text", required = false }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type={type}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        required={required}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
