import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "~/ui/icons";
import { Resizer } from "~/ui/Resizer";
import { useStored } from "~/ui/useStored";

interface Props {
  title: string;
  failed: string | undefined;
  onClose: () => void;
  /** What can be done, at the foot. */
  actions: ComponentChildren;
  children: ComponentChildren;
}

/** A plan takes the place of the details, beside the diagram that shows its numbers. */
export function PlanFrame({ title, failed, onClose, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [width, setWidth] = useStored("panel.width", 360);
  useLayoutEffect(() => heading.current?.focus(), [title]);
  return (
    <aside class="panel plan" style={{ width }} aria-label={title}>
      <Resizer label="Width of the plan" axis="vertical" size={width} min={260} max={640} onSize={setWidth} />
      <header class="plan-head">
        <h2 class="grow clip" tabIndex={-1} ref={heading}>
          {title}
        </h2>
        <button type="button" class="button quiet icon" aria-label="Close the plan" onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <div class="panel-body">
        {failed && (
          <div class="note" role="alert">
            {failed}
          </div>
        )}
        {children}
      </div>
      <footer class="plan-foot">
        <button type="button" class="button" onClick={onClose}>
          Leave it running
        </button>
        {actions}
      </footer>
    </aside>
  );
}

/** Elements in order, each of which leads to its place on the diagram. */
export function Places({
  kind,
  places,
  name,
  onSelect,
}: {
  kind: "undo" | "stop" | "start";
  places: readonly { key: string | number; element: string; note?: string }[];
  name: (id: string) => string;
  onSelect: (id: string) => void;
}) {
  return (
    <ol class={`steps is-${kind}`}>
      {places.map((it) => (
        <li key={it.key}>
          <button type="button" class="linkish clip" onClick={() => onSelect(it.element)}>
            {name(it.element)}
          </button>
          {it.note && <span class="secondary small clip">{it.note}</span>}
        </li>
      ))}
    </ol>
  );
}
