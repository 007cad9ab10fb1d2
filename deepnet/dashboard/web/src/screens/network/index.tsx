import { Empty } from "../../parts/states.tsx";

export function NetworkScreen() {
  return <Empty />;
}
