# prov: what the command and the daemon share. The programs name their own files;
# what is left is the library of the daemon.
LIBRARIES += prov
prov_SRCS := provisioning/spec.c provisioning/spec_check.c \
    provisioning/spec_codes.c provisioning/spec_cross.c provisioning/spec_json.c \
    provisioning/quota_scope.c provisioning/difference.c
prov_PKGS := jansson libcyaml yaml-0.1

# hanse: the command line program.
EMBEDS += hanse_shell
hanse_shell_FILES := provisioning/complete_bash.sh provisioning/complete_zsh.zsh
PROGRAMS += hanse
hanse_SRCS := $(wildcard provisioning/cmd_*.c provisioning/doctor_*.c \
    provisioning/burnin_*.c) \
    $(addprefix provisioning/,client.c commands.c hanse.c help.c options.c \
    output.c progress.c)
hanse_SRCS += $(B)/gen/hanse_shell.c
hanse_LIBS := prov hv dom base
hanse_PKGS := libcurl

TESTS += test_spec
test_spec_SRCS := tests/unit/test_spec.c
test_spec_LIBS := prov dom base
test_spec_PKGS := cmocka

FUZZERS += fuzz_spec
fuzz_spec_SRCS := tests/fuzz/fuzz_spec.c
fuzz_spec_LIBS := prov dom base
fuzz_spec_SEEDS := tests/golden/spec etc/examples

# keep: the sealed file of an archive, and the lines in it.
LIBRARIES += keep
keep_SRCS := $(addprefix provisioning/,archive_text.c seal_key.c seal_read.c \
    seal_write.c)
keep_PKGS := jansson libcrypto zlib

TESTS += test_seal
test_seal_SRCS := tests/unit/test_seal.c
test_seal_LIBS := keep base
test_seal_PKGS := cmocka

FUZZERS += fuzz_archive
fuzz_archive_SRCS := tests/fuzz/fuzz_archive.c
fuzz_archive_LIBS := keep base
fuzz_archive_SEEDS := tests/fuzz/seeds/archive

# hansed: the control daemon. manager is all of it but its socket, for tests.
EMBEDS += prov_sql prov_control prov_forms
prov_sql_FILES := $(wildcard provisioning/sql/*.sql)
prov_control_FILES := $(wildcard provisioning/control/*.sql)
prov_forms_FILES := $(wildcard provisioning/forms/*)
hansed_SRCS := provisioning/hansed.c provisioning/control.c
LIBRARIES += manager
manager_SRCS := $(filter-out $(prov_SRCS) $(keep_SRCS) $(hanse_SRCS) $(hansed_SRCS), \
    $(wildcard provisioning/*.c)) \
    $(B)/gen/prov_sql.c $(B)/gen/prov_control.c $(B)/gen/prov_forms.c
manager_PKGS := jansson libcrypto libcurl libmicrohttpd
PROGRAMS += hansed
hansed_LIBS := manager keep prov hv dom tenant gw base

manager_TESTS := test_plan test_ca test_change test_form test_metric test_place test_remote
manager_TESTS += test_meter test_drift test_repair test_db_size test_table
TESTS += $(manager_TESTS)
define manager_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := manager keep prov hv dom tenant gw base
$(1)_PKGS := cmocka
endef
$(foreach t,$(manager_TESTS),$(eval $(call manager_test,$(t))))

# What tests/provisioning/run.sh starts: it makes their ground.
ground_TESTS := $(addprefix tests/provisioning/,want hosts jobs apply events \
    archive quota silent drift)
BENCHES += $(ground_TESTS) tests/provisioning/ask
define ground_test
$(1)_SRCS := $(1).c tests/provisioning/ground.c
$(1)_LIBS := manager keep prov hv dom tenant gw base
$(1)_PKGS := cmocka
endef
$(foreach t,$(ground_TESTS),$(eval $(call ground_test,$(t))))
tests/provisioning/ask_SRCS := tests/provisioning/ask.c
tests/provisioning/ask_LIBS := base

# The quota ledger under load; bench/provisioning/quota.sh starts its ground.
EMBEDS += quota_sql
quota_sql_FILES := $(wildcard bench/provisioning/sql/*.sql)
BENCHES += bench/provisioning/quota
bench/provisioning/quota_SRCS := bench/provisioning/quota.c $(B)/gen/quota_sql.c
bench/provisioning/quota_LIBS := manager prov hv dom tenant gw base
BENCHES += bench/platform/domain
bench/platform/domain_SRCS := bench/platform/domain.c
bench/platform/domain_LIBS := manager keep prov hv dom tenant gw base

# The control plane alone, over simulated hosts; see bench/provisioning/scale.sh.
BENCHES += bench/provisioning/scale
bench/provisioning/scale_SRCS := bench/provisioning/scale.c
bench/provisioning/scale_LIBS := base
