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
    cmd_destroy.c cmd_doctor.c cmd_get.c cmd_member.c cmd_plan.c cmd_psql.c \
    cmd_spec.c cmd_status.c cmd_user.c cmd_verify.c cmd_version.c commands.c \
    doctor_host.c doctor_hv.c doctor_net.c hanse.c help.c options.c output.c \
    progress.c) $(B)/gen/hanse_shell.c
hanse_LIBS := prov hv dom base

TESTS += test_spec
test_spec_SRCS := tests/unit/test_spec.c
test_spec_LIBS := prov base
test_spec_PKGS := cmocka

FUZZERS += fuzz_spec
fuzz_spec_SRCS := tests/fuzz/fuzz_spec.c
fuzz_spec_LIBS := prov base
fuzz_spec_SEEDS := tests/golden/spec etc/examples
