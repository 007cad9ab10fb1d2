import { Empty } from "../../parts/states.tsx";

export function WeightsScreen() {
  return <Empty />;
}
