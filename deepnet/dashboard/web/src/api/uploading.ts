// A file on its way to the service: fetch does not tell how much has been sent.

import { address, Problem } from "./http.ts";

export interface Progress {
  /** Bytes. */
  readonly sent: number;
  readonly total: number;
}

/** Send a file as it is, and say how far it has come. */
export function uploadTold<T>(path: string, body: Blob, type: string, tell: (progress: Progress) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address(path));
    request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = (event) => tell({ sent: event.loaded, total: event.lengthComputable ? event.total : body.size });
    request.onerror = () => reject(new Problem(0, "no-answer", "the service does not answer: is it still running?"));
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(said as T);
      const { type: about, detail, title } = (said ?? {}) as { type?: string; detail?: string; title?: string };
      reject(new Problem(request.status, about?.split("/").pop() ?? "unknown", detail ?? title ?? `the service said ${request.status}`));
    };
    request.send(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
