# Unit tests: one test_x.c for each source file x.c; each folder's own
# module.mk names what its tests link.
TESTS += test_err
test_err_SRCS := tests/unit/test_err.c
test_err_LIBS := base
test_err_PKGS := cmocka
