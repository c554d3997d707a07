/** Play, step, go back, let time pass: over the diagram of a simulation. */

import { isTyping, useDocumentKeys } from "~/frame/keys";
import { absolute, duration, plural } from "~/ui/format";
import { ToolIcon, type ToolIconName } from "../tools/ToolIcon";
import type { Simulating } from "./useSimulation";

interface Control {
  label: string;
  icon: ToolIconName;
  key: string;
  run: () => void;
  disabled: boolean;
}

function controls(simulating: Simulating, selected: string | null): Control[] {
  const { last, playing, busy, run } = simulating;
  const more = last?.more ?? false;
  const due = !more && Boolean(last?.nextDue);
  return [
    { label: "Start over", icon: "restart", key: "r", run: simulating.restart, disabled: !run.length },
    { label: "Step back", icon: "back", key: ",", run: simulating.stepBack, disabled: !run.length || busy },
    playing
      ? { label: "Pause", icon: "pause", key: "p", run: simulating.pause, disabled: false }
      : { label: "Play", icon: "play", key: "p", run: simulating.play, disabled: !more },
    { label: "Step", icon: "step", key: ".", run: simulating.stepOn, disabled: !more || busy },
    {
      label: "Let time pass to what is due next",
      icon: "clock",
      key: "t",
      run: () => void simulating.act({ type: "wait" }),
      disabled: !due || busy,
    },
    {
      label:
        selected && simulating.breakpoints.has(selected) ? "Remove the breakpoint" : "Stop at the selected element",
      icon: "breakpoint",
      key: "b",
      run: () => selected && simulating.toggleBreakpoint(selected),
      disabled: !selected,
    },
  ];
}

function useKeys(all: Control[], unselect: () => void): void {
  useDocumentKeys((event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return unselect();
    const control = all.find((it) => it.key === event.key && !it.disabled);
    if (!control) return;
    event.preventDefault();
    control.run();
  });
}

function describe({ last, playing }: Simulating): string {
  if (!last?.header) return "Not started";
  if (last.header.state !== "active") return `It has ended: ${last.header.state}`;
  if (playing) return "Runs";
  if (last.more) return "Stopped on its way";
  const count = last.externalTasks.length + last.userTasks.length + last.incidents.length;
  if (count) return `Waits for ${plural(count, "decision")} from you`;
  const told = last.subscriptions.some((it) => /^(message|signal)$/.test(it.eventType));
  if (told) return last.nextDue ? "Waits for a message, or the time" : "Waits for a message";
  return last.nextDue ? "Waits for the time" : "Waits";
}

interface Props {
  simulating: Simulating;
  selected: string | null;
  onSelect: (id: string | null) => void;
}

export function Controls({ simulating, selected, onSelect }: Props) {
  const all = controls(simulating, selected);
  useKeys(all, () => onSelect(null));
  const { last } = simulating;
  const left = last?.nextDue && last.now ? Date.parse(last.nextDue) - Date.parse(last.now) : null;
  return (
    <div class="simulate-controls" role="toolbar" aria-label="Simulation">
      {all.map((it) => (
        <button
          type="button"
          key={it.key}
          class="button quiet icon"
          aria-label={it.label}
          title={`${it.label} (${it.key})`}
          disabled={it.disabled}
          onClick={it.run}
        >
          <ToolIcon name={it.icon} size={18} />
        </button>
      ))}
      <span class="small" role="status">
        {describe(simulating)}
      </span>
      {last?.now && (
        <span class="small secondary numbers clock" title={absolute(last.now)}>
          {absolute(last.now).slice(0, 19)}
          {left !== null && left > 0 && `, next in ${duration(left)}`}
        </span>
      )}
    </div>
  );
}
