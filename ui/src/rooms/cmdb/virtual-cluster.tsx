/** 虚拟化: a cluster, host by host, with what is given out and who has no second host. */
import { useGet } from "@/api/queries";
import type { ClusterPicture } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Glyph, CONDITIONS } from "@/parts/marks";
import { Empty, Failed, Waiting } from "@/parts/states";
import { Bar, Beyond, Part, Parts } from "./virtual-part";

type Capacity = ClusterPicture["capacity"];

/** Four virtual processors of one core fill the bar: more is too much for a hospital's systems. */
const MOST_OF_A_CORE = 4;

function Given({ capacity }: { capacity: Capacity }) {
  const t = useT();
  const { cores, given_cores: givenCores, memory, given_memory: givenMemory } = capacity;
  return (
    <>
      {cores && givenCores !== null ? (
        <Bar
          label={t("virtual.cores")}
          told={t("virtual.coresTold", {
            given: givenCores,
            own: cores,
            ratio: (givenCores / cores).toFixed(1),
          })}
          part={givenCores / cores / MOST_OF_A_CORE}
        />
      ) : null}
      {memory && givenMemory !== null ? (
        <Bar
          label={t("virtual.memory")}
          told={t("virtual.memoryTold", {
            given: quantity(givenMemory, "bytes"),
            own: quantity(memory, "bytes"),
          })}
          part={givenMemory / memory}
        />
      ) : null}
    </>
  );
}

function Machines({ machines, alone }: { machines: ClusterPicture["machines"]; alone: boolean }) {
  const t = useT();
  if (machines.length === 0) return <p className="soft">{t("virtual.noMachines")}</p>;
  return (
    <ul className="virtual-machines">
      {machines.map((machine) => (
        <li key={machine.id}>
          <Part part={machine} {...(alone ? { note: t("virtual.noSecond") } : {})} />
        </li>
      ))}
    </ul>
  );
}

function Picture({ picture }: { picture: ClusterPicture }) {
  const t = useT();
  const { hosts, machines, single_host: alone } = picture;
  const number = hosts.reduce((sum, host) => sum + host.machines.length, machines.length);
  return (
    <div className="virtual">
      <section className="card">
        <p role="status">
          <b>{t("virtual.told", { hosts: hosts.length, machines: number })}</b>
        </p>
        {alone ? (
          <p className="tone-yellow">
            <Glyph {...CONDITIONS.warning} /> {t("virtual.singleHost")}
          </p>
        ) : null}
        <Given capacity={picture.capacity} />
        <Beyond beyond={picture.beyond} left={picture.left_out} />
      </section>
      <div className="virtual-hosts">
        {hosts.map((host) => (
          <section key={host.host.id} className="card virtual-host">
            <h2>
              <Part part={host.host} />
            </h2>
            <Given capacity={host.capacity} />
            <Machines machines={host.machines} alone={alone} />
          </section>
        ))}
        {machines.length > 0 ? (
          <section className="card virtual-host">
            <h2>{t("virtual.anyHost")}</h2>
            <Machines machines={machines} alone={alone} />
          </section>
        ) : null}
      </div>
      <Parts title={t("virtual.switches")} parts={picture.switches} />
      <Parts title={t("virtual.storage")} parts={picture.storage} />
    </div>
  );
}

export function ClusterTab({ id }: { id: string }) {
  const t = useT();
  const { data, error, refetch } = useGet("items", "/clusters/{item_id}/picture", {
    path: { item_id: id },
  });
  if (error) return <Failed problem={error} again={() => void refetch()} />;
  if (!data) return <Waiting lines={6} />;
  return data.hosts.length + data.machines.length === 0 ? (
    <Empty icon="relations" title={t("virtual.empty")} hint={t("virtual.emptyHint")} />
  ) : (
    <Picture picture={data} />
  );
}
