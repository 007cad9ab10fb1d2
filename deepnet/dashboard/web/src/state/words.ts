// Names of the service, such as mean_squared_error, for people.

import { say } from "../i18n/index.ts";

/** "mean squared error"; a name without a text of its own is at least readable. */
export function word(name: string): string {
  return say(`runs.word_${name}`) ?? name.replaceAll("_", " ");
}
