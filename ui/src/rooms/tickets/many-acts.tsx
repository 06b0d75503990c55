/** What can be done with the tickets that are chosen in a list, and with how many of them. */
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import type { ActedOn, OfferedActs, TicketRow } from "@/api/types";
import { useT, type Translate } from "@/language";
import { usePhone } from "@/parts/phone";
import { MOST, Outcome } from "./act-on-many";
import { ManyForm, type Wanted } from "./many-form";

/** Asked anew when a ticket changes: what could be done a minute ago may not be now. */
function useOffers(ids: readonly string[]) {
  return useQuery<OfferedActs, Problem>({
    queryKey: ["tickets", "offers", ids],
    queryFn: ({ signal }) =>
      answered(api.POST("/tickets/offers", { body: { tickets: [...ids] }, signal })),
    enabled: ids.length <= MOST,
    placeholderData: (before) => before,
  });
}

function wantedOf(offers: OfferedActs, t: Translate): Wanted[] {
  const { accept, assign, comment, ways } = offers;
  const offered: Wanted[] = [
    { kind: "accept", label: t("ticket.accept"), tickets: accept },
    ...ways.map((way) => ({ kind: "step" as const, label: way.label, tickets: way.tickets, way })),
    { kind: "assign", label: t("ticket.assign"), tickets: assign },
    { kind: "comment", label: t("ticket.comment"), tickets: comment },
  ];
  return offered.filter(({ tickets }) => tickets.length > 0);
}

const keyOf = ({ kind, way }: Wanted): string => way?.name ?? kind;

/** Steps are many: the two that the most can take stand beside what is done most often. */
function sorted(wanted: readonly Wanted[], phone: boolean): [Wanted[], Wanted[]] {
  const steps = wanted.filter(({ kind }) => kind === "step");
  const rest = phone ? wanted.slice(1) : steps.slice(wanted[0]?.kind === "accept" ? 1 : 2);
  return [wanted.filter((each) => !rest.includes(each)), rest];
}

interface Props {
  tickets: readonly TicketRow[];
  letGo: (ids: readonly string[]) => void;
}

interface OffersProps {
  tickets: readonly TicketRow[];
  onWant: (wanted: Wanted) => void;
}

function Offers({ tickets, onWant }: OffersProps) {
  const t = useT();
  const phone = usePhone();
  const { data, error } = useOffers(tickets.map(({ id }) => id));
  const all = tickets.length;
  if (all > MOST) return <span className="refused">{t("ticket.manyMost", { n: MOST })}</span>;
  if (error && !data)
    return <span className="refused">{t("ticket.manyOffersFailed", { why: error.message })}</span>;
  if (!data) return <span className="muted">{t("word.loading")}</span>;
  const named = ({ label, tickets: some }: Wanted): string =>
    some.length < all ? t("ticket.ofMany", { label, n: some.length, all }) : label;
  const [first, rest] = sorted(wantedOf(data, t), phone);
  if (first.length === 0) return <span className="muted">{t("ticket.manyNothing")}</span>;
  return (
    <>
      {first.map((each, place) => (
        <Button
          key={keyOf(each)}
          type={place === 0 ? "primary" : "default"}
          data-many={keyOf(each)}
          onClick={() => {
            onWant(each);
          }}
        >
          {named(each)}
        </Button>
      ))}
      {rest.length > 0 ? (
        <Dropdown
          trigger={["click"]}
          placement="topRight"
          menu={{
            items: rest.map((each) => ({
              key: keyOf(each),
              label: named(each),
              onClick: () => {
                onWant(each);
              },
            })),
          }}
        >
          <Button data-act="many-more">{t("word.more")}</Button>
        </Dropdown>
      ) : null}
    </>
  );
}

export function ManyActs({ tickets, letGo }: Props) {
  const t = useT();
  /** With those that were chosen when it was said, whatever the list does meanwhile. */
  const [form, setForm] = useState<[Wanted, readonly TicketRow[]] | null>(null);
  const [outcome, setOutcome] = useState<[ActedOn, readonly TicketRow[]] | null>(null);
  return (
    <>
      {tickets.length > 0 ? (
        <Offers
          tickets={tickets}
          onWant={(wanted) => {
            setForm([wanted, tickets]);
          }}
        />
      ) : null}
      {form ? (
        <ManyForm
          wanted={form[0]}
          tickets={form[1]}
          onClose={() => {
            setForm(null);
          }}
          onDone={(found) => {
            setForm(null);
            if (found.refused.length > 0) setOutcome([found, form[1]]);
            letGo(found.done);
          }}
        />
      ) : null}
      {outcome ? (
        <Outcome
          found={outcome[0]}
          tickets={outcome[1]}
          stay={t("ticket.manyStay")}
          onClose={() => {
            setOutcome(null);
          }}
        />
      ) : null}
    </>
  );
}
