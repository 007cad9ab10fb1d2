import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, languageReady } from "../src/i18n/index.ts";
import { reasonText } from "../src/state/sentences.ts";

const TOO_MANY = "cars, column 'name': 301 values are too many for a category (50 at most): leave it out with --ignore name";

test("in English a sentence is as it was said, without advice for a terminal", () => {
  assert.equal(reasonText("4000 epochs"), "4000 epochs");
  assert.equal(reasonText(TOO_MANY), "cars, column 'name': 301 values are too many for a category (50 at most)");
});

test("in Japanese the common ones are translated, and others stay as they are", async () => {
  chooseLanguage("ja");
  await languageReady();
  const said: [string, string][] = [
    ["4000 epochs", "4000 エポックに達しました"],
    ["mean_squared_error 0.0199 is below 0.02", "平均二乗誤差が 0.0199 になり、0.02 を下回りました"],
    ["the loss became inf at step 3: try a lower learning rate; the weights of step 2 are kept",
      "ステップ 3 で損失が inf になりました。学習率を下げてみてください。ステップ 2 の重みは残っています"],
    ["its gradient is not finite", "勾配が有限の数ではありません"],
    ["its weighted sum is below 0 for all 314 rows, at most -0.12: relu gives 0 and lets no error through",
      "重み付き和が 314 行すべてで 0 未満です（最大 -0.12）。relu は0 を出し、誤差を通しません"],
    ["its output is within 0.01 of 0 for 12 and of 1 for 3 of 20 rows, where the slope of sigmoid is 0.009 at most",
      "20 行のうち、出力が 0（12 行）1（3 行）から 0.01 以内です。そこでの sigmoid の傾きは最大 0.009 です"],
    ["there is no network 'x': there are a, b", "ネットワーク x はありません"],
    ["mpg always falls when power rises, so one can be read off the other", "power が増えると mpg は必ず減るので、一方からもう一方がわかります"],
    ["something else", "something else"],
  ];
  for (const [english, japanese] of said) assert.equal(reasonText(english), japanese);
});
