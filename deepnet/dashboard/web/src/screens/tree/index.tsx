import { Empty } from "../../parts/states.tsx";

export function TreeScreen() {
  return <Empty />;
}
