/** Providers and addresses. The boards and the shell carry no component library; rooms that need
 * one sit behind `AntFrame` and are fetched when they are first opened. */
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { BrowserRouter, Navigate, Outlet, Route, Routes } from "react-router";
import { queryClient } from "@/api/queries";
import { loadSession, useSessionFailure } from "@/api/session";
import { Failed, Waiting } from "@/parts/states";
import { Toasts } from "@/parts/toast";
import { InformationPage } from "@/rooms/boards/information";
import { StatusPage } from "@/rooms/boards/status";
import { SystemsPage } from "@/rooms/boards/systems";
import { Shell, SignedIn } from "@/shell/shell";
import { MorePage, NotFound } from "@/shell/more";

const AntFrame = lazy(() => import("@/theme/ant"));
const SignInPage = lazy(() => import("@/rooms/access/sign-in"));
const ChangePasswordPage = lazy(() => import("@/rooms/access/change-password"));
const WallPage = lazy(() => import("@/rooms/boards/wall"));
const TicketsPage = lazy(() => import("@/rooms/tickets/tickets"));
const NewTicketPage = lazy(() => import("@/rooms/tickets/new-ticket"));
const TicketPage = lazy(() => import("@/rooms/tickets/ticket"));
const AlertsPage = lazy(() => import("@/rooms/alerts/alerts"));
const AlertPage = lazy(() => import("@/rooms/alerts/alert"));
const RulesPage = lazy(() => import("@/rooms/alerts/rules"));
const ItemsPage = lazy(() => import("@/rooms/cmdb/items"));
const ItemPage = lazy(() => import("@/rooms/cmdb/item"));
const ItemFormPage = lazy(() => import("@/rooms/cmdb/item-form"));
const RelationsPage = lazy(() => import("@/rooms/cmdb/relations"));
const TargetsPage = lazy(() => import("@/rooms/collect/targets"));
const TargetPage = lazy(() => import("@/rooms/collect/target"));
const CollectorsPage = lazy(() => import("@/rooms/collect/collectors"));
const DefinitionsPage = lazy(() => import("@/rooms/schema/definitions"));
const DefinitionPage = lazy(() => import("@/rooms/schema/definition"));
const PeoplePage = lazy(() => import("@/rooms/access/people"));
const PersonPage = lazy(() => import("@/rooms/access/person"));
const RolesPage = lazy(() => import("@/rooms/access/roles"));
const TokensPage = lazy(() => import("@/rooms/access/tokens"));
const AccountPage = lazy(() => import("@/rooms/access/account"));
const AuditPage = lazy(() => import("@/rooms/access/audit"));

/** The first question to the server: who is signed in. */
function Start() {
  const failure = useSessionFailure();
  useEffect(() => {
    void loadSession();
  }, []);
  return failure ? <Failed problem={failure} again={() => void loadSession()} /> : <Outlet />;
}

const rooms = (
  <Route element={<AntFrame />}>
    <Route path="/tickets" element={<TicketsPage />} />
    <Route path="/tickets/new" element={<NewTicketPage />} />
    <Route path="/tickets/:id" element={<TicketPage />} />
    <Route path="/alerts" element={<AlertsPage />} />
    <Route path="/alerts/:id" element={<AlertPage />} />
    <Route path="/rules" element={<RulesPage />} />
    <Route path="/items" element={<ItemsPage />} />
    <Route path="/items/new" element={<ItemFormPage />} />
    <Route path="/items/:id" element={<ItemPage />} />
    <Route path="/items/:id/edit" element={<ItemFormPage />} />
    <Route path="/relations" element={<RelationsPage />} />
    <Route path="/targets" element={<TargetsPage />} />
    <Route path="/targets/:id" element={<TargetPage />} />
    <Route path="/collectors" element={<CollectorsPage />} />
    <Route path="/definitions" element={<DefinitionsPage />} />
    <Route path="/definitions/:kind/:name" element={<DefinitionPage />} />
    <Route path="/people" element={<PeoplePage />} />
    <Route path="/people/:id" element={<PersonPage />} />
    <Route path="/roles" element={<RolesPage />} />
    <Route path="/tokens" element={<TokensPage />} />
    <Route path="/account" element={<AccountPage />} />
    <Route path="/audit" element={<AuditPage />} />
  </Route>
);

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <BrowserRouter>
        <Suspense
          fallback={
            <div className="page">
              <Waiting />
            </div>
          }
        >
          <Routes>
            <Route element={<Start />}>
              <Route path="/sign-in" element={<SignInPage />} />
              <Route path="/change-password" element={<ChangePasswordPage />} />
              <Route path="/wall/:board" element={<WallPage />} />
              <Route element={<SignedIn />}>
                <Route element={<Shell />}>
                  <Route path="/" element={<Navigate to="/boards/information" replace />} />
                  <Route path="/boards/information" element={<InformationPage />} />
                  <Route path="/boards/status" element={<StatusPage />} />
                  <Route path="/boards/systems" element={<SystemsPage />} />
                  <Route path="/more" element={<MorePage />} />
                  {rooms}
                  <Route path="*" element={<NotFound />} />
                </Route>
              </Route>
            </Route>
          </Routes>
        </Suspense>
      </BrowserRouter>
      <Toasts />
    </QueryClientProvider>
  );
}
