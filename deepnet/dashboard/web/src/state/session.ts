// Who looks, and what they may.

import { computed, signal } from "@preact/signals";
import { get } from "../api/http.ts";
import type { Role, ServiceStatus } from "../api/types.ts";

export const role = signal<Role>("viewer");
export const version = signal("");
/** Whether the service wants nothing to do with this browser any more. */
export const loggedOut = signal(false);
/** Whether somebody here has had the service end: that it is gone is no surprise then. */
export const shutDown = signal(false);
export const mayOperate = computed(() => role.value !== "viewer");
export const mayAdminister = computed(() => role.value === "admin");

export async function loadSession(): Promise<void> {
  try {
    const status = await get<ServiceStatus>("/service");
    role.value = status.role ?? "viewer";
    version.value = status.version ?? "";
    loggedOut.value = false;
  } catch (error) {
    loggedOut.value = (error as { status?: number }).status === 401;
  }
}
