import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "~/ui/Dialog";
import { useDeed } from "./useDeed";

interface Props {
  title: string;
  /** What the button says. */
  deed: string;
  save: () => Promise<unknown>;
  onSaved: () => void;
  onClose: () => void;
  remove?: { label: string; warning: string; run: () => Promise<unknown> };
  children: ComponentChildren;
}

/** A form that makes or changes one thing, or deletes it when asked twice. It stays open while something is wrong. */
export function EditDialog({ title, deed, save, onSaved, onClose, remove, children }: Props) {
  const { busy, wrong, run } = useDeed();
  const [sure, setSure] = useState(false);
  const act = async (what: () => Promise<unknown>) => {
    if (await run(what)) onSaved();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void act(save);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        {children}
        {wrong && (
          <div class="note" role="alert">
            {wrong}
          </div>
        )}
        {remove && sure ? (
          <footer>
            <span class="grow">{remove.warning}</span>
            <button type="button" class="button" onClick={() => setSure(false)}>
              Keep
            </button>
            <button type="button" class="button danger" disabled={busy} onClick={() => void act(remove.run)}>
              {remove.label}
            </button>
          </footer>
        ) : (
          <footer>
            {remove && (
              <button type="button" class="button danger first" onClick={() => setSure(true)}>
                {remove.label}…
              </button>
            )}
            <button type="button" class="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" class="button primary" disabled={busy}>
              {deed}
            </button>
          </footer>
        )}
      </form>
    </Dialog>
  );
}
