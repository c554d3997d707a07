import { useState } from "preact/hooks";
import { assign, claim, delegate, deleteTask, unclaim, updateTask } from "~/api/tasks";
import type { UserTask } from "~/api/types";
import { processOf } from "~/diagram/withDiagram";
import { AskDialog } from "~/ui/AskDialog";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { Menu, type MenuEntry } from "~/ui/Menu";
import { MomentInput } from "~/ui/moment/MomentInput";
import { inDays, readMoment, writeMoment } from "~/ui/moment/written";
import { toast, toastError } from "~/ui/toast";
import { AskName } from "./Me";
import { useMe } from "./me";

type Asked = "name" | "assign" | "delegate" | "followUp" | "due" | "delete";

interface DialogProps {
  title: string;
  hint: string;
  label: string;
  deed: string;
  onGo: (text: string) => void;
  onClose: () => void;
}

function PersonDialog({ title, hint, label, deed, onGo, onClose }: DialogProps) {
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim()) onGo(text.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        <p class="secondary">{hint}</p>
        <div class="field">
          <label for="task-person">{label}</label>
          <input
            id="task-person"
            class="input"
            required
            autocomplete="off"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            {deed}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface MomentProps {
  title: string;
  hint: string;
  at: string | null;
  onGo: (at: string | null) => void;
  onClose: () => void;
}

const write = (at: Date) => writeMoment(at, "datetime");

const SOON = [
  { label: "Tomorrow", days: 1 },
  { label: "In three days", days: 3 },
  { label: "In a week", days: 7 },
];

function MomentDialog({ title, hint, at, onGo, onClose }: MomentProps) {
  const [text, setText] = useState(at ? write(new Date(at)) : "");
  const submit = (event: Event) => {
    event.preventDefault();
    onGo(readMoment(text)?.toISOString() ?? null);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        <p class="secondary">{hint}</p>
        <div class="row">
          {SOON.map(({ label, days }) => (
            <button
              type="button"
              class="button slim"
              key={label}
              onClick={() => setText(write(inDays(new Date(), days)))}
            >
              {label}
            </button>
          ))}
        </div>
        <div class="field">
          <label for="task-moment">Day and time</label>
          <MomentInput id="task-moment" kind="datetime" value={text} onChange={setText} />
        </div>
        <footer>
          {at && (
            <button type="button" class="button" onClick={() => onGo(null)}>
              Remove the date
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={!text}>
            Set the date
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Who has the task and when it is to be done. */
export function TaskActions({ task, onChange, onGone }: { task: UserTask; onChange: () => void; onGone: () => void }) {
  const name = useMe();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const change = (deed: Promise<void>, said: string) => {
    close();
    deed.then(() => {
      toast(said);
      onChange();
    }, toastError);
  };
  const take = (user: string) => change(claim(task.id, user), "Claimed");
  const release = () => change(unclaim(task.id), "Given back");
  const whose = { key: processOf(task.processDefinitionId), tenantId: task.tenantId };
  const changes = { needs: "task:update", whose };
  const entries: MenuEntry[] = [
    { label: "Assign to…", run: () => setAsked("assign"), ...changes },
    { label: "Delegate…", run: () => setAsked("delegate"), ...changes },
    { label: "Put off until…", run: () => setAsked("followUp"), ruleBefore: true, ...changes },
    { label: "Set the due date…", run: () => setAsked("due"), ...changes },
  ];
  if (task.processInstanceId === null)
    entries.push({ label: "Delete…", run: () => setAsked("delete"), ruleBefore: true, ...changes });
  return (
    <>
      <Deed
        needs="task:work"
        whose={whose}
        class="button slim"
        onClick={() => (task.assignee ? release() : name ? take(name) : setAsked("name"))}
      >
        {task.assignee ? "Give back" : "Claim"}
      </Deed>
      <Menu label="Task actions" entries={entries} />
      {asked === "name" && <AskName onDone={take} onClose={close} />}
      {asked === "assign" && (
        <PersonDialog
          title="Assign the task"
          hint="From then on it is this person's task."
          label="Assign to"
          deed="Assign"
          onGo={(user) => change(assign(task.id, user), `Assigned to ${user}`)}
          onClose={close}
        />
      )}
      {asked === "delegate" && (
        <PersonDialog
          title="Delegate the task"
          hint={`This person works on it and gives it back to ${task.owner ?? task.assignee ?? "nobody in particular"}, who completes it.`}
          label="Delegate to"
          deed="Delegate"
          onGo={(user) => change(delegate(task.id, user), `Delegated to ${user}`)}
          onClose={close}
        />
      )}
      {asked === "followUp" && (
        <MomentDialog
          title="Put the task off"
          hint="Until then it is listed under Put off."
          at={task.followUp}
          onGo={(followUp) => change(updateTask(task, { followUp }), followUp ? "Put off" : "Back among the tasks")}
          onClose={close}
        />
      )}
      {asked === "delete" && (
        <AskDialog
          deed="Delete the task"
          keep="Keep it"
          onGo={() => {
            close();
            deleteTask(task.id).then(() => {
              toast("Deleted");
              onGone();
            }, toastError);
          }}
          onClose={close}
        >
          <p class="secondary">Nobody can work on it any more. The history keeps that it was there.</p>
        </AskDialog>
      )}
      {asked === "due" && (
        <MomentDialog
          title="When it is due"
          hint="What is due comes first in the list."
          at={task.due}
          onGo={(due) => change(updateTask(task, { due }), due ? "Due date set" : "Due date removed")}
          onClose={close}
        />
      )}
    </>
  );
}
