/** The frame around every page for people who are signed in. */
import { lazy, Suspense, useEffect, useState } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { startLive } from "@/api/live";
import { useSession } from "@/api/session";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { useForgetReady } from "@/parts/ready";
import { Waiting } from "@/parts/states";
import { Fence } from "./fence";
import { Header } from "./header";
import { PhoneTabs } from "./phone-tabs";
import { SideNav } from "./side-nav";
import "./shell.css";

const Palette = lazy(() => import("./palette"));

/** Somebody writes there, so that a key is a letter. */
const isWritten = (place: EventTarget | null): boolean =>
  place instanceof HTMLElement &&
  (place.isContentEditable || place.matches("input, textarea, select, [role=textbox]"));

function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const onKey = (press: KeyboardEvent): void => {
      const held = press.ctrlKey || press.metaKey;
      const slash = press.key === "/" && !held && !press.altKey && !isWritten(press.target);
      if (!slash && !(held && press.key.toLowerCase() === "k")) return;
      if (slash && document.querySelector("dialog[open]")) return;
      press.preventDefault();
      open();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [open]);
}

export function Shell() {
  const t = useT();
  const phone = usePhone();
  const { pathname } = useLocation();
  const [palette, setPalette] = useState(false);
  useForgetReady();
  useEffect(startLive, []);
  usePaletteKey(() => {
    setPalette(true);
  });
  return (
    <div className={phone ? "shell shell-phone" : "shell"}>
      <a className="skip" href="#content">
        {t("shell.skip")}
      </a>
      {phone ? null : <SideNav />}
      <div className="shell-body">
        <Header
          onSearch={() => {
            setPalette(true);
          }}
        />
        <main id="content" tabIndex={-1}>
          <Fence key={pathname}>
            <Suspense
              fallback={
                <div className="page">
                  <Waiting />
                </div>
              }
            >
              <Outlet />
            </Suspense>
          </Fence>
        </main>
      </div>
      {phone ? <PhoneTabs /> : null}
      {palette ? (
        <Suspense fallback={null}>
          <Palette
            onClose={() => {
              setPalette(false);
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

/** Only for those who are signed in; others go to sign-in and come back afterwards. */
export function SignedIn() {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session === undefined)
    return (
      <div className="page">
        <Waiting />
      </div>
    );
  if (session === null) {
    const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/sign-in${next}`} replace />;
  }
  return session.must_change_password ? <Navigate to="/change-password" replace /> : <Outlet />;
}
