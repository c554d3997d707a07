/** Line icons on a 20 px grid, drawn here so that nothing is fetched. */

const PATHS = {
  overview: "M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z",
  definitions: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5.5M7.5 13h5.5",
  instances: "M2.5 10h3M8.5 10h3M5.5 8.5h3v3h-3zM14.5 10m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
  tasks: "M10 6.5m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0M3.5 17.5c.6-3.4 3.2-5 6.5-5s5.900 1.600 6.500 5",
  designer: "M3.500 16.500l1-4L13.500 3.500l3 3L7.500 15.500zM11.500 5.500l3 3",
  start: "M10 10m-7.500 0a7.500 7.500 0 1 0 15 0a7.500 7.500 0 1 0-15 0M8.200 6.800v6.400l5-3.200z",
  administration:
    "M7 6.500m-2.800 0a2.800 2.800 0 1 0 5.600 0a2.800 2.800 0 1 0-5.600 0M2 16.500c.5-3 2.600-4.500 5-4.500 1 0 2 .300 2.800.800M14 11.500v1.500M14 17v1.500M10.500 15h1.500M16 15h1.500M14 15m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
  light:
    "M10 10m-3.500 0a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0M10 1.800v2M10 16.200v2M1.800 10h2M16.200 10h2M4.200 4.200l1.400 1.400M14.400 14.400l1.400 1.400M4.200 15.800l1.400-1.400M14.400 5.600l1.400-1.400",
  dark: "M16.500 11.800A7 7 0 1 1 8.200 3.500a5.600 5.600 0 0 0 8.300 8.300z",
  account:
    "M10 7m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M4 17c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500M10 10m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
  open: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 5.800-1M10 12.500v1.500",
  help: "M7.500 7.500a2.500 2.500 0 1 1 3.600 2.250c-.8.400-1.100.9-1.100 1.750M10 14.500v.2M10 10m-7.500 0a7.500 7.500 0 1 0 15 0a7.500 7.500 0 1 0-15 0",
  more: "M4.500 10h.01M10 10h.01M15.500 10h.01",
  close: "M5 5l10 10M15 5L5 15",
  play: "M6.500 4.500v11l9-5.500z",
  pause: "M7 4.500v11M13 4.500v11",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  undo: "M6.500 4L3 7.500 6.500 11M3.500 7.500h8a5 5 0 0 1 0 10H8",
  redo: "M13.500 4L17 7.500 13.500 11M16.500 7.500h-8a5 5 0 0 0 0 10H12",
  search: "M8.500 8.500m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0M12.500 12.500L17 17",
  panel: "M3 3.500h14v13H3zM12.500 3.500v13",
  chevron: "M5.500 8l4.500 4.500L14.500 8",
  step: "M4.500 5v10l6.500-5zM14.500 5v10",
  back: "M15.500 5v10L9 10zM5.500 5v10",
  restart: "M4 10a6 6 0 1 0 2-4.500M6.500 2.500v3.500H3",
  clock: "M10 10m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0M10 6v4l3 2",
  breakpoint: "M10 10m-4.500 0a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0-9 0M10 10v.01",
  up: "M5.500 12.500L10 8l4.500 4.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  const width = name === "more" ? 2.4 : 1.5;
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
      <path d={PATHS[name]} />
    </svg>
  );
}
