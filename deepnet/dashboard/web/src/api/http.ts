// Requests to the service that has served this page; what goes wrong is a Problem (RFC 9457).

export class Problem extends Error {
  /** 0 where nobody answered. */
  readonly status: number;
  readonly slug: string;

  constructor(status: number, slug: string, detail: string) {
    super(detail);
    this.status = status;
    this.slug = slug;
  }
}

export type Params = Record<string, string | number | boolean | readonly string[] | null | undefined>;

const API = "/api/v1";

/** Return the address of *path* ("/networks"), with those *params* that are given. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) for (const one of value) query.append(name, String(one));
    else if (value !== null && value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return `${API}${path}${text ? `?${text}` : ""}`;
}

/** Return part of a path, whatever is in it. */
export function part(name: string | number): string {
  return encodeURIComponent(name);
}

async function request(method: string, url: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { method, ...init });
  } catch {
    throw new Problem(0, "no-answer", "the service does not answer: is it still running?");
  }
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => ({}))) as { type?: string; detail?: string; title?: string };
  const slug = said.type?.split("/").pop() ?? "unknown";
  throw new Problem(answer.status, slug, said.detail ?? said.title ?? `the service said ${answer.status}`);
}

export async function get<T>(path: string, params: Params = {}): Promise<T> {
  return (await (await request("GET", address(path, params))).json()) as T;
}

export async function getBytes(path: string, params: Params = {}): Promise<ArrayBuffer> {
  return (await request("GET", address(path, params))).arrayBuffer();
}

/** The same of what is not below the API: /readyz, /logout. */
export async function askRoot<T>(method: "GET" | "POST", path: string): Promise<T> {
  const answer = await request(method, path);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

/** Send JSON; what is answered is returned, null if that is nothing. */
export async function send<T>(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const init: RequestInit =
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await request(method, address(path), init);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

/** Have a browser save what is at *path*. */
export function download(path: string, params: Params = {}): void {
  const link = document.createElement("a");
  link.href = address(path, params);
  link.download = "";
  link.click();
}

/** Have a browser save *text* as a file. */
export function saveText(name: string, text: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
