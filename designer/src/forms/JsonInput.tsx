interface Props {
  id?: string;
  label: string;
  text: string;
  message: string | null;
  onText: (text: string) => void;
  low?: boolean;
}

/** Variables that no field asks for. */
export function JsonInput({ id = "form-json", label, text, message, onText, low = false }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class={`textarea ${low ? "low" : ""}`}
        spellcheck={false}
        value={text}
        placeholder={'{"amount": 12}'}
        aria-invalid={message !== null}
        aria-describedby={message ? `${id}-wrong` : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {message && (
        <span class="wrong" id={`${id}-wrong`}>
          {message}
        </span>
      )}
    </div>
  );
}
