/** Nothing typed is lost without asking: not by Esc, not by Back, not by a link, not by closing the tab. */
import { App, Form } from "antd";
import type { FormInstance } from "antd/es/form";
import { useEffect, useRef } from "react";
import { useBlocker } from "react-router";
import { useT } from "@/language";

/** What every open form answers to: is there something typed that is not saved? */
const open = new Set<() => boolean>();

/** The page's own word on whether it holds something typed. */
export function useUnsaved(typed: () => boolean): void {
  const latest = useRef(typed);
  useEffect(() => {
    latest.current = typed;
  });
  useEffect(() => {
    const ask = (): boolean => latest.current();
    open.add(ask);
    return () => {
      open.delete(ask);
    };
  }, []);
}

/** The values that a form was opened or last saved with. */
const kept = new WeakMap<object, string>();

const written = <Entered,>(form: FormInstance<Entered>): string =>
  JSON.stringify(form.getFieldsValue(true));

/** What the form holds now is saved. */
export function isSaved<Entered>(form: FormInstance<Entered>): void {
  kept.set(form, written(form));
}

export const holdsTyped = <Entered,>(form: FormInstance<Entered>): boolean =>
  form.isFieldsTouched() && written(form) !== kept.get(form);

/** Stands inside a form. */
export function KeepsTyped() {
  const form = Form.useFormInstance();
  useEffect(() => {
    isSaved(form);
    return () => {
      kept.delete(form);
    };
  }, [form]);
  useUnsaved(() => holdsTyped(form));
  return null;
}

/** Does what takes typed words away, once the reader has said so. */
export function useDiscarding(): (act: () => void) => void {
  const t = useT();
  const { modal } = App.useApp();
  return (act) => void modal.confirm({ ...words(t), onOk: act });
}

/** Closes a dialog; asks first where something typed would be lost. */
export function useClosing<Entered>(form: FormInstance<Entered>, close: () => void): () => void {
  const discard = useDiscarding();
  return () => {
    if (holdsTyped(form)) discard(close);
    else close();
  };
}

const words = (t: ReturnType<typeof useT>) => ({
  title: t("form.discardTitle"),
  content: t("form.discardHint"),
  okText: t("form.discard"),
  cancelText: t("form.goOn"),
  okButtonProps: { danger: true },
  // What keeps the typed words is what Enter does.
  autoFocusButton: "cancel" as const,
});

/** Stands once on every page that may hold a form. */
export function LeaveGuard() {
  const t = useT();
  const { modal } = App.useApp();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && [...open].some((typed) => typed()),
  );
  const asked = useRef(false);
  useEffect(() => {
    if (blocker.state !== "blocked" || asked.current) return;
    asked.current = true;
    const answered = (go: () => void) => () => {
      asked.current = false;
      go();
    };
    void modal.confirm({
      ...words(t),
      onOk: answered(() => {
        blocker.proceed();
      }),
      onCancel: answered(() => {
        blocker.reset();
      }),
    });
  }, [blocker, modal, t]);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if ([...open].some((typed) => typed())) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("beforeunload", ask);
    };
  }, []);
  return null;
}
