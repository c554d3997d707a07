import { useState } from "preact/hooks";
import { apiKeys, groups, users } from "~/api/identity";
import type { ApiKey, Group, User } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { navigate, setQuery } from "~/frame/router";
import { may, useSession } from "~/frame/session";
import { Empty, Failed, Loading } from "~/ui/basics";
import { plural } from "~/ui/format";
import { Tabs } from "~/ui/Tabs";
import { type Resource, useResource } from "~/ui/useResource";
import { AuditLog, ExportLink } from "../audit/AuditLog";
import { GroupDialog } from "./GroupDialog";
import { GroupsTable } from "./GroupsTable";
import { KeyDialog } from "./KeyDialog";
import { KeysTable } from "./KeysTable";
import { PeopleTable } from "./PeopleTable";
import { UserDialog } from "./UserDialog";

type Tab = "people" | "groups" | "keys";
type Place = Tab | "audit";

interface Everything {
  users: User[];
  groups: Group[];
  keys: ApiKey[];
}

const NEW: Record<Tab, string> = { people: "New user", groups: "New group", keys: "New API key" };
/** Rows that are drawn at once: a filter finds the others. */
const MOST = 200;

async function load(signal: AbortSignal): Promise<Everything> {
  const [people, teams, keys] = await Promise.all([users(signal), groups(signal), apiKeys(signal)]);
  return { users: people, groups: teams, keys };
}

const wordsOf = (it: User | Group | ApiKey) => JSON.stringify(Object.values(it)).toLowerCase();

function narrow<T extends User | Group | ApiKey>(rows: readonly T[], text: string): T[] {
  return rows.filter((it) => wordsOf(it).includes(text.toLowerCase()));
}

function Nothing({ tab, filtered }: { tab: Tab; filtered: boolean }) {
  if (filtered)
    return (
      <Empty
        title="Nothing matches"
        action={
          <button type="button" class="button" onClick={() => setQuery({ text: null })}>
            Show all
          </button>
        }
      >
        Names, roles and groups are searched for these words.
      </Empty>
    );
  switch (tab) {
    case "people":
      return (
        <Empty title="There is no user yet">Make one, give a password and roles, and tell them the address.</Empty>
      );
    case "groups":
      return (
        <Empty title="There is no group yet">Members of a group have its roles, and can be given its tasks.</Empty>
      );
    default:
      return <Empty title="There is no API key yet">Programs and workers sign in with a key of their own.</Empty>;
  }
}

interface Found {
  people: User[];
  groups: Group[];
  keys: ApiKey[];
}

function Rows({
  tab,
  found,
  all,
  chosen,
  reload,
}: {
  tab: Tab;
  found: Found;
  all: Everything;
  chosen: (it: Chosen) => void;
  reload: () => void;
}) {
  switch (tab) {
    case "people":
      return <PeopleTable rows={found.people.slice(0, MOST)} onChoose={(user) => chosen({ user })} />;
    case "groups":
      return (
        <GroupsTable rows={found.groups.slice(0, MOST)} users={all.users} onChoose={(group) => chosen({ group })} />
      );
    default:
      return <KeysTable rows={found.keys.slice(0, MOST)} onChanged={reload} />;
  }
}

/** What a dialog is open for: something new, or a row. */
type Chosen = { made: Tab } | { user: User } | { group: Group } | null;

function Editing({
  chosen,
  all,
  reload,
  onClose,
}: {
  chosen: Chosen;
  all: Everything;
  reload: () => void;
  onClose: () => void;
}) {
  const saved = () => {
    onClose();
    reload();
  };
  if (!chosen) return null;
  const made = "made" in chosen ? chosen.made : null;
  if ("user" in chosen || made === "people") {
    const user = "user" in chosen ? chosen.user : null;
    return <UserDialog user={user} groups={all.groups} onSaved={saved} onChanged={reload} onClose={onClose} />;
  }
  if ("group" in chosen || made === "groups") {
    return <GroupDialog group={"group" in chosen ? chosen.group : null} onSaved={saved} onClose={onClose} />;
  }
  return <KeyDialog onChanged={reload} onClose={onClose} />;
}

function Filter({ text, count }: { text: string; count: number }) {
  return (
    <div class="filters">
      <input
        class="input"
        type="search"
        placeholder="Name, role, group"
        aria-label="Filter"
        value={text}
        onInput={(event) => setQuery({ text: event.currentTarget.value })}
      />
      <span class="found">{count > MOST ? `${MOST} of ${plural(count, "row")}: filter to see the others` : ""}</span>
    </div>
  );
}

function NewOne({ tab, onMake }: { tab: Tab; onMake: () => void }) {
  const session = useSession();
  if (!may(session, "identity:update")) {
    return <span class="secondary">To change something you need the permission identity:update</span>;
  }
  return (
    <button type="button" class="button primary" onClick={onMake}>
      {NEW[tab]}
    </button>
  );
}

function Open() {
  const session = useSession();
  if (typeof session === "string" || session.kind !== "anybody") return null;
  return (
    <div class="banner">
      Everybody who reaches this server may do everything. What is set here counts once people must sign in: baton serve
      --sign-in.
    </div>
  );
}

interface AccountsProps {
  tab: Tab;
  query: URLSearchParams;
  all: Resource<Everything>;
  chosen: Chosen;
  setChosen: (it: Chosen) => void;
}

function Accounts({ tab, query, all, chosen, setChosen }: AccountsProps) {
  const { value, error, reload } = all;
  const text = query.get("text") ?? "";
  const found = value && {
    people: narrow(value.users, text),
    groups: narrow(value.groups, text),
    keys: narrow(value.keys, text),
  };
  const count = found?.[tab].length ?? 0;
  return (
    <>
      {(count > 0 || text) && <Filter text={text} count={count} />}
      <div class="content" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {error && !value && <Failed what="the accounts" error={error} again={reload} />}
        {!error && !value && <Loading what="accounts" />}
        {found && count === 0 && <Nothing tab={tab} filtered={text !== ""} />}
        {found && value && count > 0 && <Rows tab={tab} found={found} all={value} chosen={setChosen} reload={reload} />}
      </div>
      {value && <Editing chosen={chosen} all={value} reload={reload} onClose={() => setChosen(null)} />}
    </>
  );
}

const PLACES: readonly Place[] = ["people", "groups", "keys", "audit"];

export function AdministrationScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const place = PLACES.find((it) => it === id) ?? "people";
  const all = useResource(load, []);
  const [chosen, setChosen] = useState<Chosen>(null);
  const { value } = all;
  return (
    <>
      <Bar crumbs={[]} title="Administration">
        {place === "audit" ? (
          <ExportLink query={query} />
        ) : (
          <NewOne tab={place} onMake={() => setChosen({ made: place })} />
        )}
      </Bar>
      <Open />
      <Tabs
        label="What to administrate"
        current={place}
        onSelect={(next) => navigate(next === "people" ? "/administration" : `/administration/${next}`)}
        tabs={[
          { id: "people", label: "People", count: value?.users.length },
          { id: "groups", label: "Groups", count: value?.groups.length },
          { id: "keys", label: "API keys", count: value?.keys.length },
          { id: "audit", label: "Audit" },
        ]}
      />
      {place === "audit" ? (
        <AuditLog query={query} />
      ) : (
        <Accounts key={place} tab={place} query={query} all={all} chosen={chosen} setChosen={setChosen} />
      )}
    </>
  );
}
