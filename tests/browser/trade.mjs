// trade.mjs - two enterprises trade in the browser, by every path the order has.
//
//   trade.mjs URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B [URL_C LOGIN_C PASSWORD_C]
//
// A buys from B; C, if given, is a stranger to their orders. PLAIN=1 leaves out
// everything but the trade itself with JavaScript on.
import { button, check, finish, link, logIn, openBrowser, openPerson, post, submit } from "./lib.mjs";

const [urlA, loginA, passwordA, urlB, loginB, passwordB, urlC, loginC, passwordC] = process.argv.slice(2);
if (!passwordB) {
	console.error("usage: trade.mjs URL_A LOGIN_A PASSWORD_A URL_B LOGIN_B PASSWORD_B [URL_C LOGIN_C PASSWORD_C]");
	process.exit(2);
}
const A = { url: urlA, login: loginA, password: passwordA };
const B = { url: urlB, login: loginB, password: passwordB };

const tone = (page) => page.locator("h1 .badge").getAttribute("class");
const heading = (page) => page.locator("h1").innerText();
const uidOf = (page) => new URL(page.url()).pathname.split("/")[2];
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const open = (person, uid) => person.page.goto(`${person.url}/orders/${uid}`);

// The name under which others know an enterprise stands on its own pages.
const nameOf = (person) => person.page.locator(".brand strong").innerText();

// Enter quantities for the first items of the seller and save; the draft's page.
async function draft(a, seller, quantities) {
	await a.page.goto(`${a.url}/orders/new`);
	await submit(a.page, `main a:has-text("${seller}")`);
	const fields = a.page.locator('input[name^="q."]');
	for (let i = 0; i < quantities.length && i < await fields.count(); i++)
		await fields.nth(i).fill(quantities[i]);
	await a.page.fill("#note", "Deliver to gate 3 <b>please</b> & call");
	await submit(a.page, 'button[value="review"]');
	return uidOf(a.page);
}

async function send(a, seller, quantities) {
	const uid = await draft(a, seller, quantities);
	await button(a.page, "send");
	return uid;
}

async function giveReason(page, text) {
	await page.fill("#reason", text);
	return submit(page, "main form button[type=submit]:not(.quiet)");
}

async function longWay(a, b, seller, label) {
	const uid = await draft(a, seller, ["120", "48"]);
	check(`${label}: a draft is made`, /badge calm/.test(await tone(a.page)));
	check(`${label}: what was typed is text, not markup`, await a.page.locator("p.pre b").count() === 0 &&
		/<b>please<\/b>/.test(await a.page.locator("p.pre").innerText()));
	check(`${label}: the seller does not see a draft`, (await open(b, uid)).status() === 404);
	await a.page.goto(`${a.url}/orders/${uid}/edit`);
	await a.page.locator('input[name^="q."]').first().fill("144");
	await submit(a.page, 'button[value="review"]');
	check(`${label}: the draft is edited`, /144/.test(await a.page.locator("table").first().innerText()));
	await button(a.page, "send");
	check(`${label}: sent`, await a.page.locator(".flash").count() === 1 && /wait/.test(await tone(a.page)));

	await b.page.goto(`${b.url}/`);
	check(`${label}: it is in the seller's inbox`, await b.page.locator(`a[href="/orders/${uid}"]`).count() === 1);
	await submit(b.page, `a[href="/orders/${uid}"]`);
	await b.page.fill("#sales_order_id", "SO-77-1");
	await button(b.page, "acknowledge");
	check(`${label}: acknowledged, with the seller's number`, /SO-77-1/.test(await b.page.locator(".facts").innerText()));

	await link(b.page, "propose");
	await submit(b.page, 'button[name="split"] >> nth=0');
	check(`${label}: a delivery can be split`, await b.page.locator('[name="l1-2.q"]').count() === 1);
	await b.page.fill('[name="l1.q"]', "100");
	await b.page.fill('[name="l1.d"]', day(10));
	await b.page.fill('[name="l1-2.q"]', "44");
	await b.page.fill('[name="l1-2.d"]', day(20));
	await b.page.fill('[name="l1.n"]', "the second pallet a week later");
	await submit(b.page, "main form button.primary");
	check(`${label}: proposed`, /wait/.test(await tone(b.page)));

	await a.page.goto(`${a.url}/`);
	await submit(a.page, `a[href="/orders/${uid}"]`);
	check(`${label}: the buyer sees old beside new`, await a.page.locator(".compare ins").count() >= 2);
	await button(a.page, "accept_proposal");
	check(`${label}: the proposal is in force`, /good/.test(await tone(a.page)) && await a.page.locator("table li").count() >= 2);

	await link(a.page, "change");
	await a.page.fill('[name="l2.q"]', "60");
	await submit(a.page, "main form button.primary");
	check(`${label}: a change waits for the seller`, /wait/.test(await tone(a.page)));
	await open(b, uid);
	await button(b.page, "accept");
	check(`${label}: the change is accepted`, /good/.test(await tone(b.page)));
	check(`${label}: there are versions`, await b.page.locator("table").last().locator("tbody tr").count() >= 3);

	await open(a, uid);
	await link(a.page, "change");
	await a.page.fill('[name="l1.q"]', "10");
	await submit(a.page, "main form button.primary");
	await open(b, uid);
	await link(b.page, "reject");
	await giveReason(b.page, "already cast");
	check(`${label}: a change can be rejected`, /good/.test(await tone(b.page)));

	await open(a, uid);
	await link(a.page, "cancel");
	await giveReason(a.page, "the model is dropped");
	await open(b, uid);
	await link(b.page, "reject");
	await giveReason(b.page, "the goods are on their way");
	check(`${label}: a cancellation can be refused`, /good/.test(await tone(b.page)));

	await link(b.page, "withdraw");
	await giveReason(b.page, "fire in the works");
	await open(a, uid);
	await link(a.page, "confirm");
	await submit(a.page, "main form button.primary");
	check(`${label}: a withdrawal ends the order`, /bad/.test(await tone(a.page)));
	check(`${label}: the history tells all of it`, await a.page.locator(".history li").count() >= 12);
	return uid;
}

