import { useState } from "preact/hooks";
import { setQuery } from "~/frame/router";
import { Icon } from "~/ui/icons";
import { CHIPS, type ChipId, fault } from "./filters";

/** One filter that is being written: Enter sets it, Escape gives it up. */
function Draft({ id, onDone }: { id: ChipId; onDone: () => void }) {
  const chip = CHIPS.find((it) => it.id === id);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const set = (event: Event) => {
    event.preventDefault();
    const found = fault(id, text);
    setWrong(found);
    if (found) return;
    setQuery({ [id]: text.trim(), page: null });
    onDone();
  };
  return (
    <form class="chip draft" onSubmit={set} onKeyDown={(event) => event.key === "Escape" && onDone()}>
      <label for={`filter-${id}`}>{chip?.label}</label>
      <input
        id={`filter-${id}`}
        class="input"
        // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked for it, to be written in
        autoFocus
        placeholder={chip?.hint}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong ? `filter-${id}-wrong` : undefined}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button slim">
        Filter
      </button>
      {wrong && (
        <span class="small bad" id={`filter-${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
    </form>
  );
}

/** The filters that are set, each to be taken away, and those that can be added. */
export function FilterChips({ query }: { query: URLSearchParams }) {
  const [draft, setDraft] = useState<ChipId | null>(null);
  const free = CHIPS.filter((it) => !query.get(it.id) && (it.id !== "version" || query.get("definition")));
  return (
    <>
      {CHIPS.filter((it) => query.get(it.id)).map((it) => (
        <span class="chip" key={it.id}>
          <span class="secondary">{it.label}</span> {query.get(it.id)}
          <button
            type="button"
            aria-label={`Take away the filter ${it.label}`}
            onClick={() => setQuery({ [it.id]: null, page: null })}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      {draft && <Draft key={draft} id={draft} onDone={() => setDraft(null)} />}
      {!draft && free.length > 0 && (
        <select
          class="select"
          aria-label="Add a filter"
          value=""
          onChange={(event) => setDraft((event.currentTarget.value || null) as ChipId | null)}
        >
          <option value="">Filter by…</option>
          {free.map((it) => (
            <option key={it.id} value={it.id}>
              {it.label}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
