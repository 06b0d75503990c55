/** The acts on an alert's page and over a selection of the list. */
import { Button } from "antd";
import { useState } from "react";
import type { Alert, AlertAct } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { ThumbActs } from "@/parts/thumb-acts";
import { ActDialog } from "./act-dialog";
import { fitting, fittingAny } from "./acting";

interface ActsProps {
  acts: AlertAct[];
  onStart: (act: AlertAct) => void;
}

/** The phone keeps acknowledging at the thumb while nobody has. */
function PhoneActs({ acts, onStart }: ActsProps) {
  const t = useT();
  const offered = acts.map((act) => ({
    key: act,
    label: t(`act.${act}`),
    onClick: () => {
      onStart(act);
    },
  }));
  return (
    <ThumbActs
      first={offered.find(({ key }) => key === "acknowledge")}
      told="data-act"
      rest={offered.filter(({ key }) => key !== "acknowledge")}
      label={t("word.acts")}
    />
  );
}

function DeskActs({ acts, onStart }: ActsProps) {
  const t = useT();
  return acts.map((act, place) => (
    <Button
      key={act}
      type={place === 0 && act === "acknowledge" ? "primary" : "default"}
      data-act={act}
      onClick={() => {
        onStart(act);
      }}
    >
      {t(`act.${act}`)}
    </Button>
  ));
}

export function AlertActs({ alert }: { alert: Alert }) {
  const phone = usePhone();
  const [act, setAct] = useState<AlertAct | null>(null);
  const acts = fitting(alert);
  return (
    <>
      {phone ? (
        <PhoneActs acts={acts} onStart={setAct} />
      ) : (
        <DeskActs acts={acts} onStart={setAct} />
      )}
      {act ? (
        <ActDialog
          act={act}
          alerts={[alert]}
          onClose={() => {
            setAct(null);
          }}
        />
      ) : null}
    </>
  );
}

/** What is done with all that is selected; what it was done with is selected no more. */
export function SelectedActs({
  alerts,
  onDone,
}: {
  alerts: readonly Alert[];
  onDone: (done: string[]) => void;
}) {
  const [act, setAct] = useState<AlertAct | null>(null);
  return (
    <>
      <DeskActs acts={fittingAny(alerts)} onStart={setAct} />
      {act ? (
        <ActDialog
          act={act}
          alerts={alerts}
          onDone={onDone}
          onClose={() => {
            setAct(null);
          }}
        />
      ) : null}
    </>
  );
}
