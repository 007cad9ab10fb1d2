import { Empty } from "../../parts/states.tsx";

export function WelcomeScreen() {
  return <Empty />;
}
