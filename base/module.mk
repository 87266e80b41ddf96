LIBRARIES += base
base_SRCS := $(wildcard base/*.c)
base_PKGS := libpq libcyaml yaml-0.1
