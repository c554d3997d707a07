/** In place of a page that there is not, or that somebody may not see. */

import { Empty } from "~/ui/basics";
import { Bar } from "./Bar";

function NoSuchPage({ path }: { path: string }) {
  return (
    <>
      <Bar crumbs={[]} title="No such page" />
      <Empty
        title="There is no such page"
        action={
          <a class="button" href="/">
            Go to the overview
          </a>
        }
      >
        Nothing lives at {path}.
      </Empty>
    </>
  );
}

function NotAllowed({ permission }: { permission: string }) {
  return (
    <>
      <Bar crumbs={[]} title="Not allowed" />
      <Empty title="You may not see this page">
        It needs the permission {permission}, which none of your roles has. An administrator can give you one that has.
      </Empty>
    </>
  );
}

/** `missing`: the permission without which the page is not shown; else there is no page at `path`. */
export function Nowhere({ path, missing }: { path: string; missing?: string }) {
  return missing ? <NotAllowed permission={missing} /> : <NoSuchPage path={path} />;
}
