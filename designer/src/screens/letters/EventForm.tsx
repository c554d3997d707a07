import { useState } from "preact/hooks";
import { changeLetter } from "~/api/events";
import type { DeadLetter } from "~/api/types";
import { toast } from "~/ui/toast";
import { parseEvent } from "./filters";

const writeEvent = (it: DeadLetter) => JSON.stringify(it.event, null, 2);

/** The event as JSON, to be corrected: id and source stay. */
export function EventForm({ of, onSaved, onClose }: { of: DeadLetter; onSaved: () => void; onClose: () => void }) {
  const [text, setText] = useState(writeEvent(of));
  const [wrong, setWrong] = useState<string | null>(null);
  const save = (submitted: Event) => {
    submitted.preventDefault();
    const parsed = parseEvent(text, of.event);
    if (!parsed.ok) return setWrong(parsed.message);
    changeLetter(of.id, parsed.event).then(
      () => {
        toast("Saved the event; it has not been sent yet");
        onSaved();
      },
      (error: Error) => setWrong(error.message),
    );
  };
  return (
    <form class="start-form" onSubmit={save}>
      <div class="field">
        <label for="letter-event">Event (JSON)</label>
        <textarea
          id="letter-event"
          class="textarea event"
          spellcheck={false}
          value={text}
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? "letter-event-wrong" : "letter-event-hint"}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {wrong ? (
          <span class="wrong" id="letter-event-wrong" role="alert">
            {wrong}
          </span>
        ) : (
          <span class="hint" id="letter-event-hint">
            specversion, id and source stay: its receivers know it by them.
          </span>
        )}
      </div>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Save
        </button>
      </footer>
    </form>
  );
}
