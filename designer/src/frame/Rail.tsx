import { Icon } from "~/ui/icons";
import { Account } from "./Account";
import { placesOf } from "./places";
import type { Route } from "./router";
import { useSession } from "./session";
import type { Theme } from "./theme";

interface Props {
  screen: Route["screen"];
  theme: Theme;
  onTheme: () => void;
  onShortcuts: () => void;
}

export function Rail({ screen, theme, onTheme, onShortcuts }: Props) {
  const session = useSession();
  const other = theme === "light" ? "dark" : "light";
  return (
    <nav class="rail" aria-label="Main">
      <a class="mark" href="/">
        <svg width="26" height="26" viewBox="0 0 32 32" role="img" aria-label="Baton">
          <path d="M9 23 25 7" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
          <circle cx="9" cy="23" r="4.5" fill="currentColor" />
        </svg>
      </a>
      {placesOf(session).map((it) => (
        <a
          key={it.href}
          class="rail-item"
          href={it.href}
          aria-current={it.screen === screen ? "page" : undefined}
          aria-label={it.label}
        >
          {it.icon && <Icon name={it.icon} />}
          <span class="rail-label" aria-hidden="true">
            {it.label}
          </span>
        </a>
      ))}
      <div class="foot">
        <Account />
        <button type="button" class="rail-item" onClick={onTheme} aria-label={`Use the ${other} theme`}>
          <Icon name={other} />
          <span class="rail-label" aria-hidden="true">
            Use the {other} theme
          </span>
        </button>
        <button type="button" class="rail-item" onClick={onShortcuts} aria-label="Keyboard shortcuts">
          <Icon name="help" />
          <span class="rail-label" aria-hidden="true">
            Shortcuts (?)
          </span>
        </button>
      </div>
    </nav>
  );
}
