/** The edge of a panel: drag it or move it with the arrow keys. */

interface Props {
  label: string;
  axis: "vertical" | "horizontal";
  size: number;
  min: number;
  max: number;
  onSize: (size: number) => void;
}

const STEP = 24;

export function Resizer({ label, axis, size, min, max, onSize }: Props) {
  const set = (next: number) => onSize(Math.round(Math.min(max, Math.max(min, next))));
  const drag = (event: PointerEvent) => {
    event.preventDefault();
    const from = axis === "vertical" ? event.clientX : event.clientY;
    const move = (it: PointerEvent) => set(size + from - (axis === "vertical" ? it.clientX : it.clientY));
    const stop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
  };
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: STEP, ArrowUp: STEP, ArrowRight: -STEP, ArrowDown: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    set(size + by);
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      class={`resize ${axis}`}
      aria-label={label}
      aria-orientation={axis}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={drag}
      onKeyDown={keys}
    />
  );
}
