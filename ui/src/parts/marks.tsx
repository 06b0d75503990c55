/** Signs of state: each is a shape, a word and a colour; the colour is never alone. */
import type { CSSProperties, ReactNode } from "react";
import type { Colour, Condition, Severity } from "@/api/types";
import { useT, type TextKey } from "@/language";
import "./marks.css";

type Tone = "black" | "red" | "yellow" | "green" | "grey" | "blue" | "violet";

const DRAWINGS = {
  square: <path d="M2 2h12v12H2z" />,
  octagon: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />,
  triangle: <path d="M8 1.4 15.4 14.4H.6z" />,
  diamond: <path d="M8 .8 15.2 8 8 15.2.8 8z" />,
  circle: <circle cx="8" cy="8" r="6.6" />,
  ring: (
    <circle
      cx="8"
      cy="8"
      r="5.6"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeDasharray="3.2 2.4"
    />
  ),
  bars: <path d="M3 2h3.6v12H3zM9.4 2H13v12H9.4z" />,
  cross: (
    <path d="M3.2.9 8 5.7 12.8.9l2.3 2.3L10.3 8l4.8 4.8-2.3 2.3L8 10.3l-4.8 4.8-2.3-2.3L5.7 8 .9 3.2z" />
  ),
  check: <path d="m6.2 13.6-5-5 2.1-2.1 2.9 2.9 6.6-6.8L15 4.7z" />,
  wrench: (
    <path d="M15 4.2a4.3 4.3 0 0 1-5.7 4L4 13.6a1.9 1.9 0 0 1-2.7-2.7L6.6 5.5A4.3 4.3 0 0 1 11.8.8L9.4 3.2l.5 2.4 2.4.5 2.4-2.4z" />
  ),
  info: (
    <path
      d="M8 .8A7.2 7.2 0 1 1 8 15.2 7.2 7.2 0 0 1 8 .8zM7 7v5h2V7zm0-3v2h2V4z"
      fillRule="evenodd"
    />
  ),
} as const;

export type Shape = keyof typeof DRAWINGS;

export function Glyph({
  shape,
  tone,
  size = 12,
}: {
  shape: Shape;
  tone?: Tone;
  size?: number | string;
}) {
  const style: CSSProperties = { width: size, height: size };
  return (
    <svg
      className={`glyph${tone ? ` tone-${tone}` : ""}`}
      viewBox="0 0 16 16"
      style={style}
      fill="currentColor"
      aria-hidden
    >
      {DRAWINGS[shape]}
    </svg>
  );
}

interface Sign {
  shape: Shape;
  tone: Tone;
}

export const COLOURS: Record<Colour, Sign> = {
  black: { shape: "octagon", tone: "black" },
  red: { shape: "triangle", tone: "red" },
  yellow: { shape: "diamond", tone: "yellow" },
  green: { shape: "circle", tone: "green" },
  grey: { shape: "bars", tone: "grey" },
  none: { shape: "ring", tone: "grey" },
};

export const CONDITIONS: Record<Condition, Sign> = {
  down: { shape: "cross", tone: "red" },
  critical: { shape: "triangle", tone: "red" },
  warning: { shape: "diamond", tone: "yellow" },
  unknown: { shape: "ring", tone: "grey" },
  maintenance: { shape: "wrench", tone: "blue" },
  ok: { shape: "check", tone: "green" },
};

export const SEVERITIES: Record<Severity, Sign> = {
  disaster: { shape: "octagon", tone: "violet" },
  critical: { shape: "triangle", tone: "red" },
  warning: { shape: "diamond", tone: "yellow" },
  info: { shape: "info", tone: "blue" },
};

const TARGETS: Record<string, Sign> = {
  up: { shape: "check", tone: "green" },
  down: { shape: "cross", tone: "red" },
  never: { shape: "info", tone: "yellow" },
  unknown: { shape: "ring", tone: "grey" },
  paused: { shape: "bars", tone: "grey" },
};

const NEUTRAL: Sign = { shape: "ring", tone: "grey" };

