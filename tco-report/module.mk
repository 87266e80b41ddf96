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
hanse-tco_LIBS := tcoxlsx tcofocus tco base
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
test_tco_xlsx_LIBS := tcoxlsx tco base
test_tco_xlsx_PKGS := cmocka

BENCHES += tco_xlsx
tco_xlsx_SRCS := bench/tco/xlsx.c
tco_xlsx_LIBS := tcoxlsx base
