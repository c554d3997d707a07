import { useEffect, useState } from "preact/hooks";
import { setQuery } from "~/frame/router";
import { MomentInput } from "~/ui/moment/MomentInput";
import { isFiltered, MOMENTS, OUTCOMES, TEXTS } from "./filters";

const TYPING_MS = 250;

/** A field whose text is in the address a moment after it was typed. */
function Field({ id, label, hint, query, moment }: FieldProps) {
  const held = query.get(id) ?? "";
  const [text, setText] = useState(held);
  useEffect(() => {
    if (text === held) return;
    const timer = setTimeout(() => setQuery({ [id]: text.trim(), page: null }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // An empty moment does not say what it is for.
  if (moment)
    return (
      <span class="row small secondary">
        {label} <MomentInput kind="datetime" label={label} value={text} onChange={setText} />
      </span>
    );
  return (
    <input
      class="input"
      type="search"
      placeholder={hint}
      aria-label={label}
      title={label}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  query: URLSearchParams;
  moment?: boolean;
}

const NOTHING = Object.fromEntries(
  [...TEXTS, ...MOMENTS, { id: "outcome" }, { id: "page" }].map((it) => [it.id, null]),
);

export function AuditFilters({ query }: { query: URLSearchParams }) {
  const [turn, setTurn] = useState(0);
  const showAll = () => {
    setQuery(NOTHING);
    setTurn(turn + 1);
  };
  return (
    <div class="filters" role="search" aria-label="Which entries">
      {TEXTS.map((it) => (
        <Field key={`${it.id}-${turn}`} {...it} query={query} />
      ))}
      <select
        class="select"
        aria-label="Outcome"
        value={query.get("outcome") ?? ""}
        onChange={(event) => setQuery({ outcome: event.currentTarget.value, page: null })}
      >
        <option value="">Any outcome</option>
        {OUTCOMES.map((it) => (
          <option key={it.id} value={it.id}>
            {it.label}
          </option>
        ))}
      </select>
      {MOMENTS.map((it) => (
        <Field key={`${it.id}-${turn}`} {...it} query={query} moment />
      ))}
      {isFiltered(query) && (
        <button type="button" class="button slim" onClick={showAll}>
          Show all
        </button>
      )}
    </div>
  );
}
