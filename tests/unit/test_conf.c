/* test_conf.c - YAML into structs: what is read, what is refused, and how. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"

struct part {
	char *name;
	int16_t low;
	uint8_t small;
};

enum level { LEVEL_LOW = 3, LEVEL_HIGH = 7 };

struct file {
	char *name;
	bool on;
	double factor;
	enum level level;
	unsigned marks;
	struct part *parts;
	unsigned parts_count;
	char *note; /* may be null */
};

/* clang-format off */
static const cyaml_strval_t levels[] = {
	{ "low", LEVEL_LOW }, { "high", LEVEL_HIGH },
};
static const cyaml_strval_t marks[] = { { "red", 1 }, { "blue", 2 } };

static const cyaml_schema_field_t part_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct part, name, 2, 8),
	CYAML_FIELD_INT("low", CYAML_FLAG_OPTIONAL, struct part, low),
	CYAML_FIELD_UINT("small", CYAML_FLAG_OPTIONAL, struct part, small),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t part_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct part, part_fields),
};

static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file, name, 1, 100),
	CYAML_FIELD_BOOL("on", CYAML_FLAG_OPTIONAL, struct file, on),
	CYAML_FIELD_FLOAT("factor", CYAML_FLAG_OPTIONAL, struct file, factor),
	CYAML_FIELD_ENUM("level", CYAML_FLAG_OPTIONAL, struct file, level, levels, 2),
	CYAML_FIELD_FLAGS("marks", CYAML_FLAG_OPTIONAL, struct file, marks, marks, 2),
	CYAML_FIELD_SEQUENCE("parts", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct file, parts, &part_value, 1, 2),
	CYAML_FIELD_STRING_PTR("note", CYAML_FLAG_POINTER_NULL | CYAML_FLAG_OPTIONAL,
	    struct file, note, 1, 100),
	CYAML_FIELD_IGNORE("extra", CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields),
};
/* clang-format on */

static void test_good(void **state)
{
	static const char text[] =
	    "name: a\non: yes\nfactor: -1.5e2\nlevel: high\n"
	    "marks: [blue, red]\nextra: {any: [thing]}\nnote:\n"
	    "parts:\n  - {name: one, low: -32768, small: 255}\n"
	    "  - name: two\n    low: 0\n";
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };
	struct file *file = NULL;
	void *data = NULL;

	(void)state;
	assert_int_equal(
	    hs_conf_load("f", text, &schema, &conf, &data, &faults, &err), 0);
	file = data;
	assert_string_equal(file->name, "a");
	assert_true(file->on);
	assert_true(file->factor < -149 && file->factor > -151);
	assert_int_equal(file->level, LEVEL_HIGH);
	assert_int_equal(file->marks, 3);
	assert_null(file->note);
	assert_int_equal(file->parts_count, 2);
	assert_int_equal(file->parts[0].low, -32768);
	assert_int_equal(file->parts[0].small, 255);
	assert_int_equal(faults.count, 0);

	assert_int_equal(hs_conf_line(conf, "name"), 1);
	assert_int_equal(hs_conf_line(conf, "parts[1].low"), 11);
	assert_int_equal(hs_conf_line(conf, "parts[2]"), 0);
	assert_int_equal(hs_conf_line(conf, "parts[x]"), 0);
	assert_int_equal(hs_conf_line(conf, "parts.name"), 0);
	assert_int_equal(hs_conf_line(conf, "name.x"), 0);
	assert_int_equal(hs_conf_line(conf, ".."), 0);
	assert_string_equal(hs_conf_text(conf, "parts[1].name"), "two");
	assert_null(hs_conf_text(conf, "parts"));
	assert_null(hs_conf_text(conf, "nothing"));
}

