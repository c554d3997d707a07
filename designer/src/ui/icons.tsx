/** Line icons on a 20 px grid, drawn here so that nothing is fetched. */

const PATHS = {
  overview: "M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z",
  definitions: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5.5M7.5 13h5.5",
  instances: "M2.5 10h3M8.5 10h3M5.5 8.5h3v3h-3zM14.5 10m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
  batches: "M6.5 6.5V3h10.5v10.5h-3.5M3 6.5h10.5V17H3zM5.5 11.8l2 2 3.5-4",
  tasks: "M10 6.5m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0M3.5 17.5c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5",
  designer: "M3.5 16.5l1-4L13.5 3.5l3 3L7.5 15.5zM11.5 5.5l3 3",
  start: "M10 10m-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0M8.2 6.8v6.4l5-3.2z",
  administration:
    "M7 6.5m-2.8 0a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0M2 16.5c.5-3 2.6-4.5 5-4.5 1 0 2 .3 2.8.8M14 11.5v1.5M14 17v1.5M10.5 15h1.5M16 15h1.5M14 15m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
  light:
    "M10 10m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4",
  dark: "M16.5 11.8A7 7 0 1 1 8.2 3.5a5.6 5.6 0 0 0 8.3 8.3z",
  account:
    "M10 7m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M4 17c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5M10 10m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
  open: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 5.8-1M10 12.5v1.5",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.6 2.25c-.8.4-1.1.9-1.1 1.75M10 14.5v.2M10 10m-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  close: "M5 5l10 10M15 5L5 15",
  play: "M6.5 4.5v11l9-5.5z",
  pause: "M7 4.5v11M13 4.5v11",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  undo: "M6.5 4L3 7.5 6.5 11M3.5 7.5h8a5 5 0 0 1 0 10H8",
  chevron: "M5.5 8l4.5 4.5L14.5 8",
  up: "M5.5 12.5L10 8l4.5 4.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return <Lines path={PATHS[name]} size={size} width={name === "more" ? 2.4 : 1.5} />;
}

export function Lines({ path, size, width = 1.5 }: { path: string; size: number; width?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={path} />
    </svg>
  );
}
