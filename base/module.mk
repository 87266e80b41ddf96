LIBRARIES += base
base_SRCS := $(wildcard base/*.c)
base_PKGS := libpq libcyaml yaml-0.1

TESTS += test_conf
test_conf_SRCS := tests/unit/test_conf.c
test_conf_LIBS := base
test_conf_PKGS := cmocka
