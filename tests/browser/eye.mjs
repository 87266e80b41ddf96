// eye.mjs - a page under axe-core in four shapes, light and dark, wide and
// narrow, with a picture of each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { check } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shapes = [["light", 1280], ["light", 360], ["dark", 1280], ["dark", 360]];

// What axe finds; run beside the page's policy, not against it.
async function judge(page) {
	await page.evaluate(axe);
	const result = await page.evaluate(() => globalThis.axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}));
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary?.split("\n")[1] ?? ""}`).slice(0, 3).join("; ")}`);
}

// path: where to go first; without one the page as it is.
export async function look(folder, person, name, path) {
	for (const [colorScheme, width] of shapes) {
		await person.page.setViewportSize({ width, height: width < 500 ? 780 : 900 });
		await person.page.emulateMedia({ colorScheme });
		if (path)
			await person.page.goto(person.url + path);
		const found = await judge(person.page);
		const wide = await person.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
		const label = `${name} ${colorScheme} ${width}`;
		check(`${label}: axe finds nothing`, found.length === 0, found.join("\n      "));
		check(`${label}: nothing sticks out`, !wide);
		await person.page.screenshot({ path: `${folder}/${label.replaceAll(" ", "-")}.png`, fullPage: true });
	}
}