/* Texts, and the faults they must have: every one, in this order. */
static const struct {
	const char *text, *faults;
} bad[] = {
	{ "", "f:1: the file is empty\n" },
	{ "[]", "f:1: found a list; expected a group of keys\n" },
	{ "{}", "f:1: name: is missing\n" },
	{ "name: a\nnam: b\n",
	    "f:2: nam: unknown key; did you mean 'name'?\n" },
	{ "name: a\nname: b\n",
	    "f:2: name: is here twice; the first is in line 1\n" },
	{ "name: a\non: maybe\n",
	    "f:2: on: found 'maybe'; expected true or false\n" },
	{ "name: a\nfactor: fast\n",
	    "f:2: factor: found 'fast'; expected a number\n" },
	{ "name: a\nfactor: 1e999\n",
	    "f:2: factor: found '1e999'; expected a number\n" },
	{ "name: a\nfactor: nan\n",
	    "f:2: factor: found 'nan'; expected a number\n" },
	{ "name: a\nlevel: 3\n",
	    "f:2: level: found '3'; expected one of: low, high\n" },
	{ "name: a\nmarks: [red, 1, red]\n",
	    "f:2: marks[1]: found '1'; expected one of: red, blue\n"
	    "f:2: marks[2]: 'red' is in the list twice\n" },
	{ "name: a\nparts: []\n",
	    "f:2: parts: has 0 entries; expected at least 1\n" },
	{ "name: a\nparts: [{name: ab}, {name: ab}, {name: x}]\n",
	    "f:2: parts: has 3 entries; expected at most 2\n"
	    "f:2: parts[2].name: has 1 bytes; expected at least 2\n" },
	{ "name: a\nparts:\n- {name: ninebytes, low: 32768, small: 256}\n",
	    "f:3: parts[0].name: has 9 bytes; expected at most 8\n"
	    "f:3: parts[0].low: found '32768'; expected a number from -32768 "
	    "to 32767\n"
	    "f:3: parts[0].small: found '256'; expected a number from 0 to "
	    "255\n" },
	{ "name: a\nparts:\n- {name: ab, low: 1.5, small: -1}\n",
	    "f:3: parts[0].low: found '1.5'; expected a whole number in plain "
	    "digits\n"
	    "f:3: parts[0].small: found '-1'; expected a number from 0 to "
	    "255\n" },
	{ "name: &x a\nnote: *x\n",
	    "f:1: name: anchors ('&x') are not allowed: write the value out\n"
	    "f:2: note: aliases ('*x') are not allowed: write the value "
	    "out\n" },
	{ "name: !!str a\n",
	    "f:1: name: tags ('tag:yaml.org,2002:str') are not allowed: leave "
	    "it out\n" },
	{ "name: a\n--- \nname: b\n",
	    "f:2: a second document begins here; one file holds one\n" },
	{ "name:\n\ta\n",
	    "f:2: a tab in the indentation; indent with spaces\n" },
	{ "name: [\n",
	    "f:2: not YAML: did not find expected node content, while parsing "
	    "a flow node that begins in line 2\n" },
	{ "name: \"a\\0b\"\n",
	    "f:1: name: the text has a control character in it\n" },
	{ "name: a\x01\n", "f:1: byte 0x01 is not UTF-8 text\n" },
	{ "name: a\n# \xff\n", "f:2: byte 0xff is not UTF-8 text\n" },
	{ "name: \xc3", "f:1: byte 0xc3 is not UTF-8 text\n" },
	{ "name: a\n? [b]\n: c\n", "f:2: found a list; expected a key\n" },
};

static void add_all(struct hs_text *text, const struct hs_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		hs_auto(hs_freep) char *one =
		    hs_fault_text(faults->file, &faults->list[i]);

		hs_text_addf(text, "%s\n", one);
	}
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
		hs_auto(hs_text_done) struct hs_text all = { 0 };
		struct hs_conf *conf = NULL;
		struct hs_err err = { 0 };
		void *data = NULL;

		assert_int_equal(hs_conf_load("f", bad[i].text, &schema, &conf,
				     &data, &faults, &err),
		    -1);
		add_all(&all, &faults);
		assert_string_equal(all.data, bad[i].faults);
		assert_int_equal(err.code, HS_EINVAL);
		assert_int_equal(
		    strncmp(all.data, err.msg, strlen(err.msg)), 0);
		assert_null(conf);
	}
}