function Mark({
  sign,
  children,
  quiet,
}: {
  sign: Sign;
  children: ReactNode;
  quiet?: boolean | undefined;
}) {
  return (
    <span className={`mark tone-${sign.tone}${quiet ? " mark-quiet" : ""}`}>
      <Glyph shape={sign.shape} size="0.85em" />
      <span>{children}</span>
    </span>
  );
}

export function ColourMark({ colour, quiet }: { colour: Colour; quiet?: boolean }) {
  const t = useT();
  return (
    <Mark sign={COLOURS[colour]} quiet={quiet}>
      {t(`colour.${colour}` as TextKey)}
    </Mark>
  );
}

export function ConditionMark({ condition, quiet }: { condition: Condition; quiet?: boolean }) {
  const t = useT();
  return (
    <Mark sign={CONDITIONS[condition] ?? NEUTRAL} quiet={quiet}>
      {t(`condition.${condition}` as TextKey)}
    </Mark>
  );
}

/** What a system of which itself nothing is known is judged by. */
interface Judged {
  condition: Condition;
  parts: { worst: Condition } | null;
  /** Since when; null: nobody has ever found out how it is. */
  condition_since?: string | null;
}

/** How it fares: as it is measured, else as the worst of its parts; the same on every page. */
export const judged = ({ condition, parts }: Judged): Condition =>
  condition === "unknown" && parts ? parts.worst : condition;

/** An item's condition; where its parts speak for it, the words say so. */
export function ItemCondition({ item, quiet }: { item: Judged; quiet?: boolean }) {
  const t = useT();
  const worst = judged(item);
  if (worst === "unknown" && item.condition_since === null) {
    return (
      <Mark sign={CONDITIONS.unknown} quiet={quiet}>
        {t("condition.never")}
      </Mark>
    );
  }
  if (worst === item.condition) return <ConditionMark condition={worst} quiet={quiet ?? false} />;
  return (
    <Mark sign={CONDITIONS[worst]} quiet={quiet}>
      {t(`board.partsAre.${worst}` as TextKey)}
    </Mark>
  );
}

/** How a business system is by what it needs, as the engine says. */
export type ServiceState = "down" | "standby" | "degraded" | "unknown" | "up";

export const SERVICES: Record<ServiceState, Sign> = {
  down: { shape: "cross", tone: "red" },
  standby: { shape: "bars", tone: "yellow" },
  degraded: { shape: "diamond", tone: "yellow" },
  unknown: { shape: "ring", tone: "grey" },
  up: { shape: "check", tone: "green" },
};

export function ServiceMark({
  item,
  now,
  quiet,
}: {
  item: Judged;
  now: { state: ServiceState };
  quiet?: boolean;
}) {
  const t = useT();
  if (now.state === "up" || now.state === "unknown") {
    return <ItemCondition item={item} {...(quiet ? { quiet } : {})} />;
  }
  return (
    <Mark sign={SERVICES[now.state]} quiet={quiet}>
      {t(`service.${now.state}` as TextKey)}
    </Mark>
  );
}

export function SeverityMark({ severity, quiet }: { severity: Severity; quiet?: boolean }) {
  const t = useT();
  return (
    <Mark sign={SEVERITIES[severity] ?? NEUTRAL} quiet={quiet}>
      {t(`severity.${severity}` as TextKey)}
    </Mark>
  );
}

export function TargetMark({ state }: { state: string }) {
  const t = useT();
  return (
    <Mark sign={TARGETS[state] ?? NEUTRAL} quiet>
      {t(`targetState.${state}` as TextKey)}
    </Mark>
  );
}

export function YesNo({ value }: { value: boolean }) {
  const t = useT();
  return (
    <Mark sign={value ? CONDITIONS.ok : NEUTRAL} quiet>
      {t(value ? "word.yes" : "word.no")}
    </Mark>
  );
}

export function Importance({ value }: { value: string | null }) {
  const t = useT();
  if (!value) return null;
  return (
    <span className={`importance importance-${value}`} title={t("word.importance")}>
      {value}
    </span>
  );
}
