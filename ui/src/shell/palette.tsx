/** Ctrl-K: jump to a page, an item or a ticket by typing a few letters. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { useGet } from "@/api/queries";
import { useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon, type IconName } from "@/parts/icon";
import { Glyph, COLOURS, CONDITIONS } from "@/parts/marks";
import { navigation, titleOf } from "./pages";
import "./palette.css";

interface Hit {
  to: string;
  label: string;
  note: string;
  icon: IconName;
  sign?: React.ReactNode;
}
interface Group {
  label: string;
  hits: Hit[];
}

function useLate(value: string, ms: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setLate(value);
    }, ms);
    return () => {
      window.clearTimeout(timer);
    };
  }, [value, ms]);
  return late;
}

function useHits(typed: string): Group[] {
  const t = useT();
  const pair = usePair();
  const permissions = useSession()?.permissions ?? [];
  const q = useLate(typed.trim(), 140);
  const asked = { enabled: q.length > 0, keep: true };
  const tickets =
    useGet("tickets", "/tickets", { query: { q, limit: 6 } }, asked).data?.items ?? [];
  const items = useGet("items", "/items", { query: { q, limit: 8 } }, asked).data?.items ?? [];
  const wanted = typed.trim().toLowerCase();
  const pages = navigation(permissions)
    .flatMap((group) => group.pages)
    .filter((entry) => `${entry.title.join(" ")} ${entry.path}`.toLowerCase().includes(wanted));
  const groups: Group[] = [
    {
      label: pair(titleOf("/tickets")),
      hits: q
        ? tickets.map((ticket): Hit => ({
            to: `/tickets/${ticket.id}`,
            label: `${ticket.number} ${ticket.title}`,
            note: ticket.state_label,
            icon: "tickets",
            sign: <Glyph shape={COLOURS[ticket.colour].shape} tone={COLOURS[ticket.colour].tone} />,
          }))
        : [],
    },
    {
      label: pair(titleOf("/items")),
      hits: q
        ? items.map((item): Hit => ({
            to: `/items/${item.id}`,
            label: item.name,
            note: item.type_label,
            icon: "items",
            sign: (
              <Glyph
                shape={CONDITIONS[item.condition].shape}
                tone={CONDITIONS[item.condition].tone}
              />
            ),
          }))
        : [],
    },
    {
      label: t("shell.pages"),
      hits: pages.map((page) => ({
        to: page.path,
        label: pair(page.title),
        note: "",
        icon: page.icon ?? "more",
      })),
    },
  ];
  return groups.filter((group) => group.hits.length > 0);
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const go = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const groups = useHits(typed);
  const flat = groups.flatMap((group) => group.hits);
  const chosen = Math.min(at, Math.max(0, flat.length - 1));
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const open = (hit: Hit | undefined): void => {
    if (!hit) return;
    onClose();
    void go(hit.to);
  };
  const onKey = (press: KeyboardEvent): void => {
    const step = press.key === "ArrowDown" ? 1 : press.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      press.preventDefault();
      setAt((chosen + step + flat.length) % Math.max(1, flat.length));
    } else if (press.key === "Enter") open(flat[chosen]);
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      onClose={onClose}
      aria-label={t("shell.palette")}
      onClick={(press) => {
        if (press.target === dialog.current) onClose();
      }}
    >
      <div className="palette-top">
        <Icon name="search" />
        <input
          autoFocus
          value={typed}
          placeholder={t("shell.paletteHint")}
          onKeyDown={onKey}
          role="combobox"
          aria-expanded
          aria-controls="palette-hits"
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <div id="palette-hits" role="listbox" className="palette-hits">
        {flat.length === 0 ? (
          <p className="muted">{t("shell.paletteEmpty", { q: typed })}</p>
        ) : null}
        {groups.map((group) => (
          <section key={group.label}>
            <h3>{group.label}</h3>
            {group.hits.map((hit) => (
              <button
                key={hit.to}
                type="button"
                role="option"
                aria-selected={flat[chosen] === hit}
                onClick={() => {
                  open(hit);
                }}
                onMouseMove={() => {
                  setAt(flat.indexOf(hit));
                }}
              >
                {hit.sign ?? <Icon name={hit.icon} size={16} />}
                <span className="clip">{hit.label}</span>
                <span className="muted nowrap">{hit.note}</span>
              </button>
            ))}
          </section>
        ))}
      </div>
    </dialog>
  );
}
