/** Forms that save: refusals stand beside their fields, and a dialog closes when it is saved. */
import { Form, Modal } from "antd";
import type { FormInstance } from "antd/es/form";
import type { ReactNode } from "react";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "@/api/problem";
import { useT } from "@/language";
import { placeProblems } from "./fields";
import { toast } from "./toast";
import { isSaved, KeepsTyped, useClosing } from "./unsaved";

interface Saving<Entered, Answer> {
  form: FormInstance<Entered>;
  save: UseMutationResult<Answer, Problem, Entered>;
  onSaved: (answer: Answer) => void;
  /** Where in the form the fields stand that the server names without a place. */
  inside?: string[];
  /** Tells what stands at no field; a toast, if nothing else is said. */
  onRefused?: (problem: Problem) => void;
}

const tell = (problem: Problem): void => {
  toast(problem.message, "failed");
};

/** What a form does with what was entered. */
export const saving =
  <Entered, Answer>({
    form,
    save,
    onSaved,
    inside = [],
    onRefused = tell,
  }: Saving<Entered, Answer>) =>
  (entered: Entered): void => {
    save.mutate(entered, {
      onSuccess: (answer) => {
        isSaved(form);
        onSaved(answer);
      },
      onError: (problem) => {
        if (!placeProblems(form, problem, inside)) onRefused(problem);
      },
    });
  };

interface Props<Entered, Answer> {
  title: string;
  save: UseMutationResult<Answer, Problem, Entered>;
  initial?: Partial<Entered>;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog<Entered extends object, Answer>({
  title,
  save,
  initial,
  onClose,
  children,
}: Props<Entered, Answer>) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const submit = saving({
    form,
    save,
    onSaved: () => {
      toast(t("word.saved"));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={title}
      okText={t("word.save")}
      cancelText={t("word.cancel")}
      onCancel={useClosing(form, onClose)}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={save.isPending}
    >
      <Form form={form} layout="vertical" onFinish={submit} initialValues={initial ?? {}}>
        <KeepsTyped />
        {children}
      </Form>
    </Modal>
  );
}
