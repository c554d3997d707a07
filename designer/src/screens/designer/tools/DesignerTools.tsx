import type CommandStack from "diagram-js/lib/command/CommandStack";
import type ZoomScroll from "diagram-js/lib/navigation/zoomscroll/ZoomScroll";
import type { Modeler } from "../modeler";
import { fitModeler } from "../useModeler";
import { ToolIcon, type ToolIconName } from "./ToolIcon";

interface SearchPad {
  toggle(): void;
}

interface Tool {
  label: string;
  keys: string;
  icon: ToolIconName;
  run: () => void;
  disabled?: boolean;
}

function list(modeler: Modeler): Tool[] {
  const stack = modeler.get<CommandStack>("commandStack");
  const zoom = (by: number) => modeler.get<ZoomScroll>("zoomScroll").stepZoom(by);
  return [
    { label: "Undo", keys: "Ctrl Z", icon: "undo", run: () => stack.undo(), disabled: !stack.canUndo() },
    { label: "Redo", keys: "Ctrl Y", icon: "redo", run: () => stack.redo(), disabled: !stack.canRedo() },
    { label: "Zoom out", keys: "Ctrl −", icon: "minus", run: () => zoom(-1) },
    { label: "Zoom in", keys: "Ctrl +", icon: "plus", run: () => zoom(1) },
    { label: "Fit the diagram", keys: "Ctrl 0", icon: "fit", run: () => fitModeler(modeler) },
    {
      label: "Find an element",
      keys: "Ctrl F",
      icon: "search",
      run: () => modeler.get<SearchPad>("searchPad").toggle(),
    },
  ];
}

/** What can be done to the diagram as a whole. Drawn again with each change, as undo and redo depend on it. */
export function DesignerTools({ modeler }: { modeler: Modeler }) {
  return (
    <div class="canvas-tools across" role="toolbar" aria-label="Diagram">
      {list(modeler).map((it) => (
        <button
          type="button"
          class="button quiet icon"
          key={it.label}
          aria-label={it.label}
          title={`${it.label} (${it.keys})`}
          disabled={it.disabled}
          onClick={(event) => {
            // The search, once open, closes at any click on the page.
            event.stopPropagation();
            it.run();
          }}
        >
          <ToolIcon name={it.icon} size={16} />
        </button>
      ))}
    </div>
  );
}
