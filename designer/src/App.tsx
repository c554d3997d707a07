import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onOtherTab, readMe } from "./api/people";
import { parseAddress } from "./frame/address";
import { useKeptFocus } from "./frame/focus";
import { useGlobalKeys } from "./frame/keys";
import { Lost } from "./frame/Lost";
import { missingFor, placesOf } from "./frame/places";
import { Rail } from "./frame/Rail";
import { navigate, type Route, useRoute } from "./frame/router";
import { setSession, useSession } from "./frame/session";
import { useTheme } from "./frame/theme";
import { Lazy } from "./ui/Lazy";
import { Toasts } from "./ui/toast";

const shortcutsDialog = () => import("./frame/Shortcuts").then((it) => it.Shortcuts);
const overview = () => import("./screens/overview/Overview").then((it) => it.Overview);
const definitionScreen = () => import("./screens/definitions/DefinitionScreen").then((it) => it.DefinitionScreen);
const definitionsScreen = () => import("./screens/definitions/DefinitionsScreen").then((it) => it.DefinitionsScreen);
const instancesScreen = () => import("./screens/instances/InstancesScreen").then((it) => it.InstancesScreen);
const tasksScreen = () => import("./screens/tasks/TasksScreen").then((it) => it.TasksScreen);
const instanceScreen = () => import("./screens/instance/InstanceScreen").then((it) => it.InstanceScreen);
const startScreen = () => import("./screens/start/StartScreen").then((it) => it.StartScreen);
const designerScreen = () => import("./screens/designer/DesignerScreen").then((it) => it.DesignerScreen);
const administrationScreen = () =>
  import("./screens/administration/AdministrationScreen").then((it) => it.AdministrationScreen);
const lettersScreen = () => import("./screens/letters/LettersScreen").then((it) => it.LettersScreen);
const batchesScreen = () => import("./screens/batches/BatchesScreen").then((it) => it.BatchesScreen);
const approvalsScreen = () => import("./screens/approvals/ApprovalsScreen").then((it) => it.ApprovalsScreen);
const nowhere = () => import("./frame/Nowhere").then((it) => it.Nowhere);
const signIn = () => import("./screens/signing-in/SignIn").then((it) => it.SignIn);
const firstAdministrator = () => import("./screens/signing-in/FirstAdministrator").then((it) => it.FirstAdministrator);

/** What each shows it reads from the address. */
const SCREENS: Partial<Record<Route["screen"], () => Promise<ComponentType<Pick<Route, "id" | "query">>>>> = {
  overview,
  definitions: definitionsScreen,
  instances: instancesScreen,
  tasks: tasksScreen,
  start: startScreen,
  designer: designerScreen,
  administration: administrationScreen,
  "dead-letters": lettersScreen,
  approvals: approvalsScreen,
  batches: batchesScreen,
};

function Screen({ route: { screen, id, query, path } }: { route: Route }) {
  if (id && screen === "definitions") return <Lazy key={id} load={definitionScreen} props={{ id, query }} />;
  // A called process is a place in its caller's instance: the page stays, and shows another part of it.
  if (id && screen === "instances")
    return <Lazy key={parseAddress(id).instance} load={instanceScreen} props={{ id, query }} />;
  const load = SCREENS[screen];
  if (load) return <Lazy key={screen} load={load} props={{ id, query }} />;
  return <Lazy key={path} load={nowhere} props={{ path }} />;
}

export function App() {
  const route = useRoute();
  const [theme, toggleTheme] = useTheme();
  const [shortcuts, setShortcuts] = useState(false);
  const session = useSession();
  useEffect(() => {
    const ask = () => void readMe().then(setSession, () => undefined);
    onOtherTab(ask);
    ask();
  }, []);
  useGlobalKeys(() => setShortcuts(true));
  const missing = missingFor(route.screen, session);
  const first = placesOf(session)[0];
  const elsewhere = missing && route.screen === "overview" ? first?.href : undefined;
  useEffect(() => {
    if (elsewhere) navigate(elsewhere, { replace: true });
  }, [elsewhere]);
  useKeptFocus("main", session !== "out" && route.screen !== "first-administrator");
  if (route.screen === "first-administrator") {
    return <Lazy key="first" load={firstAdministrator} props={{ token: route.query.get("token") ?? "" }} />;
  }
  if (session === "out") return <Lazy key="sign-in" load={signIn} props={{}} />;
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Rail screen={route.screen} theme={theme} onTheme={toggleTheme} onShortcuts={() => setShortcuts(true)} />
      <main class="page" id="main" tabIndex={-1}>
        <Lost />
        {missing ? (
          <Lazy key={missing} load={nowhere} props={{ path: route.path, missing }} />
        ) : (
          <Screen route={route} />
        )}
      </main>
      {shortcuts && <Lazy load={shortcutsDialog} props={{ onClose: () => setShortcuts(false) }} what="the shortcuts" />}
      <Toasts />
    </div>
  );
}