async function otherWays(a, b, seller, label) {
	let uid = await send(a, seller, ["24"]);
	await open(b, uid);
	await link(b.page, "reject");
	const empty = await submit(b.page, "main form button.danger");
	check(`${label}: without a reason nothing is rejected`, empty.status() === 422 && await b.page.locator(".summary").count() === 1);
	await a.page.goto(`${a.url}/orders/new`);
	await submit(a.page, `main a:has-text("${seller}")`);
	const first = a.page.locator('input[name^="q."]').first();
	const item = (await first.getAttribute("name")).slice(2);
	await first.fill("many");
	const refused = await submit(a.page, 'button[value="review"]');
	check(`${label}: what is no number is refused and kept`, refused.status() === 422 && await first.inputValue() === "many");
	await giveReason(b.page, "no capacity in week 50");
	check(`${label}: rejected`, /bad/.test(await tone(b.page)));
	await open(a, uid);
	check(`${label}: the buyer reads why`, /no capacity in week 50/.test(await a.page.locator(".history").innerText()));

	uid = await send(a, seller, ["24"]);
	await open(b, uid);
	await link(b.page, "propose");
	await b.page.fill('[name="l1.q"]', "0");
	const zero = await submit(b.page, "main form button.primary");
	check(`${label}: what the database refuses names the line`, zero.status() === 422 && / 1: /.test(await b.page.locator(".summary").innerText()));
	await b.page.fill('[name="l1.q"]', "24");
	await b.page.fill('[name="l1.p"]', "49,90".replace(",", await decimalSign(b)));
	await submit(b.page, "main form button.primary");
	await open(a, uid);
	await link(a.page, "refuse");
	await giveReason(a.page, "too dear");
	check(`${label}: a refused proposal cancels the order`, /bad/.test(await tone(a.page)));

	uid = await send(a, seller, ["24"]);
	await open(b, uid);
	await button(b.page, "accept");
	await link(b.page, "propose");
	const nothing = await submit(b.page, "main form button.primary");
	check(`${label}: a proposal without a difference is refused`, nothing.status() === 422);
	await b.page.fill('[name="l1.d"]', day(40));
	await submit(b.page, "main form button.primary");
	await open(a, uid);
	await button(a.page, "accept_proposal");
	await link(a.page, "change");
	await a.page.evaluate(() => 0).catch(() => 0);
	if (await a.page.locator("details").count() > 0) {
		await a.page.locator("details summary").click();
		await a.page.locator('input[name^="a."]').last().fill("40");
	}
	await submit(a.page, "main form button.primary");
	check(`${label}: an item is added by a change`, /wait/.test(await tone(a.page)) && await a.page.locator(".compare tbody tr").count() === 1);
	await open(b, uid);
	await button(b.page, "accept");
	await open(a, uid);
	await link(a.page, "cancel");
	await giveReason(a.page, "double order");
	await open(b, uid);
	await button(b.page, "accept");
	check(`${label}: an agreed cancellation ends the order`, /bad/.test(await tone(b.page)));

	uid = await send(a, seller, ["24"]);
	await open(b, uid);
	await button(b.page, "accept");
	await open(a, uid);
	await link(a.page, "close");
	await submit(a.page, "main form button.primary");
	check(`${label}: closed`, /calm/.test(await tone(a.page)));

	uid = await draft(a, seller, ["7"]);
	await a.page.goto(`${a.url}/orders/${uid}/edit`);
	await submit(a.page, "form.aside button");
	check(`${label}: a draft can be deleted`, (await open(a, uid)).status() === 404);
}

