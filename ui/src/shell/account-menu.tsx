/** One's own pages and the way out. */
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { signOut, useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon } from "@/parts/icon";
import { navigation } from "./pages";

function useCloseOutside(open: boolean, close: () => void) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const onDown = (press: Event): void => {
      if (
        press instanceof KeyboardEvent
          ? press.key === "Escape"
          : !box.current?.contains(press.target as Node)
      )
        close();
    };
    document.addEventListener("pointerdown", onDown);
    document.addEventListener("keydown", onDown);
    return () => {
      document.removeEventListener("pointerdown", onDown);
      document.removeEventListener("keydown", onDown);
    };
  }, [open, close]);
  return box;
}

export function AccountMenu({ name }: { name: string }) {
  const t = useT();
  const pair = usePair();
  const permissions = useSession()?.permissions ?? [];
  const own = navigation(permissions).find(({ name }) => name === "account")?.pages ?? [];
  const [open, setOpen] = useState(false);
  const close = (): void => {
    setOpen(false);
  };
  const box = useCloseOutside(open, close);
  return (
    <div className="menu-box" ref={box}>
      <button
        type="button"
        className="button button-quiet"
        aria-haspopup="menu"
        aria-expanded={open}
        data-act="account"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <span className="avatar" aria-hidden>
          {name.slice(0, 1)}
        </span>
        <span className="clip" style={{ maxWidth: 120 }}>
          {name}
        </span>
      </button>
      {open ? (
        <div className="menu" role="menu">
          {own.map((entry) => (
            <Link key={entry.path} role="menuitem" to={entry.path} onClick={close}>
              <Icon name={entry.icon ?? "more"} size={16} />
              {pair(entry.title)}
            </Link>
          ))}
          <hr />
          <button type="button" role="menuitem" data-act="sign-out" onClick={() => void signOut()}>
            <Icon name="expand" size={16} />
            {t("shell.signOut")}
          </button>
        </div>
      ) : null}
    </div>
  );
}
