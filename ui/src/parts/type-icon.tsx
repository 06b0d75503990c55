/** What stands for a type of item in pictures and lists, drawn on a 24 grid: its shape by its name. */
import { useGet } from "@/api/queries";

/** Drawings, each with the icons that definitions may name (`wardround/schema/icons.py`). */
const DRAWN: readonly (readonly [path: string, names: string])[] = [
  [
    "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01M11 8h6M11 16h6",
    "server server-system chassis shelf controller gpu",
  ],
  ["M4 4h16v11H4zM8 20h8M12 15v5M8 8h8M8 11h5", "application-server web-server workstation"],
  ["M4 5h16v11H4zM9 20h6M12 16v4", "computer display monitor terminal television kiosk"],
  ["M5 5h14v10H5zM2 19h20", "laptop"],
  ["M7 3h10v18H7zM11 18h2", "mobile phone tablet probe"],
  [
    "M12 3c4.4 0 8 1.3 8 3s-3.6 3-8 3-8-1.3-8-3 3.6-3 8-3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
    "database datastore",
  ],
  [
    "M4 4h16v5H4zM4 10h16v5H4zM4 16h16v4H4zM16 6.5h.01M16 12.5h.01M16 18h.01",
    "storage disk volume pool",
  ],
  ["M4 8h16v12H4zM8 8V4h8v4M12 11v5M9.5 13.5L12 16l2.5-2.5", "backup tape"],
  [
    "M3 8h18v8H3zM6 12h.01M9 12h.01M12 12h.01M15 12h.01M18 12h.01",
    "switch san-switch virtual-switch bridge",
  ],
  [
    "M3 13h18v6H3zM7 16h.01M11 16h.01M12 13V8M8 6l4-3 4 3M8.5 9l3.5-2.5L15.5 9",
    "router gateway access-point wireless",
  ],
  ["M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v5M15 10v4.5M9 14.5V19", "firewall vpn"],
  [
    "M4 12h6M10 12l8-6M10 12l8 6M10 12h8M18 4.5h3v3h-3zM18 10.5h3v3h-3zM18 16.5h3v3h-3z",
    "load-balancer exchange",
  ],
  [
    "M12 4h.01M5 18h.01M19 18h.01M12 6l-6 10M12 6l6 10M7 18h10M10 3h4v3h-4zM3 16.5h4v3H3zM17 16.5h4v3h-4z",
    "network subnet zone cluster",
  ],
  ["M6 3h12v18H6zM6 8h12M6 13h12M6 18h12", "rack"],
  ["M9 15l6-6M10 6l2-2a4 4 0 0 1 6 6l-2 2M14 18l-2 2a4 4 0 0 1-6-6l2-2", "link cable"],
  ["M5 4v16M9 4v16M15 4v16M19 4v16M12 4v16", "address scanner"],
  [
    "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
    "box container pod node workload microservice device",
  ],
  ["M4 4h11v11H4zM9 9h11v11H9z", "virtual-machine hypervisor"],
  ["M7 18a4 4 0 0 1 0-8 6 6 0 0 1 11.5 1.5A3.5 3.5 0 0 1 18 18z", "cloud namespace"],
  [
    "M4 4h16v16H4zM4 9h16M7 6.5h.01M9.5 6.5h.01",
    "application sub-application software website operating-system project",
  ],
  ["M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z", "system"],
  ["M3 7h7v4H3zM14 13h7v4h-7zM10 9h4a3 3 0 0 1 3 3v1", "interface api"],
  ["M4 6h16v4H4zM4 14h16v4H4zM12 10v4", "middleware cache queue service"],
  ["M5 12a7 7 0 0 1 12-5l2 2M19 4v5h-5M19 12a7 7 0 0 1-12 5l-2-2M5 20v-5h5", "process"],
  [
    "M5 21V4h10v17M15 9h4v12M8 8h.01M12 8h.01M8 12h.01M12 12h.01M8 16h.01M12 16h.01M3 21h18",
    "building campus organisation department vendor",
  ],
  ["M4 21V4h13v17M2 21h20M13 12h.01", "room machine-room door elevator"],
  [
    "M12 21s7-6.3 7-11a7 7 0 0 0-14 0c0 4.7 7 11 7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "location",
  ],
  ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0", "person user post"],
  [
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21a7 7 0 0 1 14 0M16 4a4 4 0 0 1 0 7M18 14a7 7 0 0 1 4 7",
    "team",
  ],
  ["M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5", "document contract license"],
  ["M5 4h14v11H5zM8 8h8M8 11h5M12 15v6l2.5-1.5L17 21v-6", "certificate card"],
  ["M8 15a5 5 0 1 1 4.6-3H21v4h-3v3h-4v-3h-1.4M7 10h.01", "key"],
  ["M13 3L5 14h6l-1 7 8-11h-6z", "power ups outlet battery"],
  ["M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9", "cooling fan"],
  ["M9 4h6v5h5v6h-5v5H9v-5H4V9h5z", "medical-device pump"],
  ["M3 17v-9M3 14h18v4M21 18v-5a3 3 0 0 0-3-3h-8v4M6.5 11h.01", "bed"],
  ["M4 8h4l2-3h4l2 3h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z", "camera"],
  ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 3", "clock meter sensor"],
  ["M7 8V3h10v5M5 17H3V8h18v9h-2M7 13h10v8H7z", "printer"],
  ["M6 9h12v10H6zM12 9V5M9.5 13h.01M14.5 13h.01M3 12v4M21 12v4", "robot"],
  [
    "M3 16v-4l3-6h9l4 6h2v4zM7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "vehicle",
  ],
];

const PATHS: ReadonlyMap<string, string> = new Map(
  DRAWN.flatMap(([path, names]) => names.split(" ").map((name) => [name, path])),
);

/** A drawing by the name of the icon; nothing for a name that none is known for. */
export function Drawing({ icon, size = 14 }: { icon: string; size?: number }) {
  const path = PATHS.get(icon);
  return path ? (
    <svg
      className="type-icon"
      data-icon={icon}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      style={{ flex: "none", verticalAlign: "-0.15em" }}
    >
      <path d={path} />
    </svg>
  ) : null;
}

/** Beside what a type is called; what has none, or a reader may not know, has its words alone. */
export function TypeIcon({ type, size }: { type: string | null; size?: number }) {
  const types = useGet("definitions", "/item-types", { query: { retired: true } }).data?.items;
  const icon = types?.find(({ name }) => name === type)?.icon ?? "";
  return <Drawing icon={icon} {...(size ? { size } : {})} />;
}
