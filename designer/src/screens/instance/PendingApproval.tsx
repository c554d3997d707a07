import { useEffect, useState } from "preact/hooks";
import { approvalOf, approve, onAsked, refuse } from "~/api/approvals";
import type { Approval, Header } from "~/api/types";
import { whoseIs } from "~/frame/session";
import { Deed } from "~/ui/Deed";
import { toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";

/** How often somebody who waits for another to decide sees whether it was done. */
const LOOK_MS = 4_000;

function wordsOf({ action, order }: Approval, name: (id: string) => string): string {
  switch (action) {
    case "rollback":
      return `to undo and go back to ${name(String(order.to))}`;
    case "skip":
      return `to leave entry ${order.seq} of the ledger as it is`;
    case "markUndone":
      return `to mark entry ${order.seq} of the ledger as undone`;
    default:
      return "to skip the work of an incident";
  }
}

interface Props {
  header: Header;
  name: (id: string) => string;
}

/** What somebody has asked for and a second person has to decide. */
export function PendingApproval({ header, name }: Props) {
  const [every, setEvery] = useState(0);
  const tick = useTick(every);
  const { value, reload } = useResource((signal) => approvalOf(header.id, signal), [header.id], tick);
  useEffect(() => onAsked(reload), [reload]);
  useEffect(() => setEvery(value ? LOOK_MS : 0), [value]);
  if (!value) return null;
  const mine = value.own;
  const decide = (deed: (id: string) => Promise<void>) => void deed(header.id).catch(toastError).finally(reload);
  const right = { needs: "process-instance:update", whose: whoseIs(header) };
  return (
    <section class="banner" aria-label="Waits for a second person">
      <span class="grow">
        {mine ? "You have" : `${value.by} has`} asked {wordsOf(value, name)}.{" "}
        {mine ? "Another person has to approve it." : "It is done when you approve it."}{" "}
        <a href={`/approvals/${encodeURIComponent(header.id)}`}>Look at it</a>
      </span>
      {!mine && (
        <Deed {...right} class="button slim primary" onClick={() => decide(approve)}>
          Approve
        </Deed>
      )}
      <Deed {...right} class="button slim" onClick={() => decide(refuse)}>
        {mine ? "Withdraw" : "Refuse"}
      </Deed>
    </section>
  );
}
