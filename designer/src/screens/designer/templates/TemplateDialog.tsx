import { Dialog } from "~/ui/Dialog";
import type { Copy } from "./copy";
import { TemplateList } from "./TemplateList";

export function TemplateDialog({ onPick, onClose }: { onPick: (copy: Copy) => Promise<void>; onClose: () => void }) {
  const pick = (copy: Copy) => {
    onClose();
    return onPick(copy);
  };
  return (
    <Dialog title="New diagram from a template" onClose={onClose}>
      <TemplateList onPick={pick} />
    </Dialog>
  );
}
