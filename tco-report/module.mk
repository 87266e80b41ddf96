# tco: the model of costs, exact; hanse-tco is its program.
LIBRARIES += tco
tco_SRCS := $(wildcard tco-report/exact/*.c tco-report/input/*.c tco-report/model/*.c)
tco_SRCS += $(wildcard tco-report/focus/*.c tco-report/xlsx/*.c)
tco_PKGS := gmp libcyaml yaml-0.1
tco_PKGS += jansson xlsxwriter
tco_LDLIBS := -lm

tco_TESTS := test_tco_model test_tco_number
tco_TESTS += test_tco_focus test_tco_xlsx
TESTS += $(tco_TESTS)
define tco_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := tco base
$(1)_PKGS := cmocka
endef
$(foreach t,$(tco_TESTS),$(eval $(call tco_test,$(t))))

BENCHES += tco_xlsx
tco_xlsx_SRCS := bench/tco/xlsx.c
tco_xlsx_LIBS := tco base
