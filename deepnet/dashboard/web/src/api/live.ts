// The live stream: one WebSocket for all of the page. Subscriptions outlive it: they are made again when it is back.

import { signal } from "@preact/signals";
import { readTensors, type Tensors } from "./safetensors.ts";

export type Topic = "service" | "networks" | "summary" | "history" | "neuron" | "columns" | "tree" | "events" | "activity"
  | "surface" | "weights";

/** What somebody wants to be told; see deepnet.service.web.streams.wishes. */
export interface Wish {
  topic: Topic;
  network?: string;
  run?: string;
  address?: string;
  fields?: readonly string[];
  kinds?: readonly string[];
  every?: number;
  row?: number;
  window?: readonly number[];
  /** Frames a second. */
  rate?: number;
}

export interface Listener {
  /** The data of a frame: JSON, or `Tensors` where the topic is binary. */
  onFrame(data: unknown): void;
  /** Why there is nothing to see; *over* if there is no such thing. */
  onProblem?(detail: string, over: boolean): void;
  /** Events numbered *from* to *to* were missed. Also called, with 0, when the stream is back after it was gone. */
  onGap?(from: number, to: number): void;
}

export type LinkState = "connecting" | "live" | "gone";

/** How the stream is, and when something was heard last (performance.now). */
export const link = signal<LinkState>("connecting");
export const heardAt = signal(0);
/** How often it has ended, or could not be opened: by the service that is away, or that knows this browser no more. */
export const losses = signal(0);

const PING_SECONDS = 1;
/** Where nothing at all is heard for so long the connection is given up: it may be to a machine that sleeps. */
const DEAD_SECONDS = 10;
const LONGEST_PAUSE = 5000;
/** What is over is asked for again: there may be a network of that name by then, or a run that has such a row. */
const AGAIN_SECONDS = 3;
const HEAD_BYTES = 12;

interface Entry {
  wish: Wish;
  listener: Listener;
}

const entries = new Map<number, Entry>();
let socket: WebSocket | null = null;
let nextId = 1;
let pause = 250;
let wasGone = false;

/** Be told of *wish* from now on; call what is returned to end that. */
export function subscribe(wish: Wish, listener: Listener): () => void {
  const id = nextId++;
  entries.set(id, { wish, listener });
  if (socket === null) connect();
  else if (socket.readyState === WebSocket.OPEN) tell({ op: "subscribe", id, ...wish });
  return () => {
    if (entries.delete(id) && socket?.readyState === WebSocket.OPEN) tell({ op: "unsubscribe", id });
  };
}

function tell(message: object): void {
  socket?.send(JSON.stringify(message));
}

function connect(): void {
  const mine = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/v1/live`);
  mine.binaryType = "arraybuffer";
  socket = mine;
  let heard = performance.now();
  const beat = setInterval(() => {
    if (performance.now() - heard > DEAD_SECONDS * 1000) mine.close();
    else if (mine.readyState === WebSocket.OPEN) mine.send('{"op":"ping"}');
  }, PING_SECONDS * 1000);
  mine.onopen = () => {
    pause = 250;
    for (const [id, { wish }] of entries) tell({ op: "subscribe", id, ...wish });
    if (wasGone) for (const { listener } of [...entries.values()]) listener.onGap?.(0, 0);
    wasGone = false;
  };
  mine.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
    heard = performance.now();
    heardAt.value = heard;
    link.value = "live";
    receive(message.data);
  };
  mine.onclose = () => {
    clearInterval(beat);
    socket = null;
    wasGone = true;
    link.value = "gone";
    losses.value++;
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
}

function receive(data: string | ArrayBuffer): void {
  if (typeof data !== "string") {
    const id = new DataView(data).getUint32(0, true);
    const entry = entries.get(id);
    if (entry !== undefined) entry.listener.onFrame(readTensors(data, HEAD_BYTES) satisfies Tensors);
    return;
  }
  const said = JSON.parse(data) as {
    op: string;
    id?: number;
    data?: unknown;
    over?: boolean;
    problem?: { detail: string };
    from?: number;
    to?: number;
  };
  const entry = said.id === undefined ? undefined : entries.get(said.id);
  if (entry === undefined) return;
  if (said.op === "frame") entry.listener.onFrame(said.data);
  else if (said.op === "gap") entry.listener.onGap?.(said.from ?? 0, said.to ?? 0);
  else if (said.op === "error") {
    if (said.over === true && said.id !== undefined) askAgain(said.id, entry);
    entry.listener.onProblem?.(said.problem?.detail ?? "", said.over === true);
  }
}

function askAgain(id: number, entry: Entry): void {
  const asked = socket;
  setTimeout(() => {
    // Whoever is connected anew meanwhile has asked for everything already.
    if (entries.get(id) === entry && socket === asked && asked?.readyState === WebSocket.OPEN) {
      tell({ op: "subscribe", id, ...entry.wish });
    }
  }, AGAIN_SECONDS * 1000);
}
