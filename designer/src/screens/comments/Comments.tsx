import { useState } from "preact/hooks";
import { commentsOfInstance, commentsOfTask, deleteComment, openTasks, writeComment } from "~/api/comments";
import type { Comment, UserTask } from "~/api/types";
import { may, type Session, useSession, type Whose } from "~/frame/session";
import "~/styles/comments.css";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";

/** As long as the server takes. */
const LONGEST = 4_000;

type OpenTask = Pick<UserTask, "id" | "name">;

interface Props {
  instance: string;
  whose: Whose;
  /** Of a task: what was written about this one. Without it: about all of the instance. */
  task?: OpenTask | undefined;
}

/** Own ones, and those of others for who may act for them; where nobody signs in, all. */
const mayDelete = (who: Session, comment: Comment, whose: Whose) =>
  may(who, "task:update", whose) || (typeof who === "object" && comment.userId !== null && comment.userId === who.id);

async function load({ instance, task }: Props, signal: AbortSignal) {
  const [list, tasks] = await Promise.all([
    task ? commentsOfTask(task.id, signal) : commentsOfInstance(instance, signal),
    task ? [task] : openTasks(instance, signal),
  ]);
  return { list, tasks };
}

interface FormProps {
  tasks: readonly OpenTask[];
  whose: Whose;
  onWritten: () => void;
}

function CommentForm({ tasks, whose, onWritten }: FormProps) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const task = tasks.find((it) => it.id === chosen) ?? tasks[0];
  if (!task) return <p class="secondary small">A comment is written on a task, and none is open here.</p>;
  const write = () => {
    setBusy(true);
    writeComment(task.id, text.trim())
      .then(() => {
        setText("");
        onWritten();
      }, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <div class="comment-form">
      {tasks.length > 1 && (
        <select
          class="select"
          aria-label="On which task"
          value={task.id}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {tasks.map((it) => (
            <option key={it.id} value={it.id}>
              {it.name ?? it.id}
            </option>
          ))}
        </select>
      )}
      <textarea
        class="textarea"
        rows={3}
        aria-label={tasks.length > 1 ? "Comment" : `Comment on ${task.name ?? "the task"}`}
        placeholder="What others should know…"
        maxLength={LONGEST}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Deed needs="task:work" whose={whose} class="button" disabled={busy || !text.trim()} onClick={write}>
        Add the comment
      </Deed>
    </div>
  );
}

/** What people have written about a task or about all tasks of an instance, the newest first. */
export function Comments(props: Props) {
  const { instance, whose, task } = props;
  const session = useSession();
  const now = useNow();
  const { value, error, reload } = useResource((signal) => load(props, signal), [instance, task?.id]);
  if (error && !value) return <Failed what="the comments" error={error} again={reload} />;
  if (!value) return <Loading what="the comments" />;
  return (
    <section aria-label="Comments" class="comments">
      <CommentForm tasks={value.tasks} whose={whose} onWritten={reload} />
      {value.list.length === 0 && <p class="secondary">Nobody has written a comment yet.</p>}
      <ul class="list">
        {value.list.map((it) => (
          <li key={it.id}>
            <span class="line small">
              <span class="grow">
                <strong>{it.userId ?? "Somebody"}</strong>{" "}
                <span class="secondary">
                  <Ago at={it.time} now={now} />
                </span>
              </span>
              {mayDelete(session, it, whose) && (
                <button
                  type="button"
                  class="button slim quiet"
                  aria-label={`Delete the comment of ${it.userId ?? "somebody"}: ${it.message.slice(0, 40)}`}
                  onClick={() => void deleteComment(it).then(reload, toastError)}
                >
                  Delete
                </button>
              )}
            </span>
            <p class="message">{it.message}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
