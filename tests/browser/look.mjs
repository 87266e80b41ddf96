// look.mjs - every main page under axe-core, light and dark, wide and narrow,
// with a picture of each.
//
//   look.mjs FOLDER URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B
import { mkdirSync } from "node:fs";
import { look as lookInto } from "./eye.mjs";
import { finish, logIn, openBrowser, openPerson, submit } from "./lib.mjs";

const [folder, urlA, loginA, passwordA, urlB, loginB, passwordB] = process.argv.slice(2);
if (!passwordB) {
	console.error("usage: look.mjs FOLDER URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B");
	process.exit(2);
}
mkdirSync(folder, { recursive: true });
const look = (person, name, path) => lookInto(folder, person, name, path);

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
