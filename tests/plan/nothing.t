# Nothing wanted, nothing there.
