import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Draft, SimulationRequest } from "~/api/simulation";
import type { InstanceEvent, Simulation } from "~/api/types";
import { fold } from "~/live/fold";
import type { Move, View } from "~/live/view";
import { toast, toastError } from "~/ui/toast";
import { ask, EVERYWHERE, eventsOf, playThrough, type Run, type Tick, viewOf } from "./run";
import type { Scenario, ScenarioStep } from "./scenario";

const PACE_MS = 420;

export interface Simulating {
  draft: Draft;
  run: Run;
  last: Simulation | null;
  view: View;
  events: InstanceEvent[];
  /** The moment of the history that is shown; null: the present. */
  at: number | null;
  setAt: (at: number | null) => void;
  playing: boolean;
  busy: boolean;
  breakpoints: ReadonlySet<string>;
  toggleBreakpoint: (element: string) => void;
  /** Does it, then plays on, unless it was gone step by step. */
  act: (step: ScenarioStep) => Promise<boolean>;
  play: () => void;
  pause: () => void;
  stepOn: () => void;
  stepBack: () => void;
  restart: () => void;
  load: (scenario: Scenario) => Promise<void>;
  takeMoves: () => Move[];
}

/** A draft that is run by the engine and looked at step by step. */
export function useSimulation(draft: Draft): Simulating {
  const [run, setRun] = useState<Run>([]);
  const [at, setAt] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const [busy, setBusy] = useState(false);
  const [breakpoints, setBreakpoints] = useState<ReadonlySet<string>>(new Set());
  const stepwise = useRef(false);
  const moves = useRef<Move[]>([]);
  const last = run.at(-1)?.answer ?? null;

  // Two requests may follow one another before the page is drawn again.
  const current = useRef<Run>(run);
  const become = (next: Run) => {
    current.current = next;
    setAt(null);
    setRun(next);
  };
  const go = async (step: ScenarioStep | null, more: SimulationRequest): Promise<Tick | null> => {
    setBusy(true);
    try {
      const tick = await ask(draft, current.current, step, more);
      moves.current.push(...tick.moves);
      become([...current.current, tick]);
      return tick;
    } catch (error) {
      toastError(error);
      setPlaying(false);
      return null;
    } finally {
      setBusy(false);
    }
  };
  const goOn = async () => {
    const tick = await go(null, { stopAt: [EVERYWHERE] });
    const met = tick?.answer.stoppedAt.find((it) => breakpoints.has(it));
    if (met) toast("Stopped at a breakpoint");
    if (met || !tick?.answer.more) setPlaying(false);
  };

  useEffect(() => {
    if (!playing || busy || !last) return;
    if (!last.more) return setPlaying(false);
    const timer = window.setTimeout(() => void goOn(), PACE_MS);
    return () => window.clearTimeout(timer);
  }, [playing, busy, run]);

  const act = async (step: ScenarioStep) => {
    // Going step by step, one decides amid a run; else what can go on does so first, as it would if nobody looked on.
    if (last?.more && !stepwise.current) await go(null, {});
    const tick = await go(step, step.type === "wait" ? { stopAt: [EVERYWHERE] } : { pause: true });
    if (tick && !stepwise.current) setPlaying(true);
    return tick !== null;
  };
  const events = useMemo(() => eventsOf(run), [run]);
  const past = useMemo(() => (at === null ? null : fold(events, at)), [at, events]);
  const takeMoves = useMemo(() => () => moves.current.splice(0), []);
  return {
    draft,
    run,
    last,
    view: past ?? viewOf(run),
    events,
    at,
    setAt,
    playing,
    busy,
    breakpoints,
    toggleBreakpoint: (element) => {
      const next = new Set(breakpoints);
      if (!next.delete(element)) next.add(element);
      setBreakpoints(next);
    },
    act,
    play: () => {
      stepwise.current = false;
      setPlaying(true);
    },
    pause: () => {
      stepwise.current = true;
      setPlaying(false);
    },
    stepOn: () => {
      stepwise.current = true;
      setPlaying(false);
      void go(null, { stopAt: [EVERYWHERE] });
    },
    stepBack: () => {
      setPlaying(false);
      stepwise.current = true;
      become(current.current.slice(0, -1));
    },
    restart: () => {
      setPlaying(false);
      stepwise.current = false;
      become([]);
    },
    load: async (scenario) => {
      setPlaying(false);
      setBusy(true);
      try {
        become(await playThrough(draft, scenario.steps));
      } catch (error) {
        toastError(error);
      } finally {
        setBusy(false);
      }
    },
    takeMoves,
  };
}
