/** The acts on an alert's page and over a selection of the list. */
import { Button, Dropdown } from "antd";
import { useState } from "react";
import type { Alert, AlertAct } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { ActDialog } from "./act-dialog";
import { fitting, fittingAny } from "./acting";

interface ActsProps {
  acts: AlertAct[];
  onStart: (act: AlertAct) => void;
}

/** The phone keeps acknowledging at the thumb while nobody has, and the rest behind a button. */
function PhoneActs({ acts, onStart }: ActsProps) {
  const t = useT();
  const first = acts.find((act) => act === "acknowledge");
  const rest = acts.filter((act) => act !== first);
  const items = rest.map((act) => ({
    key: act,
    label: t(`act.${act}`),
    onClick: () => {
      onStart(act);
    },
  }));
  return (
    <>
      {items.length > 0 ? (
        <Dropdown menu={{ items }} trigger={["click"]}>
          <Button data-act="more">{t("word.acts")}</Button>
        </Dropdown>
      ) : null}
      {first ? (
        <button
          type="button"
          className="button button-main thumb"
          data-act={first}
          onClick={() => {
            onStart(first);
          }}
        >
          {t(`act.${first}`)}
        </button>
      ) : null}
    </>
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
