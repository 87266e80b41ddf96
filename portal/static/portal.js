/* Comfort only: every page works without it. */
"use strict";

// Go to the summary of what is wrong, so that it is read first.
const summary = document.querySelector(".summary");
if (summary) summary.focus();

// "/" goes to the search field, unless one is typing.
document.addEventListener("keydown", (event) => {
	const search = document.getElementById("q");
	if (event.key !== "/" || !search || event.ctrlKey || event.metaKey ||
	    /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName))
		return;
	event.preventDefault();
	search.focus();
	search.select();
});

// A choice in the filter takes effect at once.
for (const select of document.querySelectorAll(".filter select"))
	select.addEventListener("change", () => select.form.requestSubmit());

// A form is sent once; the button comes back if the page does.
let sent = null;
document.addEventListener("submit", (event) => {
	if (event.target.method !== "post")
		return;
	if (sent === event.target)
		event.preventDefault();
	sent = event.target;
});
window.addEventListener("pageshow", () => { sent = null; });

// A form that answers as one types: the answer's part of the page is asked for
// anew. Of several that are under way the last one counts.
for (const form of document.querySelectorAll("form[data-live]")) {
	const part = document.querySelector("[data-answer]");
	let timer = 0, asked = 0;
	const ask = async () => {
		const number = ++asked;
		const box = part.parentElement;
		box.setAttribute("aria-busy", "true");
		try {
			const answer = await fetch(form.dataset.live, { method: "POST", body: new URLSearchParams(new FormData(form)) });
			if (answer.redirected || (answer.status !== 200 && answer.status !== 422))
				throw new Error(answer.status);
			const text = await answer.text();
			if (number !== asked)
				return;
			part.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
			for (const field of form.querySelectorAll(".field input"))
				field.parentElement.classList.toggle("changed", field.value !== field.defaultValue);
		} catch {
			// The button still works, and says what is wrong.
			if (number === asked)
				form.requestSubmit();
		} finally {
			if (number === asked)
				box.removeAttribute("aria-busy");
		}
	};
	form.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(ask, 250);
	});
}

// What was typed is not lost by a slip.
let touched = false;
document.addEventListener("input", (event) => {
	if (event.target.form && event.target.form.method === "post" &&
	    !event.target.form.dataset.live &&
	    event.target.type !== "password")
		touched = true;
});
window.addEventListener("beforeunload", (event) => {
	if (touched && !sent)
		event.preventDefault();
});
