import { useEffect, useState } from "preact/hooks";
import { setQuery } from "~/frame/router";
import { plural } from "~/ui/format";
import { isFiltered, NOTHING, TEXTS } from "./filters";

const TYPING_MS = 250;

interface FieldProps {
  id: string;
  label: string;
  hint: string;
  query: URLSearchParams;
}

/** A field whose text is in the address a moment after it was typed. */
function Field({ id, label, hint, query }: FieldProps) {
  const held = query.get(id) ?? "";
  const [text, setText] = useState(held);
  useEffect(() => {
    if (text === held) return;
    const timer = setTimeout(() => setQuery({ [id]: text.trim(), page: null }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
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

interface Props {
  query: URLSearchParams;
  places: readonly string[];
  total: number | undefined;
}

export function LetterFilters({ query, places, total }: Props) {
  const [turn, setTurn] = useState(0);
  const place = query.get("place") ?? "";
  const known = place && !places.includes(place) ? [place, ...places] : places;
  const showAll = () => {
    setQuery(NOTHING);
    setTurn(turn + 1);
  };
  return (
    <div class="filters" role="search" aria-label="Which dead letters">
      <select
        class="select"
        aria-label="Sink or source"
        value={place}
        onChange={(event) => setQuery({ place: event.currentTarget.value, page: null })}
      >
        <option value="">All sinks and sources</option>
        {known.map((it) => (
          <option key={it} value={it}>
            {it}
          </option>
        ))}
      </select>
      {TEXTS.map((it) => (
        <Field key={`${it.id}-${turn}`} {...it} query={query} />
      ))}
      {isFiltered(query) && (
        <button type="button" class="button slim" onClick={showAll}>
          Show all
        </button>
      )}
      {total !== undefined && <span class="found numbers">{plural(total, "dead letter")}</span>}
    </div>
  );
}
