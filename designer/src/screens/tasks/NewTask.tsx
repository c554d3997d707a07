import { useState } from "preact/hooks";
import { createTask } from "~/api/tasks";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { MomentInput } from "~/ui/moment/MomentInput";
import { readMoment } from "~/ui/moment/written";
import { toast, toastError } from "~/ui/toast";

interface DialogProps {
  onDone: () => void;
  onClose: () => void;
}

function NewTaskDialog({ onDone, onClose }: DialogProps) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [assignee, setAssignee] = useState("");
  const [due, setDue] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    setBusy(true);
    createTask({
      name: name.trim(),
      description: description.trim() || null,
      assignee: assignee.trim() || null,
      due: readMoment(due)?.toISOString() ?? null,
    }).then(onDone, (error: Error) => {
      toastError(error);
      setBusy(false);
    });
  };
  return (
    <Dialog title="New task" onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        <p class="secondary">It belongs to no process, and is over when somebody completes it.</p>
        <div class="field">
          <label for="new-task-name">What is to be done</label>
          <input
            id="new-task-name"
            class="input"
            required
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="new-task-description">More about it (optional)</label>
          <textarea
            id="new-task-description"
            class="textarea prose"
            rows={3}
            value={description}
            onInput={(event) => setDescription(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="new-task-assignee">Assign to (optional)</label>
          <input
            id="new-task-assignee"
            class="input"
            autocomplete="off"
            value={assignee}
            onInput={(event) => setAssignee(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="new-task-due">Due (optional)</label>
          <MomentInput id="new-task-due" kind="datetime" value={due} onChange={setDue} />
        </div>
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** The button for a task that no process asks for, and its dialog. */
export function NewTask({ onDone }: { onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const done = () => {
    setOpen(false);
    toast("Created");
    onDone();
  };
  return (
    <>
      <Deed needs="task:update" class="button" onClick={() => setOpen(true)}>
        New task…
      </Deed>
      {isOpen && <NewTaskDialog onDone={done} onClose={() => setOpen(false)} />}
    </>
  );
}
