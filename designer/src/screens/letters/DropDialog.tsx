import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";

/** What is dropped is gone: that is asked first. */
export function DropDialog({ count, onGo, onClose }: { count: number; onGo: () => void; onClose: () => void }) {
  const what = plural(count, "dead letter");
  return (
    <Dialog title={`Drop ${what}`} onClose={onClose}>
      <p>
        {count === 1 ? "The event is" : "The events are"} removed permanently and will not be sent or taken any more.
      </p>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Keep {count === 1 ? "it" : "them"}
        </button>
        <button type="button" class="button primary" onClick={onGo}>
          Drop {what}
        </button>
      </footer>
    </Dialog>
  );
}
