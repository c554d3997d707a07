import { setQuery } from "~/frame/router";
import { COLUMNS, type ColumnId, NEEDED, rememberColumns, toggleColumn } from "./columns";

/** Which columns are shown: written into the address, and remembered for the next visit. */
export function ColumnsMenu({ shown }: { shown: readonly ColumnId[] }) {
  const change = (id: ColumnId) => {
    const columns = toggleColumn(shown, id);
    rememberColumns(columns);
    setQuery({ columns });
  };
  return (
    <details class="columns">
      <summary class="button">Columns</summary>
      <fieldset class="menu-list">
        <legend class="visually-hidden">Columns</legend>
        {COLUMNS.filter((it) => it.id !== NEEDED).map((it) => (
          <label class="menu-item" key={it.id}>
            {it.label}
            <input type="checkbox" checked={shown.includes(it.id)} onChange={() => change(it.id)} />
          </label>
        ))}
      </fieldset>
    </details>
  );
}
