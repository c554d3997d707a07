/** Saves a draft after each pause, one save after the other, and stops when somebody else has saved meanwhile. */

import { useEffect, useRef, useState } from "preact/hooks";
import { createDraft, type DraftBody, deleteDraft, saveDraft } from "~/api/drafts";
import { ApiError } from "~/api/http";
import type { Draft } from "~/api/types";
import { setGuard } from "~/frame/router";
import { toastError } from "~/ui/toast";

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
  /** What has changed is saved without a pause; resolves when it has been read, so that something else can be shown. */
  saveNow: () => Promise<void>;
  /** From now on this draft is written; null: the next change begins one. */
  adopt: (draft: Draft | null) => void;
  /** The diagram is deployed: its draft goes, also one that is only being made. */
  drop: () => void;
}

/** A diagram while it is open: a save that ends later is still one of this diagram. */
interface Work {
  draft: Draft | null;
  isDropped: boolean;
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
  const open = useRef<Work>({ draft: null, isDropped: false });
  const timer = useRef(0);
  const gone = useRef(false);
  const busy = useRef<Promise<void>>(Promise.resolve());
  const latest = useRef({ read, definitionId, onCreated });
  latest.current = { read, definitionId, onCreated };

  const save = async (work: Work, reading: Promise<DraftBody>, from: string | undefined) => {
    if (work.isDropped) return;
    const before = work.draft;
    try {
      const body = await reading;
      const made = before ? await saveDraft(before.id, before.version, body) : await createDraft(body, from);
      work.draft = made;
      if (work.isDropped) {
        if (!before) await deleteDraft(made.id);
        return;
      }
      if (open.current !== work) return;
      setShown(made);
      setMessage(null);
      setState((old) => (old === "pending" && timer.current ? old : "saved"));
      if (!before && !gone.current) latest.current.onCreated(made);
    } catch (error) {
      if (open.current !== work) {
        // A draft that was dropped while it was saved is not there any more.
        if (!(work.isDropped && before)) toastError(error as Error);
        return;
      }
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
    const { read, definitionId } = latest.current;
    const work = open.current;
    const reading = read();
    reading.catch(() => undefined); // said where it is saved, which may be later
    busy.current = busy.current.then(() => save(work, reading, definitionId));
    return reading;
  };
  const saveNow = async () => {
    if (timer.current) await flush().catch(() => undefined);
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
    open.current = { draft: next, isDropped: false };
    setShown(next);
    setMessage(null);
    setState(next ? "saved" : "none");
  };
  const drop = () => {
    const work = open.current;
    work.isDropped = true;
    adopt(null);
    if (work.draft) void deleteDraft(work.draft.id).catch(toastError);
  };

  useEffect(() => {
    if (state === "none" || state === "saved") return;
    const lost = state === "conflict" || state === "failed";
    setGuard(() => {
      if (lost) return window.confirm("Leave this diagram? Its last changes are not saved.");
      void flush();
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
  return { state, message, draft: shown, touch, saveNow, adopt, drop };
}
