/** The frame of what is tried first and then done: what would come of it, why, and the one button. */
import { Form, Modal } from "antd";
import type { ReactNode } from "react";
import { useQuery, type UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "@/api/problem";
import { useT } from "@/language";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { WhyFields } from "./mending";
import "./care.css";

export interface Why {
  reason?: string;
  ticket?: string;
}

interface Props<Found> {
  title: string;
  hint: string;
  /** What the button is called that does it. */
  act: string;
  danger?: boolean;
  width?: number;
  /** By what the trial is known, and how it is asked for. */
  trialOf: readonly unknown[];
  ask: () => Promise<Found>;
  save: UseMutationResult<Found, Problem, Why>;
  told: (found: Found) => ReactNode;
  /** Whether anything would come of it. */
  worthwhile?: (found: Found) => boolean;
  /** Whether the reason is asked for. */
  why?: boolean;
  onClose: () => void;
  onDone: (done: Found) => void;
  children?: ReactNode;
}

export function TriedDialog<Found>({
  title,
  hint,
  act,
  danger = false,
  width,
  trialOf,
  ask,
  save,
  told,
  worthwhile = () => true,
  why = false,
  onClose,
  onDone,
  children,
}: Props<Found>) {
  const t = useT();
  const [form] = Form.useForm<Why>();
  const trial = useQuery<Found, Problem>({
    queryKey: [...trialOf],
    gcTime: 0,
    queryFn: ask,
  });
  /** Only what was tried just so is done: a choice that changed is tried anew first. */
  const ready = trial.data !== undefined && !trial.error && worthwhile(trial.data);
  return (
    <Modal
      open
      {...(width ? { width } : {})}
      title={title}
      onCancel={onClose}
      okText={act}
      cancelText={t("word.cancel")}
      okButtonProps={{ danger, disabled: !ready, loading: save.isPending }}
      onOk={() => {
        save.mutate(why ? form.getFieldsValue() : {}, {
          onSuccess: onDone,
          onError: (problem) => {
            toast(problem.problems?.[0]?.message ?? problem.message, "failed");
          },
        });
      }}
    >
      <p className="muted">{hint}</p>
      {children}
      {trial.error ? (
        <Failed problem={trial.error} again={() => void trial.refetch()} />
      ) : trial.data ? (
        told(trial.data)
      ) : (
        <Waiting lines={2} />
      )}
      {why ? (
        <Form form={form} layout="vertical">
          <WhyFields />
        </Form>
      ) : null}
    </Modal>
  );
}
