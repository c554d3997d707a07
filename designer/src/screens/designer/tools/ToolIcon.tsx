/** The icons of every page, and those that only the designer has. */

import { Icon, type IconName, Lines } from "~/ui/icons";

const PATHS = {
  redo: "M13.5 4L17 7.5 13.5 11M16.5 7.5h-8a5 5 0 0 0 0 10H12",
  search: "M8.5 8.5m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0M12.5 12.5L17 17",
  panel: "M3 3.5h14v13H3zM12.5 3.5v13",
  step: "M4.5 5v10l6.5-5zM14.5 5v10",
  back: "M15.5 5v10L9 10zM5.5 5v10",
  restart: "M4 10a6 6 0 1 0 2-4.5M6.5 2.5v3.5H3",
  clock: "M10 10m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0M10 6v4l3 2",
  breakpoint: "M10 10m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M10 10v.01",
} as const;

export type ToolIconName = IconName | keyof typeof PATHS;

export function ToolIcon({ name, size }: { name: ToolIconName; size: number }) {
  return name in PATHS ? (
    <Lines path={PATHS[name as keyof typeof PATHS]} size={size} />
  ) : (
    <Icon name={name as IconName} size={size} />
  );
}
