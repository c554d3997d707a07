/** The foot of a dialog in which there is nothing to decide. */
export function CloseFooter({ onClose }: { onClose: () => void }) {
  return (
    <footer>
      <button type="button" class="button" onClick={onClose}>
        Close
      </button>
    </footer>
  );
}
