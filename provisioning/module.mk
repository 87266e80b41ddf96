# prov: what the command and the daemon share. Lists are explicit: each program
# names its own files.
LIBRARIES += prov
prov_SRCS := provisioning/spec.c provisioning/spec_check.c \
    provisioning/spec_codes.c provisioning/spec_cross.c provisioning/spec_json.c
prov_PKGS := jansson libcyaml yaml-0.1

# hanse: the command line program.
EMBEDS += hanse_shell
hanse_shell_FILES := provisioning/complete_bash.sh provisioning/complete_zsh.zsh
PROGRAMS += hanse
hanse_SRCS := $(addprefix provisioning/,client.c cmd_apply.c cmd_completion.c \
    cmd_destroy.c cmd_doctor.c cmd_get.c cmd_job.c cmd_member.c cmd_plan.c cmd_psql.c \
    cmd_spec.c cmd_start.c cmd_status.c cmd_user.c cmd_verify.c cmd_version.c commands.c \
    doctor_host.c doctor_hv.c doctor_net.c hanse.c help.c options.c output.c \
    progress.c) $(B)/gen/hanse_shell.c
hanse_LIBS := prov hv dom base

TESTS += test_spec
test_spec_SRCS := tests/unit/test_spec.c
test_spec_LIBS := prov dom base
test_spec_PKGS := cmocka

FUZZERS += fuzz_spec
fuzz_spec_SRCS := tests/fuzz/fuzz_spec.c
fuzz_spec_LIBS := prov dom base
fuzz_spec_SEEDS := tests/golden/spec etc/examples

# hansed: the control daemon. manager is all of it but its socket, for tests.
EMBEDS += prov_sql prov_control prov_forms
prov_sql_FILES := $(wildcard provisioning/sql/*.sql)
prov_control_FILES := $(wildcard provisioning/control/*.sql)
prov_forms_FILES := $(wildcard provisioning/forms/*)
LIBRARIES += manager
manager_SRCS := $(addprefix provisioning/,answer.c ca.c change.c digest.c edge.c edge_workers.c form.c \
    initial.c instance.c job.c manager.c object.c observe.c observe_databases.c \
    observe_directory.c observe_files.c observe_hosts.c observe_portals.c \
    engine.c follow.c intent.c job_journal.c job_kind.c job_run.c job_step.c \
    plan.c plat.c plat_pool.c query.c query_status.c roll.c schema.c setup.c step.c step_config.c \
    step_credential.c step_database.c step_directory.c step_domain.c \
    step_edge.c step_gateway.c step_network.c stop.c store.c tidy.c user.c \
    verify.c view.c want.c want_domain.c) \
    $(B)/gen/prov_sql.c $(B)/gen/prov_control.c $(B)/gen/prov_forms.c
manager_PKGS := jansson libcrypto libcurl
PROGRAMS += hansed
hansed_SRCS := provisioning/hansed.c provisioning/control.c
hansed_LIBS := manager prov hv dom tenant gw base

manager_TESTS := test_plan test_ca test_change test_form
TESTS += $(manager_TESTS)
define manager_test
$(1)_SRCS := tests/unit/$(1).c
$(1)_LIBS := manager prov hv dom tenant gw base
$(1)_PKGS := cmocka
endef
$(foreach t,$(manager_TESTS),$(eval $(call manager_test,$(t))))

# What tests/provisioning/run.sh starts: it makes their ground.
ground_TESTS := tests/provisioning/want tests/provisioning/jobs tests/provisioning/apply
BENCHES += $(ground_TESTS) tests/provisioning/ask
define ground_test
$(1)_SRCS := $(1).c tests/provisioning/ground.c
$(1)_LIBS := manager prov hv dom tenant gw base
$(1)_PKGS := cmocka
endef
$(foreach t,$(ground_TESTS),$(eval $(call ground_test,$(t))))
tests/provisioning/ask_SRCS := tests/provisioning/ask.c
tests/provisioning/ask_LIBS := base
