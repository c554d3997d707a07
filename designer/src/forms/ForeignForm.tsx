/** Says which form is meant to be here, or which parts of one, and what to do without them. */
export function ForeignForm({ note }: { note: string | null }) {
  return note ? (
    <p class="note" role="note">
      {note}
    </p>
  ) : null;
}
