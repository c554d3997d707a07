import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dropLetter, letter, sendLetter } from "~/api/events";
import { ApiError } from "~/api/http";
import type { DeadLetter } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { shortId } from "~/ui/format";
import { JsonTree } from "~/ui/JsonTree";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";
import { DropDialog } from "./DropDialog";
import { EventForm } from "./EventForm";
import { elementOf, instanceOf, typeOf } from "./filters";
import { wordOf } from "./LetterTable";

const UPDATE = "event:update";

function Facts({ of }: { of: DeadLetter }) {
  const now = useNow();
  const instance = instanceOf(of);
  return (
    <dl class="facts task-facts">
      <div>
        <dt>What</dt>
        <dd>
          {of.again ? <State look="active" word="Is tried again" /> : <State look="incident" word={wordOf(of)} />}
        </dd>
      </div>
      <div>
        <dt>{of.direction === "out" ? "Sink" : "Came from"}</dt>
        <dd>{of.place}</dd>
      </div>
      <div>
        <dt>Attempts</dt>
        <dd class="numbers">{of.attempts}</dd>
      </div>
      {of.at && (
        <div>
          <dt>Last attempt</dt>
          <dd>
            <Ago at={of.at} now={now} />
          </dd>
        </div>
      )}
      {instance && (
        <div>
          <dt>Instance</dt>
          <dd>
            <a href={paths.instance(instance)} title={instance}>
              {shortId(instance)}
            </a>
          </dd>
        </div>
      )}
      {elementOf(of) && (
        <div>
          <dt>Element</dt>
          <dd>{elementOf(of)}</dd>
        </div>
      )}
    </dl>
  );
}

interface BodyProps {
  of: DeadLetter;
  editing: boolean;
  onEdit: (editing: boolean) => void;
  onChange: () => void;
}

function Body({ of, editing, onEdit, onChange }: BodyProps) {
  return (
    <div class="panel-body">
      <Facts of={of} />
      <div class="incident">
        <span class="message">{of.error}</span>
      </div>
      {editing ? (
        <EventForm
          of={of}
          onClose={() => onEdit(false)}
          onSaved={() => {
            onEdit(false);
            onChange();
          }}
        />
      ) : (
        <JsonTree name="Event" value={of.event} />
      )}
    </div>
  );
}

interface Props {
  id: string;
  /** The address of the list. */
  list: string;
  /** The letter as the list has it now: the panel follows. */
  listed: DeadLetter | undefined;
  /** It is sent or dropped: what comes next? */
  onDone: () => void;
  onChange: () => void;
}

/** One dead letter: the event, why it could not be sent or taken, and what to do with it. */
export function LetterPanel({ id, list, listed, onDone, onChange }: Props) {
  const { value: loaded, error, reload } = useResource((signal) => letter(id, signal), [id]);
  const [editing, setEditing] = useState(false);
  const [dropping, setDropping] = useState(false);
  const isGone = error instanceof ApiError && error.status === 404;
  const value = isGone ? undefined : loaded;
  const row = listed && JSON.stringify(listed);
  useEffect(() => void (loaded && row !== JSON.stringify(loaded) && reload()), [row]);
  const heading = useRef<HTMLHeadingElement>(null);
  // The keyboard goes on in the letter that was opened.
  useLayoutEffect(() => heading.current?.focus(), [value?.id]);
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) navigate(list);
  };
  const changed = () => {
    reload();
    onChange();
  };
  const send = () =>
    sendLetter(id).then(async () => {
      const left = await letter(id).catch(() => null);
      if (!left) {
        toast("It was taken");
        return onDone();
      }
      if (left.again) toast("Its sink tries it again");
      else toast(`Tried again, in vain: ${left.error}`, true);
      changed();
    }, toastError);
  const drop = () => {
    setDropping(false);
    dropLetter(id).then(() => {
      toast("Dropped 1 dead letter");
      onDone();
    }, toastError);
  };
  return (
    <aside class="panel task-panel" aria-label="Dead letter" onKeyDown={leave}>
      <header class="task-head">
        <a class="back" href={list}>
          ‹ All dead letters
        </a>
        {value && (
          <div class="row">
            <h2 class="grow clip" tabIndex={-1} ref={heading} title={typeOf(value)}>
              {typeOf(value)}
            </h2>
            <Deed needs={UPDATE} class="button" disabled={editing} onClick={() => setEditing(true)}>
              Edit
            </Deed>
            <Deed needs={UPDATE} class="button danger" onClick={() => setDropping(true)}>
              Drop…
            </Deed>
            <Deed needs={UPDATE} class="button primary" disabled={editing || value.again} onClick={() => void send()}>
              Send again
            </Deed>
          </div>
        )}
      </header>
      {!value &&
        (error ? (
          <Failed what="this dead letter" error={error} again={reload} others="/dead-letters" />
        ) : (
          <Loading what="the dead letter" />
        ))}
      {value && <Body of={value} editing={editing} onEdit={setEditing} onChange={changed} />}
      {dropping && <DropDialog count={1} onGo={drop} onClose={() => setDropping(false)} />}
    </aside>
  );
}
