// report.mjs - reports as HTML under axe-core, light and dark, wide, narrow
// and on paper, with a picture of each; nothing is loaded, no script runs. The
// first file is looked at in every shape, the others by night and on a phone.
//
//   report.mjs FOLDER FILE.html...
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { check, finish, openBrowser, openPerson } from "./lib.mjs";

const [folder, ...files] = process.argv.slice(2);
if (files.length === 0) {
	console.error("usage: report.mjs FOLDER FILE.html...");
	process.exit(2);
}
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shapes = [["light", 1280, "screen"], ["dark", 1280, "screen"], ["light", 360, "screen"], ["dark", 360, "screen"], ["light", 720, "print"]];

async function judge(page) {
	const result = await page.evaluate(() => globalThis.axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}));
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary?.split("\n")[1] ?? ""}`).slice(0, 3).join("; ")}`);
}

async function look(person, file, inShapes) {
	const { page } = person;
	const name = basename(file, ".html");
	const asked = [];

	page.on("request", (request) => asked.push(request.url()));
	await page.goto(`file://${resolve(file)}`);
	await page.evaluate(axe);
	for (const [colorScheme, width, media] of inShapes) {
		const label = `${name} ${media} ${colorScheme} ${width}`;

		await page.setViewportSize({ width, height: width < 500 ? 780 : 900 });
		await page.emulateMedia({ colorScheme, media });
		await page.evaluate((open) => document.querySelectorAll("details").forEach((d) => { d.open = open; }), media === "screen");
		const found = await judge(page);
		check(`${label}: axe finds nothing`, found.length === 0, found.join("\n      "));
		const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
		check(`${label}: nothing sticks out`, !wide);
		await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = false; }));
		await page.screenshot({ path: `${folder}/${label.replaceAll(" ", "-")}.png`, fullPage: true });
	}
	await page.emulateMedia({ colorScheme: "light", media: "screen" });
	const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	await page.emulateMedia({ colorScheme: "dark", media: "screen" });
	const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	check(`${name}: night is not day`, back !== dark, `${back} and ${dark}`);
	check(`${name}: nothing else is loaded`, asked.length === 1, asked.join(" "));
	const charts = await page.evaluate(() => [...document.querySelectorAll("figure")].map((f) => ({
		id: f.id,
		named: [...f.querySelectorAll("svg")].every((s) => s.querySelector("title")?.textContent && s.querySelector("desc")?.textContent),
		shown: [...f.querySelectorAll("svg")].filter((s) => s.getBoundingClientRect().height > 40).length,
		data: document.querySelectorAll(`table#${CSS.escape(f.dataset.table)} tbody tr`).length > 0,
	})));
	check(`${name}: there are charts, one picture of each is shown`, charts.length > 0 && charts.every((c) => c.shown === 1), JSON.stringify(charts));
	check(`${name}: each chart has a title, a description and its data as a table`, charts.every((c) => c.named && c.data), JSON.stringify(charts));
	const broken = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.getElementById(a.getAttribute("href").slice(1))).map((a) => a.getAttribute("href")));
	check(`${name}: each link within leads somewhere`, broken.length === 0, broken.join(" "));
	check(`${name}: no script`, await page.evaluate(() => document.scripts.length) === 0);
}

const browser = await openBrowser();
for (const file of files) {
	const person = await openPerson(browser, {});

	await look(person, file, file === files[0] ? shapes : shapes.slice(1, 3));
	await person.context.close();
}
await browser.close();
finish();
