/** Line icons of navigation and buttons, drawn on a 24 grid. */
const PATHS = {
  information: "M4 4h4v16H4zM10 4h4v11h-4zM16 4h4v7h-4z",
  status:
    "M12 3v4M12 17v4M4.2 7.5l3.5 2M16.3 14.5l3.5 2M4.2 16.5l3.5-2M16.3 9.5l3.5-2M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  systems: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  zones: "M3 4h8v9H3zM13 4h8v5h-8zM13 11h8v9h-8zM3 15h8v5H3z",
  tickets: "M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM14 6v2M14 11v2M14 16v2",
  newTicket: "M12 5v14M5 12h14",
  alerts: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  items: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  imports: "M12 3v12M7 10l5 5 5-5M4 16v5h16v-5",
  relations:
    "M7 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM17 21a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8.5 8.5l7 7M17 9V4M14.5 6.5h5",
  matrix: "M4 4h16v16H4zM4 10h16M4 15h16M10 4v16M15 4v16",
  interface: "M3 7h7v4H3zM14 13h7v4h-7zM10 9h4a3 3 0 0 1 3 3v1M14 15h-4a3 3 0 0 1-3-3v-1",
  targets:
    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 1v4M12 19v4M1 12h4M19 12h4",
  rules: "M4 6h10M4 12h16M4 18h7M17 3v6M14 15v6",
  definitions: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5",
  document: "M6 3h9l4 4v14H6zM15 3v4h4",
  people:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21a7 7 0 0 1 14 0M16 4a4 4 0 0 1 0 7M18 14a7 7 0 0 1 4 7",
  roles: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2.2 2.2L15.5 10",
  tokens: "M8 15a5 5 0 1 1 4.6-3H21v4h-3v3h-4v-3h-1.4M7 10h.01",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  audit: "M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM9 8h6M9 12h6",
  collectors: "M4 5h16v5H4zM4 14h16v5H4zM8 7.5h.01M8 16.5h.01M12 7.5h5M12 16.5h5",
  webhooks: "M3 12h10M9 8l4 4-4 4M14 4h7v16h-7",
  scan: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M4 12h16",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18",
  wall: "M3 4h18v12H3zM8 20h8M12 16v4",
  comment: "M4 5h16v11h-9l-4 4v-4H4z",
  more: "M4 7h16M4 12h16M4 17h16",
  collapse: "M14 6l-6 6 6 6",
  expand: "M10 6l6 6-6 6",
  bin: "M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6",
  check: "M5 12l5 5 9-10",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2",
  language:
    "M4 6h10M9 4v2M11.5 6c-1 4-3.5 7-7 8.5M6.5 9.5c1.5 2.5 3.5 4 6 5M12.5 20l4-10 4 10M14 17h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      style={{ flex: "none" }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
