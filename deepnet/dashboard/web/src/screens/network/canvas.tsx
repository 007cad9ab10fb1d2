// The picture itself: pointer and keyboard, what is under the pointer, and words for those who do not see it.

import { effect, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { hit } from "../../draw/layout.ts";
import { INPUTS, type Place } from "../../draw/model.ts";
import { isKey, move } from "../../draw/moving.ts";
import { Picture } from "../../draw/picture.ts";
import { t } from "../../i18n/index.ts";
import { happenings } from "../../state/network.ts";
import { go, linkTo, still } from "../../state/view.ts";
import { linesOf, nameOf, spoken } from "./describe.ts";
import { healsAfter } from "./healing.ts";
import { activity, columns, details, frozen, isLarge, model, select, selected } from "./looking.ts";
import { followBirths, followFans, hovered, layout, palette, room, scene } from "./scenery.ts";
import { trip } from "./stepping.ts";

const SPEAK_MILLISECONDS = 1000;
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

export function PictureCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const said = useSignal("");
  const focused = useSignal(false);
  useEffect(() => {
    if (canvas.current === null || frame.current === null) return;
    return hang(canvas.current, frame.current);
  }, []);
  useEffect(
    () =>
      speakOf(
        (words) => (said.value = words),
        () => focused.value,
      ),
    [],
  );
  const placeAt = (event: { offsetX: number; offsetY: number }): Place | null =>
    layout.value === null ? null : hit(layout.value, event.offsetX, event.offsetY);
  const onKeyDown = (event: KeyboardEvent) => {
    if (layout.value === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = selected.value;
    if (isKey(event.key)) select(move(layout.value, place, event.key));
    else if (event.key === "Enter" && place !== null && place.layer !== INPUTS) go("neuron", { at: addressNow(place) });
    else if (event.key === "Escape" && place !== null) select(null);
    else return;
    event.preventDefault();
  };
  return (
    <div class="picture" ref={frame}>
      <div class="picture-scroll">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-roledescription={t("network.picture")}
          aria-label={t("network.picture_label")}
          aria-describedby="picture-keys"
          onPointerMove={(event) => (hovered.value = placeAt(event))}
          onPointerLeave={() => (hovered.value = null)}
          onClick={(event) => select(placeAt(event))}
          onDblClick={(event) => {
            const place = placeAt(event);
            if (place !== null && place.layer !== INPUTS) go("neuron", { at: addressNow(place) });
          }}
          onKeyDown={onKeyDown}
          onFocus={() => (focused.value = true)}
          onBlur={() => (focused.value = false)}
        />
        <Tooltip />
      </div>
      <p id="picture-keys" class="hidden">
        {t("network.picture_keys")}
      </p>
      <p class="hidden" aria-live="polite">
        {said.value}
      </p>
    </div>
  );
}

function addressNow(place: Place): string {
  return model.value === null ? "" : nameOf(model.value, place);
}

/** Have a picture drawn on *canvas* until what is returned is called. */
function hang(canvas: HTMLCanvasElement, frame: HTMLElement): () => void {
  const picture = new Picture(canvas, { inputs: t("network.inputs") });
  const measure = () => {
    room.value = {
      width: Math.floor(frame.clientWidth),
      height: Math.min(Math.max(window.innerHeight - 380, 400), 680),
    };
  };
  const observer = new ResizeObserver(measure);
  observer.observe(frame);
  measure();
  let seen = happenings.peek().at(-1)?.id ?? 0;
  const ends = [
    effect(() => {
      picture.motion = !reduced.matches && !still.value;
      if (scene.value !== null) picture.show(scene.value);
    }),
    effect(() => picture.send(trip.value)),
    effect(() => {
      const [all, layers] = [happenings.value, model.peek()];
      const heals = layers === null ? [] : healsAfter(seen, all, layers);
      seen = all.at(-1)?.id ?? seen;
      if (still.peek() || frozen.peek()) return;
      for (const [order, { place, kind }] of heals.slice(-12).entries()) {
        // Healing takes less than a blink: it is shown slower than it is.
        picture.pulse({ place, kind, began: performance.now() + order * 350, label: t(`network.pulse_${kind}`) });
      }
    }),
    followFans(),
    followBirths(),
  ];
  return () => {
    observer.disconnect();
    for (const end of ends) end();
    picture.close();
    hovered.value = null;
  };
}

function sentence(place: Place | null): string {
  const layers = model.peek();
  if (layers === null || place === null) return t("network.nothing_selected");
  const seen = isLarge.peek() ? (details.peek() ?? activity.peek()) : activity.peek();
  return spoken(layers, place, linesOf(layers, place, seen, columns.peek()));
}

/** Say which neuron is selected, at most once a second. */
function speakOf(say: (words: string) => void, isFocused: () => boolean): () => void {
  let timer = 0;
  let last = 0;
  const end = effect(() => {
    const place = selected.value;
    clearTimeout(timer);
    if (!isFocused()) return;
    timer = window.setTimeout(
      () => {
        last = performance.now();
        say(sentence(place));
      },
      Math.max(60, last + SPEAK_MILLISECONDS - performance.now()),
    );
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

/** What is under the pointer, with its numbers as they change. */
function Tooltip() {
  const shown = useComputed(() => {
    const [layers, where, place] = [model.value, scene.value, hovered.value];
    const block = place === null ? undefined : where?.layout.blocks[place.layer + 1];
    if (layers === null || where === null || place === null || block === undefined) return null;
    return { layers, place, block, layout: where.layout };
  });
  if (shown.value === null) return null;
  const { layers, place, block, layout: where } = shown.value;
  const lines = linesOf(layers, place, activity.value, columns.value);
  const line = Math.floor(Math.floor(place.index / block.per) / block.across);
  const column = Math.floor(place.index / block.per) % block.across;
  const [x, y] = [block.x + (column + 0.5) * block.pitch, block.y + (line + 0.5) * block.pitch];
  const toLeft = x > where.width - 210;
  const style = {
    left: toLeft ? "auto" : `${x + block.radius + 12}px`,
    right: toLeft ? `${where.width - x + block.radius + 12}px` : "auto",
    top: `${Math.max(4, Math.min(y - 20, where.height - 40 - 19 * lines.length))}px`,
    borderColor: palette.value.line,
  };
  return (
    <div class="picture-tip" style={style} aria-hidden="true">
      <b>{nameOf(layers, place)}</b>
      {lines.map(({ name, value }) => (
        <span key={name}>
          <i>{name}</i>
          {value}
        </span>
      ))}
    </div>
  );
}

export function neuronLink(place: Place): string {
  return linkTo("neuron", { at: addressNow(place) });
}
