import { Empty } from "../../parts/states.tsx";

export function SystemScreen() {
  return <Empty />;
}
