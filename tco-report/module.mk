# Cost of ownership: the library tco and the program hanse-tco.
LIBRARIES += tco
tco_SRCS := $(wildcard tco-report/focus/*.c)
tco_PKGS := jansson gmp

TESTS += test_tco_focus
test_tco_focus_SRCS := tests/unit/test_tco_focus.c
test_tco_focus_LIBS := tco base
test_tco_focus_PKGS := cmocka
