// The stories that the service offers, and how one begins: its network, its run, and the screen it is looked at on.

import { get, part, Problem, send } from "../../api/http.ts";
import type { Network, Run } from "../../api/types.ts";
import { linkTo, parseView } from "../../state/view.ts";

/** Of GET /stories: the bodies of two requests, and the address of the screen to look at. */
export interface Story {
  id: string;
  network: { name?: string; about?: Record<string, unknown>; [field: string]: unknown };
  run: { dataset?: string; target?: string; [field: string]: unknown };
  look: string;
}

const MOST_TRIES = 20;

export const loadStories = () => get<{ items: Story[] }>("/stories");

/** What the network of a story is called, if that name is free. */
export function usualName(story: Story): string {
  return story.network.name ?? story.id;
}

/** The names of the networks that have come of a story: its own, and those begun anew, such as spirals-2. */
export function isOfStory(story: Story, name: string): boolean {
  const rest = name.startsWith(usualName(story)) ? name.slice(usualName(story).length) : null;
  return rest !== null && /^(-\d+)?$/.test(rest);
}

/** The address of the screen on which the network *name* of a story is looked at. */
export function lookAt(story: Story, name: string): string {
  const { screen, params } = parseView(`#/${story.look}`);
  return linkTo(screen, { ...params, net: name });
}

/** Create the network of a story under a name that is free, and have it learn; return the name. */
export async function begin(story: Story, taken: readonly string[]): Promise<string> {
  const about = { ...story.network.about, ...(await preparation(story)) };
  for (let number = 1; ; number++) {
    const name = number === 1 ? usualName(story) : `${usualName(story)}-${number}`;
    if (taken.includes(name)) continue;
    try {
      await send<Network>("POST", "/networks", { ...story.network, name, about });
    } catch (error) {
      // Somebody else has begun it this moment.
      if (error instanceof Problem && error.slug === "name-taken" && number < MOST_TRIES) continue;
      throw error;
    }
    await send<Run>("POST", `/networks/${part(name)}/runs`, story.run);
    return name;
  }
}

/** How rows of its table are made ready for it: so it can be asked in the units of the table. */
async function preparation({ run }: Story): Promise<Record<string, unknown>> {
  if (run.dataset === undefined) return {};
  type Outline = { suggested: { network: { about?: Record<string, unknown> } } | null };
  const outline = await get<Outline>(`/datasets/${part(run.dataset)}/outline`, { target: run.target }).catch(() => null);
  return outline?.suggested?.network.about ?? {};
}
