/** 云平台: namespaces with their workloads, the pods of these and on which node each runs. */
import { useGet } from "@/api/queries";
import type { CloudPicture } from "@/api/types";
import { useT } from "@/language";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { Empty, Failed, Waiting } from "@/parts/states";
import { Beyond, Part } from "./virtual-part";

type Namespace = CloudPicture["namespaces"][number];
type Workload = Namespace["workloads"][number];

function Replicas({ load }: { load: Workload }) {
  const t = useT();
  const wanted = load.workload?.attributes.replicas;
  return (
    <small className="soft">
      {typeof wanted === "number"
        ? t("virtual.replicas", { n: load.pods.length, wanted })
        : t("virtual.replicasN", { n: load.pods.length })}
    </small>
  );
}

function Load({ load }: { load: Workload }) {
  const t = useT();
  return (
    <section className="virtual-load">
      <h3>
        {load.workload ? <Part part={load.workload} /> : t("virtual.noWorkload")}{" "}
        <Replicas load={load} />
        {load.crowded ? (
          <small className="tone-yellow">
            <Glyph {...CONDITIONS.warning} size="0.85em" /> {t("virtual.crowded")}
          </small>
        ) : null}
      </h3>
      {load.services.length > 0 ? (
        <p className="virtual-services">
          <small className="soft">{t("virtual.services")}</small>
          {load.services.map((service) => (
            <Part key={service.id} part={service} />
          ))}
        </p>
      ) : null}
      <ul className="virtual-machines">
        {load.pods.map(({ pod, node }) => (
          <li key={pod.id}>
            <Part part={pod} note={`→ ${node?.name ?? t("virtual.noNode")}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Space({ space }: { space: Namespace }) {
  const t = useT();
  return (
    <section className="card virtual-host">
      <h2>{space.namespace ? <Part part={space.namespace} /> : t("virtual.noNamespace")}</h2>
      {space.workloads.map((load, place) => (
        <Load key={load.workload?.id ?? `none-${place}`} load={load} />
      ))}
      {space.services.length > 0 ? (
        <p className="virtual-services">
          <small className="soft">{t("virtual.services")}</small>
          {space.services.map((service) => (
            <Part key={service.id} part={service} />
          ))}
        </p>
      ) : null}
    </section>
  );
}

function Picture({ picture }: { picture: CloudPicture }) {
  const t = useT();
  const loads = picture.namespaces.flatMap((space) => space.workloads);
  const crowded = loads.filter((load) => load.crowded).length;
  return (
    <div className="virtual">
      <section className="card">
        <p role="status">
          <b>
            {t("virtual.cloudTold", {
              nodes: picture.nodes.length,
              loads: loads.filter((load) => load.workload).length,
              pods: loads.reduce((sum, load) => sum + load.pods.length, 0),
            })}
          </b>
        </p>
        {crowded > 0 ? (
          <p className="tone-yellow">
            <Glyph {...CONDITIONS.warning} /> {t("virtual.crowdedN", { n: crowded })}
          </p>
        ) : null}
        <Beyond beyond={picture.beyond} left={picture.left_out} />
      </section>
      <div className="virtual-hosts">
        {picture.namespaces.map((space, place) => (
          <Space key={space.namespace?.id ?? `none-${place}`} space={space} />
        ))}
      </div>
      {picture.nodes.length > 0 ? (
        <section className="card virtual-parts">
          <h2>
            {t("virtual.nodes")} <small className="muted">{picture.nodes.length}</small>
          </h2>
          <ul>
            {picture.nodes.map(({ node, pods }) => (
              <li key={node.id}>
                <Part part={node} note={t("virtual.podsN", { n: pods })} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

export function CloudTab({ id }: { id: string }) {
  const t = useT();
  const { data, error, refetch } = useGet("items", "/clouds/{item_id}/picture", {
    path: { item_id: id },
  });
  if (error) return <Failed problem={error} again={() => void refetch()} />;
  if (!data) return <Waiting lines={6} />;
  return data.nodes.length + data.namespaces.length === 0 ? (
    <Empty icon="relations" title={t("virtual.cloudEmpty")} hint={t("virtual.cloudEmptyHint")} />
  ) : (
    <Picture picture={data} />
  );
}
