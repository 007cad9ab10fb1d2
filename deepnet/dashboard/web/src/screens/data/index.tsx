import { Empty } from "../../parts/states.tsx";

export function DataScreen() {
  return <Empty />;
}
