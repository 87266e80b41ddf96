/* embed.c - turn text files into one C file: embed TABLE OUT.c OUT.h FILE... */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static FILE *must_open(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (file == NULL)
		die(path);
	return file;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The C name of a file: without folder and ending. */
static void put_ident(FILE *out, const char *table, const char *path)
{
	const char *name = base_name(path);
	const char *dot = strrchr(name, '.');
	size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);

	(void)fprintf(out, "%s_", table);
	for (size_t i = 0; i < len; i++)
		(void)fputc(
		    isalnum((unsigned char)name[i]) ? name[i] : '_', out);
}

static void put_bytes(FILE *out, const char *path)
{
	FILE *in = must_open(path, "r");
	int c, column = 0;

	while ((c = fgetc(in)) != EOF) {
		(void)fprintf(out, "%d,", c > 127 ? c - 256 : c);
		if (++column % 24 == 0)
			(void)fputc('\n', out);
	}
	(void)fputs("0", out);
	(void)fclose(in);
}

int main(int argc, char **argv)
{
	FILE *code, *header;

	if (argc < 4) {
		(void)fputs("usage: embed TABLE OUT.c OUT.h FILE...\n", stderr);
		return 2;
	}
	code = must_open(argv[2], "w");
	header = must_open(argv[3], "w");
	(void)fprintf(header,
	    "/* Made by tools/embed; do not edit. */\n#pragma once\n"
	    "#include \"base/embed.h\"\nextern const struct hs_embed %s[];\n",
	    argv[1]);
	(void)fprintf(code, "#include \"gen/%s.h\"\n", argv[1]);
	for (int i = 4; i < argc; i++) {
		(void)fputs("extern const char ", header);
		put_ident(header, argv[1], argv[i]);
		(void)fputs("[];\n", header);
		(void)fputs("const char ", code);
		put_ident(code, argv[1], argv[i]);
		(void)fputs("[] = {\n", code);
		put_bytes(code, argv[i]);
		(void)fputs("};\n", code);
	}
	(void)fprintf(code, "const struct hs_embed %s[] = {\n", argv[1]);
	for (int i = 4; i < argc; i++) {
		(void)fprintf(code, "\t{ \"%s\", ", base_name(argv[i]));
		put_ident(code, argv[1], argv[i]);
		(void)fputs(", sizeof(", code);
		put_ident(code, argv[1], argv[i]);
		(void)fputs(") - 1 },\n", code);
	}
	(void)fputs("\t{ 0 },\n};\n", code);
	if (fclose(code) != 0 || fclose(header) != 0)
		die(argv[2]);
	return 0;
}
