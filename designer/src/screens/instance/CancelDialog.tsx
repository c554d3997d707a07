import { cancel } from "~/api/instances";
import { Dialog } from "~/ui/Dialog";
import { toastError } from "~/ui/toast";

export function CancelDialog({
  instance,
  undoable,
  onClose,
}: {
  instance: string;
  undoable: number;
  onClose: () => void;
}) {
  return (
    <Dialog title="Cancel this instance" onClose={onClose}>
      <p>
        Everything active ends at once and nothing is undone.
        {undoable > 0 &&
          ` ${undoable} completed ${undoable === 1 ? "activity" : "activities"} could be undone: to do that, choose «Undo everything and cancel».`}
      </p>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Leave it running
        </button>
        <button
          type="button"
          class="button primary"
          onClick={() => void cancel(instance, false).then(onClose, toastError)}
        >
          Cancel the instance
        </button>
      </footer>
    </Dialog>
  );
}