// "," where the person's language is German.
async function decimalSign(person) {
	return await person.page.locator("html").getAttribute("lang") === "de" ? "," : ".";
}

async function stale(a, b, seller) {
	const uid = await send(a, seller, ["36"]);
	await open(b, uid);
	await link(b.page, "propose");
	await b.page.fill('[name="l1.n"]', "typed with care");
	const other = await b.context.newPage();
	await other.goto(`${b.url}/orders/${uid}`);
	await button(other, "acknowledge");
	await b.page.fill('[name="l1.q"]', "30");
	let answer = await submit(b.page, "main form button.primary");
	check("who was slower gets 409 and keeps what was typed", answer.status() === 409 &&
		await b.page.inputValue('[name="l1.n"]') === "typed with care" && await b.page.inputValue('[name="l1.q"]') === "30");
	await other.goto(`${b.url}/orders/${uid}`);
	await button(other, "accept");
	await other.close();
	answer = await submit(b.page, "main form button.primary");
	const text = await b.page.locator("body").innerText();
	check("the second try says what holds now", answer.status() === 409 && text.length > 0 && await b.page.inputValue('[name="l1.q"]') === "30");
}

async function badLogIn(browser) {
	const person = await openPerson(browser, A);
	await logIn(person, "wrong password");
	const wrong = await person.page.locator(".summary").innerText();
	check("a wrong password is refused", person.page.url().endsWith("/login") && wrong.length > 0);
	await logIn({ ...person, login: "nobody.at.all" });
	check("an unknown user gets the same words", await person.page.locator(".summary").innerText() === wrong);
	await person.page.goto(`${A.url}/orders?state=open`);
	check("without a session one is asked to log in", new URL(person.page.url()).pathname === "/login");
	await person.page.fill("#login", A.login.toUpperCase());
	await person.page.fill("#password", A.password);
	await submit(person.page, "main form button[type=submit]");
	check("and then comes where one wanted to go", person.page.url() === `${A.url}/orders?state=open`);
	const cookies = await person.context.cookies();
	const session = cookies.find((cookie) => cookie.name === "__Host-session");
	check("the session's cookie is guarded", session?.secure && session.httpOnly && session.sameSite === "Lax" && session.path === "/");
	await submit(person.page, ".me button");
	await person.context.addCookies([session]);
	await person.page.goto(`${A.url}/`);
	check("after logging out the old cookie opens nothing", new URL(person.page.url()).pathname === "/login");
	await person.context.close();
}

async function forged(a) {
	const form = { csrf: await a.page.locator('input[name="csrf"]').first().inputValue(), lang: "en", next: "/" };
	const send = (headers, fields = form) => post(a, "/language", fields, headers);
	check("a form from another site is refused", (await send({ Origin: "https://evil.example" })).status === 403);
	check("a form without origin is refused", (await send({})).status === 403);
	check("a form from a neighbour's portal is refused", (await send({ Origin: B.url })).status === 403);
	check("a form without token is refused", (await send({ Origin: a.url }, { lang: "en", next: "/" })).status === 403);
	check("a cross-site request is refused by its label", (await send({ Origin: a.url, "Sec-Fetch-Site": "cross-site" })).status === 403);
	check("the same form from our page is taken", (await send({ Origin: a.url, "Sec-Fetch-Site": "same-origin" })).status === 303);
	const away = await send({ Origin: a.url }, { ...form, next: "//evil.example/" });
	check("nobody is sent to another site", away.headers.location === "/");
	check("no form is larger than a megabyte", (await send({ Origin: a.url }, { ...form, x: "y".repeat(1100000) })).status === 413);
	check("what is no page is 404", (await a.page.goto(`${a.url}/no/such/page`)).status() === 404);
	check("an error page names a reference", /[0-9a-f]{32}/.test(await a.page.locator("main").innerText()));
}

