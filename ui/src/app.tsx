/** Providers and addresses. The boards and the shell carry no component library; rooms that need
 * one sit behind `AntFrame` and are fetched when they are first opened. */
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { createBrowserRouter, Navigate, Outlet, Route, RouterProvider, Routes } from "react-router";
import { queryClient } from "@/api/queries";
import { loadSession, useSession, useSessionFailure } from "@/api/session";
import { Failed, Waiting } from "@/parts/states";
import { Toasts } from "@/parts/toast";
import type { PageEntry } from "@/parts/page-entry";
import { PageRoute } from "@/shell/page-route";
import { homeOf, PAGES } from "@/shell/pages";
import { Shell, SignedIn } from "@/shell/shell";

const AntFrame = lazy(() => import("@/theme/ant"));

/** The first question to the server: who is signed in. */
function Start() {
  const failure = useSessionFailure();
  useEffect(() => {
    void loadSession();
  }, []);
  return failure ? <Failed problem={failure} again={() => void loadSession()} /> : <Outlet />;
}

function Home() {
  return <Navigate to={homeOf(useSession()?.permissions ?? [])} replace />;
}

/** The routes of the pages that stand in that frame. */
const routes = (frame: PageEntry["frame"]) =>
  PAGES.filter((entry) => entry.frame === frame).map((entry) => (
    <Route key={entry.path} path={entry.path} element={<PageRoute entry={entry} />} />
  ));

function Pages() {
  return (
    <Suspense
      fallback={
        <div className="page">
          <Waiting />
        </div>
      }
    >
      <Routes>
        <Route element={<Start />}>
          {routes("bare")}
          <Route element={<SignedIn />}>
            <Route element={<Shell />}>
              <Route path="/" element={<Home />} />
              {routes("light")}
              <Route element={<AntFrame />}>{routes(undefined)}</Route>
            </Route>
          </Route>
        </Route>
      </Routes>
    </Suspense>
  );
}

/** A router that can hold a step back: a page with unsaved words is not left without asking. */
const router = createBrowserRouter([{ path: "*", element: <Pages /> }]);

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
}
