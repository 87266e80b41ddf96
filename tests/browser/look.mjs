// look.mjs - every main page under axe-core, light and dark, wide and narrow,
// with a picture of each.
//
//   look.mjs FOLDER URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { check, finish, logIn, openBrowser, openPerson, submit } from "./lib.mjs";

const [folder, urlA, loginA, passwordA, urlB, loginB, passwordB] = process.argv.slice(2);
if (!passwordB) {
	console.error("usage: look.mjs FOLDER URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B");
	process.exit(2);
}
mkdirSync(folder, { recursive: true });
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

async function look(person, name, path) {
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

const first = async (person, state) => {
	await person.page.goto(`${person.url}/orders?state=${state}`);
	return person.page.locator("tbody th a").first().getAttribute("href").catch(() => null);
};

const browser = await openBrowser();
const a = await openPerson(browser, { url: urlA, login: loginA, password: passwordA });
const b = await openPerson(browser, { url: urlB, login: loginB, password: passwordB });
await look(a, "login", "/login");
await logIn(a, "not the password");
await look(a, "login refused");
await logIn(a);
await logIn(b);
const seller = await b.page.locator(".brand strong").innerText();

// One order in each of the interesting states.
async function order() {
	await a.page.goto(`${a.url}/orders/new`);
	await submit(a.page, `main a:has-text("${seller}")`);
	const fields = a.page.locator('input[name^="q."]');
	for (const [i, quantity] of ["240", "96", "400"].entries())
		if (i < await fields.count())
			await fields.nth(i).fill(quantity);
	await a.page.fill("#note", "Please label the pallets with the gate number.");
	await submit(a.page, 'button[value="review"]');
	return new URL(a.page.url()).pathname;
}
const draft = await order();
const sent = await order();
await submit(a.page, 'button[formaction$="/act/send"]');
const proposed = await order();
await submit(a.page, 'button[formaction$="/act/send"]');
await b.page.goto(`${b.url}${proposed}/act/propose`);
await submit(b.page, 'button[name="split"] >> nth=0');
await b.page.fill('[name="l1.q"]', "120");
await b.page.fill('[name="l1-2.q"]', "120");
await b.page.fill('[name="l1-2.d"]', new Date(Date.now() + 15 * 86400000).toISOString().slice(0, 10));
await b.page.fill('[name="l1.n"]', "one furnace is down until Thursday");
await look(b, "propose form");
await submit(b.page, "main form button.primary");

await look(a, "inbox", "/");
await look(b, "inbox of the seller", "/");
await look(a, "orders", "/orders");
await look(a, "orders none", "/orders?q=nothing-like-this");
await look(a, "partners", "/orders/new");
await look(a, "draft form", `${draft}/edit`);
await look(a, "draft", draft);
await look(b, "order sent", sent);
await look(a, "order proposed", proposed);
const confirmed = await first(a, "CONFIRMED");
if (confirmed)
	await look(a, "order confirmed", confirmed);
const over = await first(a, "CANCELLED");
if (over)
	await look(a, "order cancelled", over);
await look(b, "reason form", `${sent}/act/reject`);
await submit(b.page, "main form button.danger");
await look(b, "reason missing");
await look(a, "members", "/members");
await look(a, "account", "/account");
await look(b, "bill of an administrator", "/bill");
await look(a, "not found", "/no/such/page");
await browser.close();
finish();
