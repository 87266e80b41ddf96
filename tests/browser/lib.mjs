// lib.mjs - a browser for the stories: Debian's Chromium, a person a context,
// counted checks, and an eye on everything the page's policy refuses.
import { existsSync } from "node:fs";
import { request } from "node:https";
import { chromium } from "playwright-core";

export const seen = { passed: 0, failed: 0, violations: [] };

export function check(name, good, detail = "") {
	if (good)
		seen.passed++;
	else
		seen.failed++;
	console.log(`${good ? "ok   " : "FAIL "} ${name}${good || !detail ? "" : `\n      ${detail}`}`);
}

export async function openBrowser() {
	const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

	return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

// A person before a browser of their own: { url, login, password }.
export async function openPerson(browser, who, options = {}) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en", viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();

	page.setDefaultTimeout(15000);
	// The console also names each answer that is no 200; those are checked where they are asked for.
	page.on("console", (message) => {
		if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
			seen.violations.push(`${page.url()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => seen.violations.push(`${page.url()}: ${error.message}`));
	return { ...who, context, page };
}

export async function logIn(person, password = person.password) {
	await person.page.goto(`${person.url}/login`);
	await person.page.fill("#login", person.login);
	await person.page.fill("#password", password);
	await submit(person.page, "main form button[type=submit]");
}

// Click what leads to another page and wait for it; its answer.
export async function submit(page, selector) {
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() !== 303),
		page.click(selector),
	]);
	await page.waitForLoadState();
	return answer;
}

export const button = (page, action) => submit(page, `button[formaction$="/act/${action}"]`);
export const link = (page, action) => submit(page, `main a[href$="/act/${action}"]`);

// A form posted past the browser, with a person's cookies and any headers.
export async function post(person, path, fields, headers = {}) {
	const url = new URL(person.url + path);
	const cookies = await person.context.cookies(url.href);
	const body = new URLSearchParams(fields).toString();

	return new Promise((resolve, reject) => {
		const call = request({
			host: "127.0.0.1", port: url.port || 443, servername: url.hostname, method: "POST", path, rejectUnauthorized: false,
			headers: {
				Host: url.host, "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(body),
				Cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join("; "), ...headers,
			},
		}, (answer) => {
			answer.resume();
			resolve({ status: answer.statusCode, headers: answer.headers });
		});
		call.on("error", reject);
		call.end(body);
	});
}

export function finish() {
	check("nothing was refused by the page's policy, no script failed", seen.violations.length === 0, seen.violations.join("\n      "));
	console.log(`${seen.passed} passed, ${seen.failed} failed`);
	process.exit(seen.failed === 0 ? 0 : 1);
}
