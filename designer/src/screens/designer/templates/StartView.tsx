import type { Copy } from "./copy";
import { TemplateList } from "./TemplateList";

/** What an empty designer offers. It goes when the first shape is there. */
export function StartView({ onPick }: { onPick: (copy: Copy) => Promise<void> }) {
  return (
    <div class="start-view" role="region" aria-label="Begin a diagram">
      <p class="hint-empty">
        Take a start event from the palette, or press <kbd>N</kbd> to create anything. A BPMN file can be dropped here.
      </p>
      <TemplateList onPick={onPick} />
    </div>
  );
}
