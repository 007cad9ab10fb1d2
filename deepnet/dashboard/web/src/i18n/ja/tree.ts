import type { tree as en } from "../en/tree.ts";

export const tree: Record<keyof typeof en, string> = {
  title: "監視ツリー",
};
