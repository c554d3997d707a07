/** Saves a draft after each pause, one save after the other, and stops when somebody else has saved meanwhile. */

import { useEffect, useRef, useState } from "preact/hooks";
import { createDraft, type DraftBody, saveDraft } from "~/api/drafts";
import { ApiError } from "~/api/http";
import type { Draft } from "~/api/types";
import { setGuard } from "~/frame/router";

const PAUSE_MS = 800;
const RETRY_MS = 5000;

export type SavingState = "none" | "pending" | "saved" | "failed" | "conflict";

export interface Saving {
  state: SavingState;
  /** What the server said when a save was refused. */
  message: string | null;
  draft: Draft | null;
  /** Something has changed: save soon. */
  touch: () => void;
  /** From now on this draft is written; null: the next change begins one. */
  adopt: (draft: Draft | null) => void;
}

interface Options {
  /** Why drafts cannot be saved at all; null when they can. */
  mayNot: string | null;
  read: () => Promise<DraftBody>;
  definitionId: string | undefined;
  onCreated: (draft: Draft) => void;
}

export function useSaving({ mayNot, read, definitionId, onCreated }: Options): Saving {
  const [state, setState] = useState<SavingState>("none");
  const [message, setMessage] = useState<string | null>(null);
  const [shown, setShown] = useState<Draft | null>(null);
  const draft = useRef<Draft | null>(null);
  const timer = useRef(0);
  const gone = useRef(false);
  const busy = useRef<Promise<void>>(Promise.resolve());
  const latest = useRef({ read, definitionId, onCreated });
  latest.current = { read, definitionId, onCreated };

  const save = async (body: DraftBody) => {
    const before = draft.current;
    try {
      const made = before
        ? await saveDraft(before.id, before.version, body)
        : await createDraft(body, latest.current.definitionId);
      if (draft.current !== before) return;
      draft.current = made;
      setShown(made);
      setMessage(null);
      setState((old) => (old === "pending" && timer.current ? old : "saved"));
      if (!before) latest.current.onCreated(made);
    } catch (error) {
      if (draft.current !== before) return;
      setMessage((error as Error).message);
      const refused = error instanceof ApiError && error.status === 409 && before !== null;
      setState(refused ? "conflict" : "failed");
      if (!refused && !gone.current) timer.current = window.setTimeout(flush, RETRY_MS);
    }
  };
  // What is to be saved is read at once: the modeler may be gone when the save before it has ended.
  const flush = () => {
    window.clearTimeout(timer.current);
    timer.current = 0;
    const body = latest.current.read();
    busy.current = busy.current.then(() => body).then(save);
  };
  const touch = () => {
    if (mayNot) return setMessage(mayNot);
    setState((old) => (old === "conflict" ? old : "pending"));
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(flush, PAUSE_MS);
  };
  const adopt = (next: Draft | null) => {
    window.clearTimeout(timer.current);
    timer.current = 0;
    draft.current = next;
    setShown(next);
    setMessage(null);
    setState(next ? "saved" : "none");
  };

  useEffect(() => {
    if (state === "none" || state === "saved") return;
    const lost = state === "conflict" || state === "failed";
    setGuard(() => {
      if (lost) return window.confirm("Leave this diagram? Its last changes are not saved.");
      flush();
      return true;
    });
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", unload);
    return () => {
      setGuard(null);
      window.removeEventListener("beforeunload", unload);
    };
  }, [state]);
  useEffect(
    () => () => {
      gone.current = true;
      window.clearTimeout(timer.current);
    },
    [],
  );
  return { state, message, draft: shown, touch, adopt };
}
