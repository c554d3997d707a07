interface Choice {
  id: string;
  hint?: string | null;
}

interface Props {
  legend: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  empty?: string;
  disabled?: boolean;
}

/** Several of a few, each with a word about it. */
export function Choices({ legend, choices, chosen, onChange, empty, disabled = false }: Props) {
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((it) => it !== id) : [...chosen, id]);
  return (
    <fieldset class="several" disabled={disabled}>
      <legend>{legend}</legend>
      {choices.length === 0 && <p class="hint">{empty}</p>}
      {choices.map((it) => (
        <label key={it.id}>
          <input type="checkbox" checked={chosen.includes(it.id)} onChange={() => toggle(it.id)} />
          <span>{it.id}</span>
          {it.hint && <span class="hint">{it.hint}</span>}
        </label>
      ))}
    </fieldset>
  );
}
