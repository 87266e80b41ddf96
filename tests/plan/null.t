# A value the directory does not have.
wanted ve v {"title":"V"}
actual ve v {"title":null}
plan update ve v title
