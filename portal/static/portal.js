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

// What was typed is not lost by a slip.
let touched = false;
document.addEventListener("input", (event) => {
	if (event.target.form && event.target.form.method === "post" &&
	    event.target.type !== "password")
		touched = true;
});
window.addEventListener("beforeunload", (event) => {
	if (touched && !sent)
		event.preventDefault();
});
