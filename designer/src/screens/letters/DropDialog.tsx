import { AskDialog } from "~/ui/AskDialog";
import { plural } from "~/ui/format";

interface Props {
  count: number;
  onGo: () => void;
  onClose: () => void;
}

/** What is dropped is gone: that is asked first. */
export function DropDialog({ count, ...answers }: Props) {
  return (
    <AskDialog deed={`Drop ${plural(count, "dead letter")}`} keep={count === 1 ? "Keep it" : "Keep them"} {...answers}>
      <p>
        {count === 1 ? "The event is" : "The events are"} removed permanently and will not be sent or taken any more.
      </p>
    </AskDialog>
  );
}
