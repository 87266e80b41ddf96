# tco: the model of costs, exact; hanse-tco is its program.
LIBRARIES += tco
tco_SRCS := $(wildcard tco-report/exact/*.c tco-report/input/*.c tco-report/model/*.c)
tco_PKGS := gmp libcyaml yaml-0.1
tco_LDLIBS := -lm

tco_TESTS := test_tco_input test_tco_model test_tco_number test_tco_showback
TESTS += $(tco_TESTS)
define tco_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := tco base
$(1)_PKGS := cmocka
endef
$(foreach t,$(tco_TESTS),$(eval $(call tco_test,$(t))))

PROGRAMS += hanse-tco
hanse-tco_SRCS := $(wildcard tco-report/main*.c)
hanse-tco_LIBS := tcoxlsx tcofocus tcoreport tcodoc tco base
hanse-tco_PKGS := jansson

# Bills as FOCUS charges, and the result as a workbook with live formulas.
LIBRARIES += tcofocus tcoxlsx
tcofocus_SRCS := $(wildcard tco-report/focus/*.c)
tcofocus_PKGS := jansson gmp
tcoxlsx_SRCS := $(wildcard tco-report/xlsx/*.c)
tcoxlsx_PKGS := xlsxwriter

TESTS += test_tco_focus test_tco_xlsx
test_tco_focus_SRCS := tests/unit/test_tco_focus.c
test_tco_focus_LIBS := tcofocus tco base
test_tco_focus_PKGS := cmocka
test_tco_xlsx_SRCS := tests/unit/test_tco_xlsx.c
test_tco_xlsx_LIBS := tcoxlsx tcoreport tco base
test_tco_xlsx_PKGS := cmocka

FUZZERS += fuzz_tco_table
fuzz_tco_table_SRCS := tests/fuzz/fuzz_tco_table.c
fuzz_tco_table_LIBS := tcoxlsx base
fuzz_tco_table_SEEDS := tests/fuzz/seeds/tco_table

BENCHES += tco_xlsx
tco_xlsx_SRCS := bench/tco/xlsx.c
tco_xlsx_LIBS := tcoxlsx base

FUZZERS += fuzz_tco_input
fuzz_tco_input_SRCS := tests/fuzz/fuzz_tco_input.c
fuzz_tco_input_LIBS := tco base
fuzz_tco_input_SEEDS := tests/fuzz/seeds/tco

BENCHES += monte_carlo
monte_carlo_SRCS := bench/tco/monte_carlo.c
monte_carlo_LIBS := tco base

# A report as a value and its writers; knows nothing of costs.
EMBEDS += tco_doc
tco_doc_FILES := tco-report/doc/report.css
LIBRARIES += tcodoc
tcodoc_SRCS := $(wildcard tco-report/doc/*.c) $(B)/gen/tco_doc.c
tcodoc_PKGS := jansson pangocairo cairo-pdf
tcodoc_LDLIBS := -lm

# The result as such a report, in the reader's language.
tco_PO := tco-report/po/en.po tco-report/po/de.po tco-report/po/zh.po
GENERATED += $(B)/gen/tco_po.h

$(B)/gen/tco_po.c $(B)/gen/tco_po.h &: $(tco_PO) $(B)/tools/po-compiler
	@mkdir -p $(B)/gen
	@$(B)/tools/po-compiler -p tco $(B)/gen/tco_po.c $(B)/gen/tco_po.h $(tco_PO)

LIBRARIES += tcoreport
tcoreport_SRCS := $(wildcard tco-report/report*.c) tco-report/say.c $(B)/gen/tco_po.c

BENCHES += tests/tco/doc-try
tests/tco/doc-try_SRCS := tests/tco/doc-try.c
tests/tco/doc-try_LIBS := tcodoc base

BENCHES += tco_pdf
tco_pdf_SRCS := bench/tco/pdf.c
tco_pdf_LIBS := tcoreport tcodoc tco base

TESTS += test_tco_doc test_tco_report
test_tco_doc_SRCS := tests/unit/test_tco_doc.c
test_tco_doc_LIBS := tcodoc base
test_tco_doc_PKGS := cmocka fontconfig
test_tco_report_SRCS := tests/unit/test_tco_report.c
test_tco_report_LIBS := tcoreport tcodoc tco base
test_tco_report_PKGS := cmocka