static char *many(const char *unit, size_t count)
{
	struct hs_text text = { 0 };

	while (count-- > 0)
		hs_text_add(&text, unit);
	return hs_text_take(&text);
}

static int load_text(
    const char *text, struct hs_faults *faults, struct hs_err *err)
{
	struct hs_conf *conf = NULL;
	void *data = NULL;

	return hs_conf_load("f", text, &schema, &conf, &data, faults, err);
}

static void test_limits(void **state)
{
	hs_auto(hs_freep) char *big = many("#", HS_CONF_MAX + 1);
	hs_auto(hs_freep) char *deep = many("[", 100000);
	hs_auto(hs_freep) char *keys = many("x: 1\n", 150000);
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(load_text(big, &faults, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(load_text(deep, &faults, &err), -1);
	assert_string_equal(err.msg, "f:1: nested deeper than 32 levels");
	assert_int_equal(load_text(keys, &faults, &err), -1);
	assert_int_equal(faults.count, HS_FAULTS_MAX + 1);
	assert_non_null(strstr(
	    faults.list[HS_FAULTS_MAX].message, "more than 1000 faults"));
}

static void test_files(void **state)
{
	struct hs_err err = { 0 };
	struct hs_conf *conf = NULL;
	void *data = NULL;

	(void)state;
	assert_int_equal(hs_conf_load("/nonexistent", NULL, &schema, &conf,
			     &data, NULL, &err),
	    -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(load_text("on: 1", NULL, NULL), -1);
}

static void test_file_with_nul(void **state)
{
	char path[] = "/tmp/test_conf.XXXXXX";
	int fd = mkstemp(path);
	struct hs_conf *conf = NULL;
	struct hs_err err = { 0 };
	void *data = NULL;

	(void)state;
	assert_int_equal(write(fd, "name: a\nb\0c\n", 12), 12);
	(void)close(fd);
	assert_int_equal(
	    hs_conf_load(path, NULL, &schema, &conf, &data, NULL, &err), -1);
	assert_non_null(strstr(err.msg, ":2: byte 0x00 is not UTF-8 text"));
	(void)unlink(path);
}

static void count_value(void *arg, const struct hs_conf_value *value)
{
	hs_text_addf(arg, "%s@%u=%s/%zu ", value->field, value->line,
	    value->text != NULL ? value->text : "-", value->count);
}

static void test_each(void **state)
{
	static const char text[] = "name: a\nparts:\n- {name: ab}\n- x\n"
				   "- name: [c]\n";
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	hs_auto(hs_text_done) struct hs_text got = { 0 };
	void *data = NULL;

	(void)state;
	assert_int_equal(
	    hs_conf_open("f", text, &schema, &conf, &faults, NULL), 0);
	assert_int_equal(faults.count, 3);
	hs_conf_each(conf, "parts[].name", count_value, &got);
	hs_conf_each(conf, "parts", count_value, &got);
	hs_conf_each(conf, "name[].x", count_value, &got);
	assert_string_equal(
	    got.data, "parts[0].name@3=ab/0 parts[2].name@5=-/1 parts@3=-/3 ");
	assert_int_equal(hs_conf_fill(conf, &faults, &data, NULL), -1);
}

static void test_like(void **state)
{
	(void)state;
	assert_true(hs_is_like("titel", "title"));
	assert_true(hs_is_like("vcpu", "vcpus"));
	assert_false(hs_is_like("color", "name"));
	assert_false(hs_is_like("xy", "ve"));
	assert_false(hs_is_like("", "ve"));
}

static void test_drop(void **state)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };

	(void)state;
	hs_faults_add(&faults, 2, "a", "two");
	hs_faults_add(&faults, 1, "b", "one");
	hs_faults_add(&faults, 2, "c", "three");
	hs_faults_drop(&faults, 2, "a");
	hs_faults_sort(&faults);
	assert_int_equal(faults.count, 2);
	assert_string_equal(faults.list[0].message, "one");
	assert_string_equal(faults.list[1].message, "three");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_file_with_nul),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_like),
		cmocka_unit_test(test_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
