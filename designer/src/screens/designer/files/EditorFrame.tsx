import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "~/styles/editors.css";

interface Props {
  kind: string;
  title: string;
  /** What is between the title and the way back. */
  tools?: ComponentChildren;
  onDone: () => void;
  children: ComponentChildren;
}

/** Around an editor of a file that lies beside the diagram. It stands where the diagram was. */
export function EditorFrame({ kind, title, tools, onDone, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="stage editor-stage" role="region" aria-label={`${kind} ${title}`}>
      <div class="editor-head">
        <h2 class="clip" tabIndex={-1} ref={heading} title={title}>
          {kind} <span class="secondary">{title}</span>
        </h2>
        <div class="row grow">{tools}</div>
        <button type="button" class="button" onClick={onDone}>
          Back to the process
        </button>
      </div>
      {children}
    </div>
  );
}
