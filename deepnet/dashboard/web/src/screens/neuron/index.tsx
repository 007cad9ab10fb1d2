import { Empty } from "../../parts/states.tsx";

export function NeuronScreen() {
  return <Empty />;
}
