import { Dialog } from "~/ui/Dialog";
import { TemplateList } from "./TemplateList";

export function TemplateDialog({ onPick, onClose }: { onPick: (xml: string) => Promise<void>; onClose: () => void }) {
  const pick = (xml: string) => {
    onClose();
    return onPick(xml);
  };
  return (
    <Dialog title="New diagram from a template" onClose={onClose}>
      <TemplateList onPick={pick} />
    </Dialog>
  );
}
