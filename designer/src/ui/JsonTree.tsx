import { useState } from "preact/hooks";

const MOST = 100;

const isBranch = (value: unknown): value is object => typeof value === "object" && value !== null;

function sum(value: object): string {
  const count = Object.keys(value).length;
  return Array.isArray(value) ? `[${count}]` : `{${count}}`;
}

/** One name and its value; what is inside is only there once it is opened. */
function Branch({ name, value, open }: { name: string; value: object; open: boolean }) {
  const [seen, setSeen] = useState(open);
  const entries = Object.entries(value);
  return (
    <details open={open} onToggle={(event) => event.currentTarget.open && setSeen(true)}>
      <summary>
        {name} <span class="secondary">{sum(value)}</span>
      </summary>
      {seen && (
        <ul>
          {entries.slice(0, MOST).map(([key, it]) => (
            <li key={key}>
              {isBranch(it) ? (
                <Branch name={key} value={it} open={false} />
              ) : (
                <>
                  <span class="secondary">{key}:</span> {JSON.stringify(it)}
                </>
              )}
            </li>
          ))}
          {entries.length > MOST && <li class="secondary">and {entries.length - MOST} more</li>}
        </ul>
      )}
    </details>
  );
}

export function JsonTree({ name, value }: { name: string; value: unknown }) {
  return (
    <div class="tree mono small">
      {isBranch(value) ? <Branch name={name} value={value} open /> : <span>{JSON.stringify(value)}</span>}
    </div>
  );
}