async function lists(a, uid) {
	await a.page.goto(`${a.url}/orders/${uid}`);
	const number = (await a.page.locator(".crumbs [aria-current]").innerText()).trim();
	await a.page.goto(`${a.url}/orders`);
	await a.page.fill("#q", number);
	await submit(a.page, ".filter button");
	check("an order is found by its number", await a.page.locator(`tbody a[href="/orders/${uid}"]`).count() === 1);
	await a.page.goto(`${a.url}/orders?state=CANCELLED&party=buyer`);
	check("filters narrow the list", await a.page.locator("tbody tr").count() > 0 && await a.page.locator("tbody .badge:not(.bad)").count() === 0);
	for (const sort of ["number", "partner", "date", "amount"])
		check(`sorted by ${sort}`, (await a.page.goto(`${a.url}/orders?sort=${sort}`)).status() === 200 && await a.page.locator("tbody tr").count() > 0);
	await a.page.goto(`${a.url}/orders?q=%25%27%3B--`);
	check("odd searches find nothing and break nothing", await a.page.locator(".empty").count() === 1);
}

async function languages(a) {
	const titles = new Set();
	const before = await a.page.locator("html").getAttribute("lang");
	for (const lang of ["zh", "de", "en", before]) {
		await a.page.goto(`${a.url}/orders`);
		await submit(a.page, `footer button[value="${lang}"]`);
		check(`the page is in ${lang}`, await a.page.locator("html").getAttribute("lang") === lang);
		titles.add(await heading(a.page));
	}
	check("each language has its own words", titles.size === 3);
}

async function people(a) {
	await a.page.goto(`${a.url}/members`);
	check("the people of the enterprise are listed", await a.page.locator("tbody tr").count() > 0);
	await a.page.goto(`${a.url}/account`);
	check("one sees one's sessions", await a.page.locator(".task").count() > 0);
}

async function strangers(browser, uids) {
	const c = await openPerson(browser, { url: urlC, login: loginC, password: passwordC });
	await logIn(c);
	for (const uid of uids) {
		check("a stranger's order is not there", (await open(c, uid)).status() === 404);
		check("nor is a form for it", (await c.page.goto(`${c.url}/orders/${uid}/act/accept`)).status() === 404);
	}
	const none = await open(c, "00000000-0000-4000-8000-000000000000");
	check("just as one that does not exist", none.status() === 404);
	await c.page.goto(`${c.url}/orders?q=PO-`);
	for (const uid of uids)
		check("nor in the stranger's list", await c.page.locator(`a[href="/orders/${uid}"]`).count() === 0);
	await c.context.close();
}

const browser = await openBrowser();
const uids = [];
for (const javaScriptEnabled of process.env.PLAIN ? [true] : [true, false]) {
	const label = javaScriptEnabled ? "trade" : "without JavaScript";
	const a = await openPerson(browser, A, { javaScriptEnabled });
	const b = await openPerson(browser, B, { javaScriptEnabled });
	await logIn(a);
	check(`${label}: the buyer is in`, new URL(a.page.url()).pathname === "/", a.page.url());
	await logIn(b);
	check(`${label}: the seller is in`, new URL(b.page.url()).pathname === "/", b.page.url());
	const seller = await nameOf(b);
	uids.push(await longWay(a, b, seller, label));
	await otherWays(a, b, seller, label);
	if (javaScriptEnabled && !process.env.PLAIN) {
		await stale(a, b, seller);
		await lists(a, uids[0]);
		await languages(a);
		await people(a);
		await a.page.goto(`${a.url}/`);
		await forged(a);
	}
	await a.context.close();
	await b.context.close();
}
if (!process.env.PLAIN)
	await badLogIn(browser);
if (urlC)
	await strangers(browser, uids);
await browser.close();
finish();
