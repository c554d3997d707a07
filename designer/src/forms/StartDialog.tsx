import type { Definition } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { Dialog } from "~/ui/Dialog";
import { StartForm } from "./StartForm";

/** Asks for variables and a business key, starts the instance and opens its page. */
export function StartDialog({ definition, onClose }: { definition: Definition; onClose: () => void }) {
  return (
    <Dialog title={`Start ${definition.name ?? definition.key}`} onClose={onClose}>
      <StartForm
        definition={definition}
        onCancel={onClose}
        onStarted={(instance) => {
          onClose();
          navigate(paths.instance(instance.id));
        }}
      />
    </Dialog>
  );
}
