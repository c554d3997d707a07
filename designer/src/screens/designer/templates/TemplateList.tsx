import { useState } from "preact/hooks";
import { toastError } from "~/ui/toast";
import { PATTERNS, SAMPLES, type Template } from "./catalog";
import { type Copy, copyTemplate } from "./copy";

interface Props {
  /** Takes the diagram to begin with. */
  onPick: (copy: Copy) => Promise<void> | void;
}

function Group({ title, list, pick }: { title: string; list: readonly Template[]; pick: (it: Template) => void }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {list.map((it) => (
          <li key={it.key}>
            <button type="button" class="template" onClick={() => pick(it)}>
              <b>{it.name}</b>
              <span class="secondary">{it.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function TemplateList({ onPick }: Props) {
  const [busy, setBusy] = useState(false);
  const pick = (template: Template) => {
    if (busy) return;
    setBusy(true);
    copyTemplate(template)
      .then(onPick)
      .catch(toastError)
      .finally(() => setBusy(false));
  };
  return (
    <div class="templates" aria-busy={busy}>
      <Group title="Begin with a pattern" list={PATTERNS} pick={pick} />
      <Group title="Or with a sample" list={SAMPLES} pick={pick} />
    </div>
  );
}
