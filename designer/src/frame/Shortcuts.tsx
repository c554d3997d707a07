import { Dialog } from "~/ui/Dialog";

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["?", "This list"],
      ["g o", "Overview"],
      ["g d", "Definitions"],
      ["g i", "Instances"],
      ["g t", "Tasks"],
      ["g s", "Start a process"],
      ["g n", "New diagram"],
    ],
  },
  {
    title: "Tasks",
    keys: [
      ["Ctrl Enter", "Complete, from any field"],
      ["Esc", "Back to the list"],
    ],
  },
  {
    title: "Designer",
    keys: [
      ["Ctrl Enter", "Simulate / back to drawing"],
      ["Ctrl S", "Deploy"],
      ["Ctrl Z / Ctrl Y", "Undo / redo"],
      ["Ctrl C / Ctrl X / Ctrl V", "Copy / cut / paste"],
      ["Ctrl D", "Duplicate"],
      ["Del", "Remove what is selected"],
      ["Ctrl A", "Select everything"],
      ["Ctrl F", "Find an element"],
      ["N", "New element"],
      ["A", "Append an element to the selected one, or attach an event"],
      ["T", "Connect the selected element to another"],
      ["R", "Change the type of the selected element"],
      ["E", "Name the selected element"],
      ["← ↑ → ↓", "Move the selected element, faster with Shift"],
      ["Ctrl ← ↑ → ↓", "Move the canvas, faster with Shift"],
      ["J / K", "Onward / back along the flows"],
      ["Shift J", "To the next branch"],
      ["O / U", "Open the selected subprocess or called process / back"],
      ["Enter / Esc", "To the properties of the selected element / back"],
      ["H / L / S / C", "Hand, lasso, space, connect"],
      ["Ctrl + / Ctrl −", "Zoom in / out"],
      ["Ctrl 0", "Fit the diagram"],
      ["Esc", "Stop what was begun"],
    ],
  },
  {
    title: "Simulation",
    keys: [
      ["p", "Play / pause"],
      [". / ,", "Step / step back"],
      ["t", "Let time pass to what is due next"],
      ["b", "Stop at the selected element"],
      ["r", "Start over"],
      ["Esc", "Select nothing"],
    ],
  },
  {
    title: "Instance and definition",
    keys: [
      ["j / k", "Onward / back along the flows, on the diagram"],
      ["l", "To the next branch"],
      ["Enter", "To the details of the selected element, on the diagram"],
      ["o / u", "Open the selected subprocess or called process / back"],
      ["Esc", "Select nothing"],
      ["Ctrl +/−", "Zoom"],
      ["0", "Fit the diagram"],
      ["← / →", "Step in the history, on its slider"],
      ["Space", "Play the history, on its slider"],
    ],
  },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {GROUPS.map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <dl class="shortcuts">
            {group.keys.map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
