/** Says which form is meant to be here, and what to do without it. */
export function ForeignForm({ form }: { form: string | null }) {
  if (!form) return null;
  return (
    <p class="note" role="note">
      The model names the form <code>{form}</code>, which is not drawn here. Give its values as JSON.
    </p>
  );
}
