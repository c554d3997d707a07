import { useEffect, useState } from "preact/hooks";
import { sendMessage, subscriptions } from "~/api/operations";
import { parseObject, toVariables } from "~/forms/variables";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

export function MessageDialog({ instance, onClose }: { instance: string; onClose: () => void }) {
  const [names, setNames] = useState<string[]>([]);
  const [name, setName] = useState("");
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    subscriptions(instance).then(
      (found) => {
        const waiting = [...new Set(found.filter((it) => it.eventType === "message").map((it) => it.eventName))];
        setNames(waiting);
        setName((old) => old || (waiting[0] ?? ""));
      },
      (error: Error) => setWrong(error.message),
    );
  }, [instance]);
  const send = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    if (!parsed.ok) return setWrong(parsed.message);
    sendMessage(name, instance, toVariables(parsed.values)).then(
      () => {
        toast(`Sent ${name}`);
        onClose();
      },
      (error: Error) => setWrong(error.message),
    );
  };
  return (
    <Dialog title="Send a message" onClose={onClose}>
      <form class="plain" onSubmit={send}>
        <div class="field">
          <label for="message-name">Message</label>
          <input
            id="message-name"
            class="input"
            list="message-names"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            autocomplete="off"
          />
          <datalist id="message-names">
            {names.map((it) => (
              <option key={it} value={it} />
            ))}
          </datalist>
          <span class="hint">
            {names.length ? `This instance waits for ${names.join(", ")}.` : "This instance waits for no message now."}
          </span>
        </div>
        <div class="field">
          <label for="message-json">Variables (JSON)</label>
          <textarea
            id="message-json"
            class="textarea"
            spellcheck={false}
            value={json}
            onInput={(event) => setJson(event.currentTarget.value)}
          />
        </div>
        {wrong && (
          <div class="note" role="alert">
            {wrong}
          </div>
        )}
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Send {name}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
