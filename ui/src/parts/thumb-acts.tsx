/** The phone keeps the first act at the thumb, and the rest behind a button. */
import { Button, Dropdown } from "antd";

interface ThumbAct {
  key: string;
  label: string;
  onClick: () => void;
}

interface ThumbActsProps {
  first: ThumbAct | undefined;
  /** The attribute by which the act at the thumb is told, beside its words. */
  told: `data-${string}`;
  rest: ThumbAct[];
  /** What the button is called that holds the rest. */
  label: string;
}

export function ThumbActs({ first, told, rest, label }: ThumbActsProps) {
  return (
    <>
      {rest.length > 0 ? (
        <Dropdown menu={{ items: rest.map((act) => ({ ...act })) }} trigger={["click"]}>
          <Button data-act="more">{label}</Button>
        </Dropdown>
      ) : null}
      {first ? (
        <button
          type="button"
          className="button button-main thumb"
          {...{ [told]: first.key }}
          onClick={first.onClick}
        >
          {first.label}
        </button>
      ) : null}
    </>
  );
}
