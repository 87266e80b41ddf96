LIBRARIES += hv
hv_SRCS := $(wildcard hv/*.c)
hv_PKGS := libvirt libxml-2.0 libcrypto ext2fs

# hv.h from a shell, for tests/hv/run.sh and tests/isolation/run.sh.
BENCHES += tests/hv/hv-try
tests/hv/hv-try_SRCS := tests/hv/hv-try.c
tests/hv/hv-try_LIBS := hv dom base

# Does libvirt do what hv_caps() says? For tests/hv/run.sh.
BENCHES += tests/hv/caps-try
tests/hv/caps-try_SRCS := tests/hv/caps-try.c
tests/hv/caps-try_LIBS := hv dom base

# What a domain's root would try; static, for it runs where no library is.
BENCHES += tests/isolation/escape
tests/isolation/escape_SRCS := tests/isolation/escape.c
tests/isolation/escape_LDFLAGS := -static

hv_TESTS := test_hv_beside test_hv_breaker test_hv_conn test_hv_domain test_hv_driver \
    test_hv_edit test_hv_events test_hv_fault test_hv_host test_hv_ident \
    test_hv_life test_hv_live test_hv_object test_hv_sim test_hv_volume test_hv_wall test_hv_watch
TESTS += $(hv_TESTS)
define hv_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := hv dom base
$(1)_PKGS := cmocka
endef
$(foreach t,$(hv_TESTS),$(eval $(call hv_test,$(t))))

# Several hosts, one of them sick; see bench/hv/sick-host.sh.
BENCHES += bench/hv/sick-host
bench/hv/sick-host_SRCS := bench/hv/sick-host.c
bench/hv/sick-host_LIBS := hv dom base

# Many hosts that are only simulated: how much they take.
BENCHES += bench/hv/many-hosts
bench/hv/many-hosts_SRCS := bench/hv/many-hosts.c
bench/hv/many-hosts_LIBS := hv dom base
# hanse-host: the hand of hansed on another host.
PROGRAMS += hanse-host
hanse-host_SRCS := $(addprefix hv/agent/,files.c life.c look.c main.c member.c)
hanse-host_LIBS := hv dom base
