/** Sending a file so that it shows how far it is: `fetch` does not tell, the older way does. */
import { currentLanguage, say } from "@/language";
import { csrf, signedOut } from "./client";
import { API } from "./paths";
import { Problem, type ProblemBody } from "./problem";

/** Whoever hears nothing for so long is told that the platform cannot be reached. */
const SILENT_MS = 60_000;

export interface Sending<Answer> {
  done: Promise<Answer>;
  stop: () => void;
}

const refusal = (status: number, text: string): Problem => {
  try {
    return new Problem(status, JSON.parse(text) as Partial<ProblemBody>);
  } catch {
    return new Problem(status, {});
  }
};

/** Send a form; `onSent` is told which part of it has gone, from 0 to 1. */
export function upload<Answer>(
  path: string,
  form: FormData,
  onSent: (part: number) => void,
): Sending<Answer> {
  const request = new XMLHttpRequest();
  const done = new Promise<Answer>((resolve, reject) => {
    let watch = 0;
    const unreachable = (): void => {
      reject(new Problem(0, { code: "unreachable", detail: say("problem.unreachable") }));
    };
    const heard = (): void => {
      window.clearTimeout(watch);
      watch = window.setTimeout(() => {
        request.abort();
        unreachable();
      }, SILENT_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      heard();
      onSent(total > 0 ? loaded / total : 0);
    };
    request.onload = () => {
      window.clearTimeout(watch);
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText) as Answer);
        return;
      }
      if (request.status === 401) signedOut();
      reject(refusal(request.status, request.responseText));
    };
    request.onerror = () => {
      window.clearTimeout(watch);
      unreachable();
    };
    request.onabort = () => {
      window.clearTimeout(watch);
      reject(new Problem(0, { code: "stopped", detail: say("document.stopped") }));
    };
    request.open("POST", `${API}${path}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", currentLanguage());
    request.setRequestHeader("X-CSRFToken", csrf());
    heard();
    request.send(form);
  });
  return {
    done,
    stop: () => {
      request.abort();
    },
  };
}
