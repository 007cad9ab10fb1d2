import { Empty } from "../../parts/states.tsx";

export function EventsScreen() {
  return <Empty />;
}
