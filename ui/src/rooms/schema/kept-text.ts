/**
 * A text that is being written, kept in this tab until it is saved or given up: leaving the page or
 * loading it again loses nothing. It ends with the tab, as it may hold what nobody else should read;
 * the browser asks before the tab is closed.
 */
import { useEffect, useRef, useState } from "react";
import { currentSession } from "@/api/session";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { useUnsaved } from "@/parts/unsaved";

interface Kept {
  text: string;
  /** The version that was being changed; nothing for a new definition. */
  version: number | null;
}

const PREFIX = "wardround.definition.";
const place = (key: string): string => `${PREFIX}${currentSession()?.account.id ?? ""}.${key}`;

function kept(key: string): Kept | null {
  const found = sessionStorage.getItem(place(key));
  return found === null ? null : (JSON.parse(found) as Kept);
}

/** Whether the browser took it; a text beyond its measure stays on the page alone. */
function keep(key: string, text: Kept): boolean {
  try {
    sessionStorage.setItem(place(key), JSON.stringify(text));
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    sessionStorage.removeItem(place(key));
    return false;
  }
}

export interface KeptText {
  text: string;
  /** It is another than what was opened, and neither saved nor given up. */
  unsaved: boolean;
  change: (text: string) => void;
  /** The text comes from an earlier visit. */
  restored: boolean;
  /** The browser has no room for it: leaving the page loses it. */
  unkept: boolean;
  /** Somebody saved another version since that text was begun. */
  outdated: boolean;
  /** Back to the text as it was opened. */
  giveUp: () => void;
  /** It is saved: nothing needs to be kept. */
  forget: () => void;
}

export function useKeptText(key: string, opened: string, version: number | null): KeptText {
  const [earlier] = useState(() => {
    const found = kept(key);
    return found && found.text !== opened ? found : null;
  });
  const [text, setText] = useState(earlier?.text ?? opened);
  const [restored, setRestored] = useState(earlier !== null);
  const [unkept, setUnkept] = useState(false);
  const [forgotten, setForgotten] = useState(false);
  const unsaved = text !== opened && !forgotten;
  const forget = (): void => {
    sessionStorage.removeItem(place(key));
    setForgotten(true);
  };
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      if (unkept || kept(key)) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("beforeunload", ask);
    };
  }, [key, unsaved, unkept]);
  return {
    text,
    unsaved,
    restored,
    unkept,
    outdated: restored && earlier !== null && earlier.version !== version,
    change: (next) => {
      setText(next);
      setForgotten(false);
      if (next === opened) sessionStorage.removeItem(place(key));
      setUnkept(next !== opened && !keep(key, { text: next, version }));
    },
    giveUp: () => {
      forget();
      setUnkept(false);
      setText(opened);
      setRestored(false);
    },
    forget,
  };
}

/**
 * What the browser kept is there again on return, so leaving asks nothing and says so; what it could
 * not keep is asked for like any other form.
 */
export function useLeaving(kept: KeptText, name: string): void {
  const t = useT();
  useUnsaved(() => kept.unkept);
  const left = useRef<string | null>(null);
  useEffect(() => {
    left.current = kept.unsaved && !kept.unkept ? t("definition.left", { name }) : null;
  });
  useEffect(
    () => () => {
      if (left.current !== null) toast(left.current);
    },
    [],
  );
}
