// console.mjs - the console in a browser: the scenario's answer moves as one
// types and without a script by the button, a price is added, a month is closed;
// every page under axe-core, light and dark, wide and narrow, with a picture.
//
//   console.mjs FOLDER URL LOGIN LOGIN_ZH PASSWORD
import { mkdirSync } from "node:fs";
import { check, finish, logIn, openBrowser, openPerson, submit } from "./lib.mjs";
import { look } from "./eye.mjs";

const [folder, url, login, loginZh, password] = process.argv.slice(2);
if (!password) {
	console.error("usage: console.mjs FOLDER URL LOGIN LOGIN_ZH PASSWORD");
	process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
const a = await openPerson(browser, { url, login, password });
const page = a.page;

await look(folder, a, "console login", "/login");
await logIn(a);
await look(folder, a, "console reports", "/");

// The answer moves as one types.
await page.goto(`${url}/scenario`);
const answer = page.locator("[data-answer]");
check("first the report's figures", (await answer.innerText()).includes("28,262.15"));
await page.locator("details.group", { has: page.locator('[name="p.server.price"]') }).locator("summary").click();
await page.fill('[name="p.server.price"]', "3000");
await page.waitForFunction(() => document.querySelector("[data-answer] .compare") !== null);
const moved = await answer.innerText();
check("another price, another answer", moved.includes("1,737.85"), moved);
check("beside the one before", moved.includes("28,262.15"));
check("the field is marked", await page.locator('.field.changed [name="p.server.price"]').count() === 1);
await page.fill('[name="p.server.price"]', "plenty");
await page.waitForFunction(() => document.querySelector("[data-answer] .summary") !== null);
check("what is no number is said", (await answer.innerText()).includes("That is no number"));
await page.fill('[name="p.server.price"]', "6000");
await page.waitForFunction(() => document.querySelector("[data-answer] .summary") === null);
check("and back", !(await answer.innerText()).includes("1 figure"));
await page.fill('[name="p.server.price"]', "3000");
await submit(page, "main form button.primary");
check("the button gives the same", (await page.locator("[data-answer]").innerText()).includes("1,737.85"));
await look(folder, a, "console scenario changed");
await page.emulateMedia({ colorScheme: "light" });
await page.setViewportSize({ width: 1280, height: 900 });
await page.screenshot({ path: `${folder}/console.png` });


// Without a script.
const plain = await openPerson(browser, { url, login, password }, { javaScriptEnabled: false });
await logIn(plain);
await plain.page.goto(`${url}/scenario`);
await plain.page.locator("details.group", { has: plain.page.locator('[name="p.server.price"]') }).locator("summary").click();
await plain.page.fill('[name="p.server.price"]', "3000");
await submit(plain.page, "main form button.primary");
check("without a script, too", (await plain.page.locator("[data-answer]").innerText()).includes("1,737.85"));

// A price (of this month, for others may be closed), and one that overlaps.
await page.goto(`${url}/prices`);
await page.selectOption("#what", "disk_gib/GiB-month");
await page.fill("#amount", "0.12");
const day = (number) => new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), number)).toISOString().slice(0, 10);
await page.fill("#from", day(1));
await page.fill("#currency", "EUR");
await page.fill("#source", "board decision of 12 December");
await submit(page, "main form button.primary");
check("a price is added", (await page.locator(".flash").innerText()).includes("in the book"));
check("and in the table", (await page.locator("main table").first().innerText()).includes("board decision"));
await look(folder, a, "console prices");
await page.selectOption("#what", "disk_gib/GiB-month");
await page.fill("#amount", "0.13");
await page.fill("#from", day(10));
await page.fill("#until", day(20));
await page.fill("#source", "a discount");
await page.uncheck('[name="succeeds"]');
await submit(page, "main form button.primary");
check("one that overlaps is refused", (await page.locator(".summary").innerText()).includes("overlap"));
await look(folder, a, "console prices refused");

// A month.
await look(folder, a, "console closing", "/closing");
await submit(page, 'main a[href="/closing/preview"]');
await look(folder, a, "console preview");
await submit(page, "main form button.primary");
check("a month is closed", (await page.locator(".flash").innerText()).includes("closed"));
await submit(page, 'main a[href*="check=yes"]');
check("and holds", (await page.locator("main").innerText()).includes("unchanged, byte for byte"));
await look(folder, a, "console month");
await submit(page, "main tbody a >> nth=0");
await look(folder, a, "console bill");

// The report itself, and a reader of Chinese.
await page.goto(`${url}/report/html`);
check("the report is shown", await page.locator("svg").count() > 0);
await page.screenshot({ path: `${folder}/console-report.png` });
const zh = await openPerson(browser, { url, login: loginZh, password });
await logIn(zh);
await look(folder, zh, "console scenario zh", "/scenario");
check("in her language", (await zh.page.locator("h1").innerText()) === "情景分析");
await zh.page.goto(`${url}/`);
await submit(zh.page, 'footer button[value="de"]');
await look(folder, zh, "console reports de", "/");
await browser.close();
finish();
