import { Empty } from "../../parts/states.tsx";

export function RunsScreen() {
  return <Empty />;
}
