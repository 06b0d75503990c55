/** Ctrl-K or `/`: find anything by typing a few letters, or jump to a page. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon } from "@/parts/icon";
import { addressOf, HitLine, pageOf, useFound, useMore } from "./found";
import { navigation } from "./pages";
import { remember, useRecent } from "./recent";
import "./palette.css";

interface Choice {
  key: string;
  /** Where it leads; a text to search otherwise. */
  to?: string;
  typed?: string;
  line: ReactNode;
}
interface Section {
  label: string;
  choices: Choice[];
}

function useFoundSections(typed: string): { sections: Section[]; asking: boolean } {
  const more = useMore();
  const { data, isFetching } = useFound(typed, undefined, 6);
  if (!typed.trim() || !data) return { sections: [], asking: isFetching };
  const sections = data.groups.map((group): Section => {
    const choices: Choice[] = group.items.map((hit) => ({
      key: `${group.name} ${hit.id}`,
      to: addressOf(group, hit),
      line: <HitLine group={group} hit={hit} />,
    }));
    const left = more(group);
    if (left)
      choices.push({
        key: `${group.name} more`,
        to: pageOf(data.q, group.scope),
        line: (
          <>
            <Icon name="more" size={16} />
            <span className="hit-name">{left}</span>
          </>
        ),
      });
    return { label: group.label, choices };
  });
  return { sections, asking: isFetching };
}

function usePages(typed: string): Section {
  const t = useT();
  const pair = usePair();
  const wanted = typed.trim().toLowerCase();
  const choices = navigation(useSession()?.permissions ?? [])
    .flatMap((group) => group.pages)
    .filter((entry) => `${entry.title.join(" ")} ${entry.path}`.toLowerCase().includes(wanted))
    .map((page): Choice => ({
      key: page.path,
      to: page.path,
      line: (
        <>
          <Icon name={page.icon ?? "more"} size={16} />
          <span className="hit-name">{pair(page.title)}</span>
        </>
      ),
    }));
  return { label: t("shell.pages"), choices };
}

function useRecentSection(): Section {
  const t = useT();
  const choices = useRecent().map((typed): Choice => ({
    key: `recent ${typed}`,
    typed,
    line: (
      <>
        <Icon name="search" size={16} />
        <span className="hit-name">{typed}</span>
      </>
    ),
  }));
  return { label: t("find.recent"), choices };
}

function useSections(typed: string): { sections: Section[]; asking: boolean } {
  const t = useT();
  const found = useFoundSections(typed);
  const pages = usePages(typed);
  const recent = useRecentSection();
  const q = typed.trim();
  const all: Section = {
    label: t("find.label"),
    choices: [
      {
        key: "everything",
        to: pageOf(q),
        line: (
          <>
            <Icon name="search" size={16} />
            <span className="hit-name">{t("find.everything", { q })}</span>
          </>
        ),
      },
    ],
  };
  const sections = q
    ? [...found.sections, pages, ...(found.sections.length > 0 ? [all] : [])]
    : [recent, pages];
  return {
    sections: sections.filter(({ choices }) => choices.length > 0),
    asking: found.asking,
  };
}

/** Up, down, the ends; Enter opens. */
function useChoice(flat: Choice[], open: (choice: Choice | undefined) => void) {
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, Math.max(0, flat.length - 1));
  const onKey = (press: KeyboardEvent): void => {
    if (press.nativeEvent.isComposing) return;
    const step = press.key === "ArrowDown" ? 1 : press.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      press.preventDefault();
      setAt((chosen + step + flat.length) % Math.max(1, flat.length));
    } else if (press.key === "Enter") {
      press.preventDefault();
      open(flat[chosen]);
    }
  };
  return { chosen, setAt, onKey };
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const go = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const { sections, asking } = useSections(typed);
  const flat = sections.flatMap(({ choices }) => choices);
  const open = (choice: Choice | undefined): void => {
    if (choice?.typed !== undefined) setTyped(choice.typed);
    if (choice?.to === undefined) return;
    remember(typed);
    onClose();
    void go(choice.to);
  };
  const { chosen, setAt, onKey } = useChoice(flat, open);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
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
          maxLength={200}
          placeholder={t("find.hint")}
          onKeyDown={onKey}
          role="combobox"
          aria-label={t("find.label")}
          aria-autocomplete="list"
          aria-expanded={flat.length > 0}
          aria-controls="palette-hits"
          aria-activedescendant={flat.length > 0 ? `palette-${String(chosen)}` : undefined}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
        />
        <button
          type="button"
          className="palette-close"
          onClick={onClose}
          aria-label={t("word.close")}
        >
          <kbd>Esc</kbd>
        </button>
      </div>
      <div id="palette-hits" role="listbox" aria-label={t("find.results")} className="palette-hits">
        {sections.map((section) => (
          <div role="group" aria-label={section.label} key={section.label}>
            <h3 aria-hidden>{section.label}</h3>
            {section.choices.map((choice) => {
              const place = flat.indexOf(choice);
              return (
                <button
                  key={choice.key}
                  id={`palette-${String(place)}`}
                  type="button"
                  role="option"
                  tabIndex={-1}
                  aria-selected={place === chosen}
                  onClick={() => {
                    open(choice);
                  }}
                  onMouseMove={() => {
                    setAt(place);
                  }}
                >
                  {choice.line}
                </button>
              );
            })}
          </div>
        ))}
      </div>
      {flat.length === 0 && !asking ? (
        <div className="palette-none" role="status">
          <p>{t("find.nothing", { q: typed.trim() })}</p>
          <p className="muted">{t("find.nothingHint")}</p>
        </div>
      ) : null}
      {typed.trim() ? null : <p className="palette-foot muted">{t("find.beginHint")}</p>}
    </dialog>
  );
}
