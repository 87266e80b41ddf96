# The whole build, one make. Each folder's module.mk lists its own part:
#
#   LIBRARIES += x     x_SRCS  x_PKGS                  -> $(B)/libx.a
#   PROGRAMS  += p     p_SRCS  p_LIBS  p_PKGS  p_LDLIBS p_LDFLAGS -> $(B)/p
#   TESTS     += t     the same; run by "make unit"    -> $(B)/t
#   BENCHES   += b     the same; built by "make bench" -> $(B)/b
#   FUZZERS   += f     the same, and f_SEEDS folders, f_SECONDS; "make fuzz" runs them
#   EMBEDS    += e     e_FILES                         -> $(B)/gen/e.{c,h}
#
# x_PKGS are pkg-config names; p_LIBS names libraries of ours, lowest last.

B      ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
VERSION := 0.1.0

CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
FORTIFY  ?= -D_FORTIFY_SOURCE=2
DEFS     := -D_GNU_SOURCE $(FORTIFY) -I. -I$(B) -DHANSE_VERSION='"$(VERSION)"'
STD      := -std=c17 -fstack-protector-strong -pthread -MMD -MP
HARDEN   := -Wl,-z,relro,-z,now

LIBRARIES :=
PROGRAMS  :=
TESTS     :=
BENCHES   :=
FUZZERS   :=
EMBEDS    :=

.DEFAULT_GOAL := all
include $(wildcard */module.mk)

OBJS = $(patsubst %.c,$(B)/obj/%.o,$(1))
BINARIES := $(PROGRAMS) $(TESTS) $(BENCHES) $(FUZZERS)
$(foreach f,$(FUZZERS),$(eval $(f)_LDFLAGS += -fsanitize=fuzzer))

define embed_rule
$(B)/gen/$(1).c $(B)/gen/$(1).h &: $$($(1)_FILES) $(B)/tools/embed
	@mkdir -p $(B)/gen
	@$(B)/tools/embed $(1) $(B)/gen/$(1).c $(B)/gen/$(1).h $$(sort $$($(1)_FILES))
endef
$(foreach e,$(EMBEDS),$(eval $(call embed_rule,$(e))))
GEN := $(foreach e,$(EMBEDS),$(B)/gen/$(e).h) $(GENERATED)

define library_rule
$(B)/lib$(1).a: $$(call OBJS,$$($(1)_SRCS))
	@rm -f $$@
	@echo "  AR    $$@"
	@ar rcs $$@ $$^
$$(call OBJS,$$($(1)_SRCS)): PKGS := $$($(1)_PKGS)
endef
$(foreach l,$(LIBRARIES),$(eval $(call library_rule,$(l))))

define binary_rule
$(B)/$(1): $$(call OBJS,$$($(1)_SRCS)) $$(foreach l,$$($(1)_LIBS),$(B)/lib$$(l).a)
	@mkdir -p $$(@D)
	@echo "  LINK  $$@"
	@$$(CC) $$(CFLAGS) -pthread $$(HARDEN) $$($(1)_LDFLAGS) -o $$@ $$^ \
	    $$(if $$(strip $$($(1)_PKGS) $$(foreach l,$$($(1)_LIBS),$$($$(l)_PKGS))),$$(shell pkg-config --libs $$($(1)_PKGS) $$(foreach l,$$($(1)_LIBS),$$($$(l)_PKGS)))) $$($(1)_LDLIBS) $$(foreach l,$$($(1)_LIBS),$$($$(l)_LDLIBS))
$$(call OBJS,$$($(1)_SRCS)): PKGS := $$($(1)_PKGS) $$(foreach l,$$($(1)_LIBS),$$($$(l)_PKGS))
endef
$(foreach b,$(BINARIES),$(eval $(call binary_rule,$(b))))

$(B)/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(STD) $(WARN) $(DEFS) $(CPPFLAGS) $(CFLAGS) $(if $(strip $(PKGS)),$(shell pkg-config --cflags $(PKGS))) -c -o $@ $<

$(B)/tools/%: tools/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(STD) $(WARN) -D_GNU_SOURCE -O1 -o $@ $<

# The long form of what "make check" does in short, on a running platform.
soak:
	@tests/kill/run.sh random 1000
	@tests/kill/run.sh calls 1
	@tests/kill/run.sh cuts 1
	@tests/kill/run.sh undo
	@tests/e2e/specs.sh 500
	@tests/gateway/regress.sh
	@SEEDS="$$(seq 100 119 | paste -sd' ')" tests/tco/meter.sh
	@tests/tco/load.sh
	@SEEDS="$$(seq 1000 | paste -sd' ')" MESSAGES=100000 tests/gateway/pool.sh

.PHONY: soak all unit asan fuzz fuzz-short fuzzers fuzzers-built bench format lint clean install up down purge check check-xen
all: $(addprefix $(B)/,$(PROGRAMS))

unit: $(addprefix $(B)/,$(TESTS))
	@tools/run-tests.sh $(addprefix $(B)/,$(TESTS))

asan:
	@$(MAKE) --no-print-directory B=build/asan FORTIFY= \
	    CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' unit

# libFuzzer's programs: fuzz-short runs each for its f_SECONDS (20), fuzz for ten
# minutes; FUZZ_SECONDS says otherwise. With -j side by side.
fuzzers: $(addprefix $(B)/,$(FUZZERS))
fuzzers-built:
	@$(MAKE) --no-print-directory B=build/fuzz CC=clang FORTIFY= \
	    CFLAGS='-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all' fuzzers
define fuzz_rule
.PHONY: run-$(1)
run-$(1): fuzzers-built
	@mkdir -p build/fuzz/corpus/$(1)
	@build/fuzz/$(1) -max_total_time=$$(or $$(FUZZ_SECONDS),$$($(1)_SECONDS),20) -verbosity=0 \
	    -artifact_prefix=build/fuzz/ build/fuzz/corpus/$(1) $$($(1)_SEEDS) && echo "$(1): nothing found"
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rule,$(f))))
fuzz-short: $(addprefix run-,$(FUZZERS))
fuzz:
	@$(MAKE) --no-print-directory FUZZ_SECONDS=600 fuzz-short

bench: all $(addprefix $(B)/,$(BENCHES))

install: all
	@tools/install.sh $(B) $(PREFIX) '$(DESTDIR)'

# From nothing to a trading virtual enterprise, and back.
up:
	@tools/up.sh
down:
	@tools/platform.sh down
purge:
	@tools/platform.sh purge

# Every test, on any machine: packages first.
check:
	@tests/check.sh

# A real Xen, booted under QEMU, and a portal in a domain of it.
check-xen:
	@tools/packages.sh build run test
	@tests/xen/run.sh

SHELL_FILES = $(shell git ls-files | xargs grep -lE '^\#!/bin/(ba)?sh' | xargs ls)
lint:
	tools/check-layers.sh
	shellcheck -x $(SHELL_FILES)
	git ls-files '*.c' '*.h' | xargs clang-format-14 --dry-run --Werror

format:
	git ls-files '*.c' '*.h' | xargs clang-format-14 -i

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
