/** Ways out of a board: to the wall, and to the other boards. */
import { Link } from "react-router";
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";

export function BoardActions({ wall }: { wall: string }) {
  const t = useT();
  const may = useMay("tickets.open");
  return (
    <>
      <Link className="button" to={wall}>
        <Icon name="wall" size={16} />
        {t("shell.openWall")}
      </Link>
      {may ? (
        <Link className="button button-main" to="/tickets/new">
          <Icon name="newTicket" size={16} />
          {t("ticket.newTitle")}
        </Link>
      ) : null}
    </>
  );
}
