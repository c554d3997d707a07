import { useState } from "preact/hooks";
import { latestXml } from "~/api/models";
import { BPMN, parse } from "~/diagram/fileNames";
import { setQuery } from "~/frame/router";
import { Icon } from "~/ui/icons";
import { useResource } from "~/ui/useResource";
import { CHIPS, type ChipId, fault } from "./filters";

type Names = ReadonlyMap<string, string>;
const NO_NAMES: Names = new Map();

/** By id; messages and flows, where no token is, left out. */
function namesOfSteps(xml: string): Names {
  const steps = [...parse(xml).querySelectorAll("process [id][name]:not(sequenceFlow)")];
  const own = steps.filter((it) => it.namespaceURI === BPMN);
  return new Map(own.map((it) => [it.id, (it.getAttribute("name") ?? "").replace(/\s+/g, " ")]));
}

/** What the elements of the chosen definition are called, for who looks for one: nobody knows their ids. */
function useElementNames(id: ChipId, definition: string | null): Names {
  const key = id === "element" ? definition : null;
  const { value } = useResource(() => (key ? latestXml(key).then(namesOfSteps) : Promise.resolve(NO_NAMES)), [key]);
  return value ?? NO_NAMES;
}

/** One filter that is being written: Enter sets it, Escape gives it up. */
function Draft({ id, definition, onDone }: { id: ChipId; definition: string | null; onDone: () => void }) {
  const names = useElementNames(id, definition);
  const chip = CHIPS.find((it) => it.id === id);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const set = (event: Event) => {
    event.preventDefault();
    const found = fault(id, text);
    setWrong(found);
    if (found) return;
    const wanted = text.trim();
    const named = [...names].find(([, name]) => name.toLowerCase() === wanted.toLowerCase());
    setQuery({ [id]: named?.[0] ?? wanted, page: null });
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
        placeholder={names.size ? "Its name" : chip?.hint}
        list={names.size ? "filter-names" : undefined}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong ? `filter-${id}-wrong` : undefined}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {names.size > 0 && (
        <datalist id="filter-names">
          {[...new Set(names.values())].map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      )}
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
      {draft && <Draft key={draft} id={draft} definition={query.get("definition")} onDone={() => setDraft(null)} />}
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
