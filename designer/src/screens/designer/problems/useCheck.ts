import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { check } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import type { Problem } from "~/api/types";
import { useSession, whyNot } from "~/frame/session";
import { toXml } from "../files";
import type { Modeler } from "../modeler";
import { isEmpty } from "../process";
import { ProblemMarks } from "./problemMarks";

const PAUSE_MS = 600;
/** As long as somebody draws on, a half-drawn diagram is no news: the list opens at the first pause. */
const CALM_MS = 4000;

export interface Check {
  problems: Problem[];
  failed: string | null;
  checking: boolean;
  /** Whether drawing has paused since the diagram was opened, or somebody has asked for the problems. */
  calm: boolean;
  show: (problems: Problem[]) => void;
}

/** Asks the engine for the problems of the draft, with what lies beside it, whenever drawing pauses, and marks them on the canvas. */
export function useCheck(modeler: Modeler | null, files: readonly DraftFile[], changes: number): Check {
  const [problems, setProblems] = useState<Problem[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  const [checking, setChecking] = useState(false);
  const marks = useMemo(() => (modeler ? new ProblemMarks(modeler) : null), [modeler]);
  const [calm, setCalm] = useState(false);
  const latest = useRef(0);
  const missing = whyNot(useSession(), "process-definition:check");

  const display = (list: Problem[]) => {
    setProblems(list);
    marks?.show(list);
  };

  useEffect(() => {
    if (!modeler || changes === 0) return;
    const abort = new AbortController();
    const turn = ++latest.current;
    const run = async () => {
      if (isEmpty(modeler)) return display([]);
      if (missing) return setFailed(missing);
      setChecking(true);
      try {
        const found = await check(await toXml(modeler), files, abort.signal);
        if (turn !== latest.current) return;
        display(found);
        setFailed(null);
      } catch (error) {
        if (!abort.signal.aborted) setFailed((error as Error).message);
      } finally {
        if (turn === latest.current) setChecking(false);
      }
    };
    const timer = setTimeout(() => void run(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [modeler, files, changes, missing]);

  useEffect(() => {
    if (!modeler || changes === 0 || calm) return;
    const timer = setTimeout(() => setCalm(true), CALM_MS);
    return () => clearTimeout(timer);
  }, [modeler, changes, calm]);

  const show = (list: Problem[]) => {
    setCalm(true);
    display(list);
  };
  return { problems, failed, checking, calm, show };
}
